#include "codec.hpp"
#include "opening.hpp"
#include "plain_wire.hpp"

#include <blender_mcpd/link/plain.hpp>

#include <fmt/format.h>

#include <utility>

namespace blender_mcpd::link {
namespace {

/// What the owner holds: its end is the end of the wire, whoever else keeps the state alive.
class PlainConnection final : public Connection {
  public:
    explicit PlainConnection(std::shared_ptr<PlainWire> wire) : wire_(std::move(wire)) {}
    ~PlainConnection() override { wire_->close(); }
    PlainConnection(const PlainConnection&) = delete;
    PlainConnection& operator=(const PlainConnection&) = delete;

    [[nodiscard]] const std::string& peer_hello() const override { return no_hello_; }
    boost::asio::awaitable<core::Result<Reply>> call(Request request, core::CancelToken cancel,
                                                     ProgressHandler progress) override {
        return wire_->call(std::move(request), std::move(cancel), std::move(progress));
    }
    boost::asio::awaitable<core::Result<Reply>> control(
        std::string op, std::string /*args*/, std::chrono::milliseconds /*timeout*/) override {
        co_return wire_->control(op);
    }
    boost::asio::awaitable<core::Error> watch(SceneHandler /*none*/,
                                              std::chrono::milliseconds /*timeout*/,
                                              core::CancelToken /*cancel*/) override {
        co_return core::Error{.code = core::ErrorCode::unavailable,
                              .message = "Add-ons of this kind do not tell of changes"};
    }
    [[nodiscard]] bool usable() const override { return wire_->usable(); }
    [[nodiscard]] std::uint64_t calls() const override { return wire_->calls(); }
    void close() override { wire_->close(); }

  private:
    std::shared_ptr<PlainWire> wire_;
    std::string no_hello_ = "{}";
};

}  // namespace

boost::asio::awaitable<core::Result<std::shared_ptr<Connection>>> open_plain(
    core::Timers& timers, Endpoint endpoint, Dialect dialect, ConnectionOptions options,
    core::CancelToken cancel) {
    Opening opening(timers, std::move(endpoint), options.connect_timeout, cancel);
    if (const auto connected = co_await opening.connect(); !connected) {
        auto error = connected.error();
        if (error.code == core::ErrorCode::connection || error.code == core::ErrorCode::timeout)
            error.message = fmt::format("Failed to establish connection to {}: {}", opening.where(),
                                        error.message);
        co_return error;
    }
    co_return std::make_shared<PlainConnection>(
        std::make_shared<PlainWire>(timers, opening.take_socket(), codec(dialect), options));
}

}  // namespace blender_mcpd::link
