#include "opening.hpp"
#include "wire.hpp"

#include <blender_mcpd/link/connection.hpp>

#include <utility>

namespace blender_mcpd::link {
namespace {

/// What the owner holds: its end is the end of the wire, whoever else keeps the state alive.
class TcpConnection final : public Connection {
  public:
    TcpConnection(std::shared_ptr<Wire> wire, std::string peer_hello)
        : wire_(std::move(wire)), peer_hello_(std::move(peer_hello)) {}
    ~TcpConnection() override { wire_->close(); }
    TcpConnection(const TcpConnection&) = delete;
    TcpConnection& operator=(const TcpConnection&) = delete;

    [[nodiscard]] const std::string& peer_hello() const override { return peer_hello_; }
    boost::asio::awaitable<core::Result<Reply>> call(Request request, core::CancelToken cancel,
                                                     ProgressHandler progress) override {
        return wire_->call(std::move(request), std::move(cancel), std::move(progress));
    }
    boost::asio::awaitable<core::Result<Reply>> control(
        std::string op, std::string args, std::chrono::milliseconds timeout) override {
        return wire_->control(std::move(op), std::move(args), timeout);
    }
    boost::asio::awaitable<core::Error> watch(SceneHandler handler,
                                              std::chrono::milliseconds timeout,
                                              core::CancelToken cancel) override {
        return wire_->watch(std::move(handler), timeout, std::move(cancel));
    }
    [[nodiscard]] bool usable() const override { return wire_->usable(); }
    [[nodiscard]] std::uint64_t calls() const override { return wire_->calls(); }
    void close() override { wire_->close(); }

  private:
    std::shared_ptr<Wire> wire_;
    std::string peer_hello_;
};

}  // namespace

Reply::Reply(std::string json, std::string blob, std::size_t result_begin, std::size_t result_size,
             std::optional<std::uint64_t> generation)
    : json_(std::move(json)),
      blob_(std::move(blob)),
      begin_(result_begin),
      size_(result_size),
      generation_(generation) {}

boost::asio::awaitable<core::Result<std::shared_ptr<Connection>>> Connection::open(
    core::Timers& timers, Endpoint endpoint, std::string token, ConnectionOptions options,
    core::CancelToken cancel) {
    Opening opening(timers, std::move(endpoint), options.connect_timeout, cancel);
    auto hello = co_await opening.connect_and_greet(std::move(token));
    if (!hello) co_return hello.error();
    auto wire = std::make_shared<Wire>(timers, opening.take_socket(), options);
    // Owned before it runs by itself: whatever throws here, the socket is closed.
    auto connection = std::make_shared<TcpConnection>(wire, std::move(*hello));
    wire->start();
    co_return connection;
}

}  // namespace blender_mcpd::link
