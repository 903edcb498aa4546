// Connections to a process of ours that may use no network: it inherits one end of a socket pair,
// over which it is handed an end of a new pair for each connection. Nobody else can connect.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <memory>

namespace blender_mcpd::link {

class Handover {
  public:
    /// What the process inherits is close-on-exec here; whoever starts the process passes it on.
    [[nodiscard]] static core::Result<std::shared_ptr<Handover>> make();

    ~Handover();
    Handover(const Handover&) = delete;
    Handover& operator=(const Handover&) = delete;

    /// The end for the process; -1 once it is closed.
    [[nodiscard]] int far_end() const { return far_end_; }
    /// When the process has it, so that its end is seen.
    void close_far_end();

    /// A connection, close-on-exec and non-blocking, whose owner is the caller; or, negative, an
    /// error number: the process has ended, or does not take what it was handed.
    [[nodiscard]] int connect() const;

  private:
    Handover(int near_end, int far_end) : near_end_(near_end), far_end_(far_end) {}
    int near_end_;
    int far_end_;
};

}  // namespace blender_mcpd::link
