// What a session remembers of its event streams, for clients that come back with Last-Event-ID.
// Bounded in number, bytes and time; the oldest are forgotten first.
#pragma once

#include "http_sse.hpp"

#include <blender_mcpd/core/clock.hpp>

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace blender_mcpd::transport::http {

class Replay {
  public:
    struct Limits {
        std::size_t events;
        std::size_t bytes;
        core::Duration time;
    };
    explicit Replay(Limits limits) : limits_(limits) {}

    /// `text`: the event as it is written. One that is longer than all may be is not kept.
    void keep(EventId id, std::string text, core::TimePoint now);
    /// The events of its stream that come after `id`, in order.
    [[nodiscard]] std::string after(EventId id, core::TimePoint now);
    [[nodiscard]] bool has(std::uint64_t stream, core::TimePoint now);

    [[nodiscard]] std::size_t size() const { return kept_.size(); }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

  private:
    struct Kept {
        EventId id;
        std::string text;
        core::TimePoint at;
    };
    void drop_old(core::TimePoint now);
    void drop_first();

    Limits limits_;
    std::deque<Kept> kept_;
    std::size_t bytes_ = 0;
};

}  // namespace blender_mcpd::transport::http
