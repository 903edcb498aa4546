#include "status_feed.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <utility>

namespace blender_mcpd::app {

namespace asio = boost::asio;

StatusFeed::StatusFeed(core::Timers& timers, Look look, Publish publish)
    : timers_(timers),
      look_(std::move(look)),
      publish_(std::move(publish)),
      next_(timers, "status page") {}

void StatusFeed::news() {
    if (std::exchange(news_, true) || looking_) return;
    wait();
}

void StatusFeed::end() {
    publish_ = nullptr;
    next_.cancel();
}

void StatusFeed::begin_look() {
    looking_ = true;
    news_ = false;
    asio::co_spawn(timers_.executor(), run_look(shared_from_this()), asio::detached);
}

asio::awaitable<void> StatusFeed::run_look(std::shared_ptr<StatusFeed> self) {
    auto state = co_await self->look_();
    self->looking_ = false;
    self->looked_ = self->timers_.now();
    if (!self->publish_) co_return;
    if (state != self->told_) {
        const auto publish = self->publish_;  // it may end us
        if (publish(state))
            self->told_ = std::move(state);
        else
            self->news_ = true;  // for who could not take it
    }
    // Publishing may have ended with the last one who watched.
    if (self->publish_) self->wait();
}

void StatusFeed::wait() {
    if (!publish_) return;
    const auto due = looked_ + (news_ ? pause : long_pause);
    next_.start(std::max<core::Duration>(due - timers_.now(), core::Duration::zero()),
                [this] { begin_look(); });
}

}  // namespace blender_mcpd::app
