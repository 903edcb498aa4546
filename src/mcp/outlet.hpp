// A channel that can be shut, when its client or the session is gone: what is sent then is dropped.
#pragma once

#include <blender_mcpd/mcp/channel.hpp>

#include <memory>
#include <string>
#include <utility>

namespace blender_mcpd::mcp {

class Outlet {
  public:
    explicit Outlet(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}

    void send(std::string message) {
        if (channel_) channel_->send(std::move(message));
    }
    void respond(std::string message, Disposition disposition) {
        if (channel_) channel_->respond(std::move(message), disposition);
    }
    void abandon() {
        if (channel_) channel_->abandon();
    }
    void shut() { channel_ = nullptr; }
    [[nodiscard]] bool leads_to(const Channel& channel) const { return channel_.get() == &channel; }

  private:
    std::shared_ptr<Channel> channel_;
};

}  // namespace blender_mcpd::mcp
