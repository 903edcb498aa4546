// How coroutines of the transports are written.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <utility>

namespace blender_mcpd::transport {

/// co_await operation(…, as_result) gives the error instead of throwing it.
inline constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);

/// `work` of an object that must live until it is done.
inline boost::asio::awaitable<void> keep(std::shared_ptr<void> alive,
                                         boost::asio::awaitable<void> work) {
    co_await std::move(work);
    (void)alive;
}

}  // namespace blender_mcpd::transport
