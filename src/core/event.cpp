#include <blender_mcpd/core/event.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace blender_mcpd::core {

Event::Event(const boost::asio::any_io_executor& executor)
    : gate_(executor, boost::asio::steady_timer::time_point::max()) {}

void Event::set() {
    set_ = true;
    gate_.cancel();
}

void Event::reset() {
    set_ = false;
}

boost::asio::awaitable<void> Event::wait() {
    while (!set_)
        co_await gate_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

boost::asio::awaitable<bool> Event::wait(CancelToken cancel) {
    // Wakes the other waiters too; they go back to sleep.
    const auto registration = cancel.on_cancel([this](CancelReason) { gate_.cancel(); });
    while (!set_ && !cancel.cancelled())
        co_await gate_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    co_return set_;
}

}  // namespace blender_mcpd::core
