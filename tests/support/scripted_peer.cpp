#include "scripted_peer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

#include <linux/sockios.h>
#include <sys/ioctl.h>

namespace blender_mcpd::test {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

std::string be32(std::size_t value) {
    std::string bytes;
    for (const int shift : {24, 16, 8, 0})
        bytes += static_cast<char>(value >> shift & 0xff);
    return bytes;
}

std::size_t be32(const char* bytes) {
    std::size_t value = 0;
    for (int i = 0; i < 4; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

}  // namespace

std::string frame(std::string_view json, std::string_view blob) {
    return be32(json.size()) + be32(blob.size()) + std::string(json) + std::string(blob);
}

std::string ok_reply(std::uint64_t id, std::string_view result) {
    return frame(R"({"id":)" + std::to_string(id) + R"(,"ok":true,"gen":1,"ms":0.1,"result":)" +
                 std::string(result) + "}");
}

std::string error_reply(std::uint64_t id, std::string_view error) {
    return frame(R"({"id":)" + std::to_string(id) + R"(,"ok":false,"gen":1,"ms":0.1,"error":)" +
                 std::string(error) + "}");
}

std::string progress_event(std::uint64_t id, int value, int total) {
    return frame(R"({"event":"progress","id":)" + std::to_string(id) + R"(,"value":)" +
                 std::to_string(value) + R"(,"total":)" + std::to_string(total) +
                 R"(,"message":"Sample )" + std::to_string(value) + R"("})");
}

std::uint64_t id_of(std::string_view request) {
    constexpr std::string_view key = R"("id":)";
    const auto at = request.find(key);
    if (at == std::string_view::npos) throw std::runtime_error("no id in " + std::string(request));
    std::uint64_t id = 0;
    std::from_chars(request.data() + at + key.size(), request.data() + request.size(), id);
    return id;
}

asio::awaitable<void> turn() {
    // The reactor is one entry in the loop's queue: after a few rounds it has had its turn, and
    // what it found as well.
    const auto executor = co_await asio::this_coro::executor;
    for (int round = 0; round < 4; ++round)
        co_await asio::post(executor, asio::use_awaitable);
}

asio::awaitable<PeerFrame> PeerSession::read_frame() {
    std::array<char, 8> header{};
    co_await asio::async_read(socket_, asio::buffer(header), asio::use_awaitable);
    PeerFrame frame{std::string(be32(header.data()), '\0'),
                    std::string(be32(header.data() + 4), '\0')};
    co_await asio::async_read(socket_, asio::buffer(frame.json), asio::use_awaitable);
    co_await asio::async_read(socket_, asio::buffer(frame.blob), asio::use_awaitable);
    co_return frame;
}

asio::awaitable<std::string> PeerSession::read_json() {
    auto frame = co_await read_frame();
    co_return std::move(frame.json);
}

asio::awaitable<std::string> PeerSession::read_some() {
    std::string bytes(65536, '\0');
    bytes.resize(co_await socket_.async_read_some(asio::buffer(bytes), asio::use_awaitable));
    co_return bytes;
}

asio::awaitable<void> PeerSession::write(std::string bytes) {
    co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable);
}

asio::awaitable<void> PeerSession::write_split(std::string bytes, std::size_t at) {
    co_await write(bytes.substr(0, at));
    co_await turn();
    co_await write(bytes.substr(at));
}

asio::awaitable<void> PeerSession::write_slowly(std::string bytes) {
    for (const char byte : bytes) {
        co_await write(std::string(1, byte));
        co_await turn();
    }
}

asio::awaitable<void> PeerSession::delivered() {
    for (int unacknowledged = 1; unacknowledged > 0;) {
        co_await turn();
        if (::ioctl(socket_.native_handle(), SIOCOUTQ, &unacknowledged) != 0)
            throw std::runtime_error("SIOCOUTQ failed");
    }
    co_await turn();
}

asio::awaitable<std::string> PeerSession::welcome() {
    auto client = co_await read_json();
    co_await write(frame(ScriptedPeer::hello));
    co_return client;
}

asio::awaitable<void> PeerSession::wait_end() {
    std::array<char, 65536> dropped;
    for (;;) {
        const auto [error, bytes] = co_await socket_.async_read_some(
            asio::buffer(dropped), asio::as_tuple(asio::use_awaitable));
        if (error) co_return;
    }
}

void PeerSession::reset() {
    socket_.set_option(asio::socket_base::linger(true, 0));
    socket_.close();
}

ScriptedPeer::ScriptedPeer(const asio::any_io_executor& executor, const std::string& address,
                           std::uint16_t port)
    : acceptor_(executor, tcp::endpoint(asio::ip::make_address(address), port)) {}

asio::awaitable<PeerSession> ScriptedPeer::accept() {
    auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    co_return PeerSession(std::move(socket));
}

asio::awaitable<PeerSession> ScriptedPeer::welcome() {
    auto session = co_await accept();
    co_await session.welcome();
    co_return session;
}

}  // namespace blender_mcpd::test
