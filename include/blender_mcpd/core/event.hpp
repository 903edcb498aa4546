// Things that a coroutine can wait for without a thread. Loop thread only.
#pragma once

#include <blender_mcpd/core/cancel.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <optional>
#include <utility>

namespace blender_mcpd::core {

/// A latch: once set, every wait returns. An Asio timer that never expires serves as the condition
/// variable. Must outlive its waiters.
class Event {
  public:
    explicit Event(const boost::asio::any_io_executor& executor);
    void set();
    /// Lets later waits wait again.
    void reset();
    [[nodiscard]] bool is_set() const { return set_; }
    boost::asio::awaitable<void> wait();
    /// Also returns when the token is cancelled. True when the event is set.
    boost::asio::awaitable<bool> wait(CancelToken cancel);

  private:
    boost::asio::steady_timer gate_;
    bool set_ = false;
};

/// A value that arrives once. The first set() wins.
template <typename T>
class OneShot {
  public:
    explicit OneShot(const boost::asio::any_io_executor& executor) : event_(executor) {}
    bool set(T value) {
        if (value_) return false;
        value_.emplace(std::move(value));
        event_.set();
        return true;
    }
    [[nodiscard]] bool is_set() const { return value_.has_value(); }
    /// For one waiter: the value is moved out.
    boost::asio::awaitable<T> wait() {
        co_await event_.wait();
        co_return std::move(*value_);
    }

  private:
    Event event_;
    std::optional<T> value_;
};

}  // namespace blender_mcpd::core
