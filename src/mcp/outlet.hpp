// A channel for one request: what is sent after its answer is dropped, and so is everything when
// its client or the session is gone.
#pragma once

#include <blender_mcpd/mcp/channel.hpp>

#include <memory>
#include <string>
#include <utility>

namespace blender_mcpd::mcp {

class Outlet {
  public:
    explicit Outlet(std::shared_ptr<Channel> channel)
        : channel_(std::move(channel)), origin_(channel_.get()) {}
    /// `origin` is what the client knows of, when `channel` is only a part of it.
    Outlet(std::shared_ptr<Channel> channel, const Channel& origin)
        : channel_(std::move(channel)), origin_(&origin) {}

    void send(std::string message) {
        if (channel_) channel_->send(std::move(message));
    }
    void respond(std::string message, Disposition disposition) {
        if (const auto channel = std::exchange(channel_, nullptr))
            channel->respond(std::move(message), disposition);
    }
    void abandon() {
        if (const auto channel = std::exchange(channel_, nullptr)) channel->abandon();
    }
    void shut() { channel_ = nullptr; }
    [[nodiscard]] bool is_shut() const { return channel_ == nullptr; }
    [[nodiscard]] bool leads_to(const Channel& channel) const {
        return channel_ && origin_ == &channel;
    }

  private:
    std::shared_ptr<Channel> channel_;
    const Channel* origin_;  // compared, never used
};

}  // namespace blender_mcpd::mcp
