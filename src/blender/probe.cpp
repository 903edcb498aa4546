#include "probe.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <string>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

asio::awaitable<bool> answers(core::Timers& timers, link::Endpoint endpoint,
                              std::chrono::milliseconds limit) {
    constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
    asio::ip::tcp::socket socket(timers.executor());
    core::Timer deadline(timers, "probe");
    boost::system::error_code not_numeric;
    const auto address = asio::ip::make_address(endpoint.host, not_numeric);
    if (!not_numeric) {
        deadline.start(limit, [&] { socket.close(); });
        const auto [refused] = co_await socket.async_connect({address, endpoint.port}, as_result);
        co_return !refused && deadline.armed();
    }
    asio::ip::tcp::resolver resolver(timers.executor());
    deadline.start(limit, [&] {
        resolver.cancel();
        socket.close();
    });
    const auto [not_found, addresses] =
        co_await resolver.async_resolve(endpoint.host, std::to_string(endpoint.port), as_result);
    if (not_found || !deadline.armed()) co_return false;
    const auto [refused, connected] = co_await asio::async_connect(socket, addresses, as_result);
    co_return !refused && deadline.armed();
}

}  // namespace blender_mcpd::blender
