// A channel that hands every message to a function.
#pragma once

#include <blender_mcpd/mcp/channel.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace blender_mcpd::test {

class FunctionChannel final : public mcp::Channel {
  public:
    explicit FunctionChannel(std::function<void(std::string)> take) : take_(std::move(take)) {}

    void send(std::string message) override { take_(std::move(message)); }
    void respond(std::string message, mcp::Disposition how) override {
        disposition = how;
        take_(std::move(message));
    }
    void abandon() override { ++abandoned; }

    mcp::Disposition disposition = mcp::Disposition::answered;  // of the last response
    int abandoned = 0;

  private:
    std::function<void(std::string)> take_;
};

inline std::shared_ptr<FunctionChannel> channel(std::function<void(std::string)> take) {
    return std::make_shared<FunctionChannel>(std::move(take));
}

}  // namespace blender_mcpd::test
