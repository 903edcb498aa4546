// A connection without a peer, for the pool's tests.
#pragma once

#include <blender_mcpd/link/connection.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace blender_mcpd::test {

class FakeConnection final : public link::Connection {
  public:
    [[nodiscard]] const std::string& peer_hello() const override { return hello; }
    boost::asio::awaitable<core::Result<link::Reply>> call(link::Request, core::CancelToken,
                                                           link::ProgressHandler) override {
        ++carried;
        co_return link::Reply("{}", "", 0, 2, std::nullopt);
    }
    boost::asio::awaitable<core::Result<link::Reply>> control(std::string, std::string,
                                                              std::chrono::milliseconds) override {
        co_return link::Reply("{}", "", 0, 2, std::nullopt);
    }
    boost::asio::awaitable<core::Error> watch(link::SceneHandler, std::chrono::milliseconds,
                                              core::CancelToken) override {
        co_return core::Error{.code = core::ErrorCode::unavailable};
    }
    [[nodiscard]] bool usable() const override {
        if (on_look) on_look();
        return alive && !closed;
    }
    [[nodiscard]] std::uint64_t calls() const override { return carried; }
    void close() override {
        closed = true;
        if (const auto callback = std::exchange(on_close, nullptr)) callback();
    }

    std::string hello = "{}";
    bool alive = true;
    bool closed = false;
    std::uint64_t carried = 0;
    std::function<void()> on_look;   // whenever usable() is asked
    std::function<void()> on_close;  // once
};

}  // namespace blender_mcpd::test
