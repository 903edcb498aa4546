// A TCP peer on loopback that does only what the test tells it, step by step, on the test's own
// loop: now accept, now read a frame, now write these bytes split here, now close. It has its own
// idea of the frames of link v1.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace blender_mcpd::test {

struct PeerFrame {
    std::string json;
    std::string blob;
};

/// The bytes of one frame.
[[nodiscard]] std::string frame(std::string_view json, std::string_view blob = {});
[[nodiscard]] std::string ok_reply(std::uint64_t id, std::string_view result = "{}");
[[nodiscard]] std::string error_reply(std::uint64_t id, std::string_view error);
[[nodiscard]] std::string progress_event(std::uint64_t id, int value, int total);
/// The number after "id": in a request.
[[nodiscard]] std::uint64_t id_of(std::string_view request);

/// Lets everything that is ready on the loop run, arrived bytes included, before going on.
boost::asio::awaitable<void> turn();

/// One accepted connection. What fails throws, and so fails the test.
class PeerSession {
  public:
    explicit PeerSession(boost::asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

    boost::asio::awaitable<PeerFrame> read_frame();
    boost::asio::awaitable<std::string> read_json();
    /// What has arrived, at least one byte: for peers that know no frames.
    boost::asio::awaitable<std::string> read_some();
    boost::asio::awaitable<void> write(std::string bytes);
    /// The first `at` bytes, a turn of the loop, the rest.
    boost::asio::awaitable<void> write_split(std::string bytes, std::size_t at);
    /// Byte by byte, with a turn of the loop after each.
    boost::asio::awaitable<void> write_slowly(std::string bytes);
    /// Returns when the other side's kernel has got everything, and its reader had a turn.
    boost::asio::awaitable<void> delivered();
    /// Reads the client's hello and answers it. Returns what it read.
    boost::asio::awaitable<std::string> welcome();
    /// Reads and drops bytes until the other side has closed.
    boost::asio::awaitable<void> wait_end();

    void close() { socket_.close(); }
    /// No more bytes from us; the other direction stays open.
    void half_close() { socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send); }
    /// The other side gets ECONNRESET.
    void reset();

  private:
    boost::asio::ip::tcp::socket socket_;
};

class ScriptedPeer {
  public:
    static constexpr std::string_view hello =
        R"({"hello":{"link":1,"name":"blender","pid":4711,"blender":[3,4,1],"background":true}})";

    explicit ScriptedPeer(const boost::asio::any_io_executor& executor,
                          const std::string& address = "127.0.0.1", std::uint16_t port = 0);

    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    boost::asio::awaitable<PeerSession> accept();
    /// Accepts and exchanges hellos.
    boost::asio::awaitable<PeerSession> welcome();
    /// From now on connects are refused.
    void stop() { acceptor_.close(); }

  private:
    boost::asio::ip::tcp::acceptor acceptor_;
};

}  // namespace blender_mcpd::test
