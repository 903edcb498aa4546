// JSON-RPC batches (2025-03-26 basic/index): one array of messages, one array of answers.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/mcp/channel.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::mcp {

inline constexpr std::size_t max_batch = 100;

[[nodiscard]] bool is_batch(std::string_view message);
/// The messages of a batch, as they are written in it. Errors: invalid.
[[nodiscard]] core::Result<std::vector<std::string_view>> split_batch(std::string_view batch);

/// Collects the answers, and hands them on when it is sealed and all are there.
class Batch : public std::enable_shared_from_this<Batch> {
  public:
    explicit Batch(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}

    /// The channel for one message; must be answered or abandoned.
    [[nodiscard]] std::shared_ptr<Channel> add();
    /// No message follows. `awaited`: there was a request among them.
    void seal(bool awaited);

  private:
    class Member;
    void settle(const std::string& answer);
    void finish_when_complete();

    std::shared_ptr<Channel> channel_;
    std::string answers_;
    std::size_t open_ = 0;
    bool sealed_ = false;
};

}  // namespace blender_mcpd::mcp
