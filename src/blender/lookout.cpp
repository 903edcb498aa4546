#include "lookout.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <utility>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

Lookout::Lookout(core::Timers& timers, link::Endpoint endpoint, core::CancelToken closing)
    : timers_(timers), endpoint_(std::move(endpoint)), closing_(std::move(closing)) {}

asio::awaitable<link::Detected> Lookout::look() {
    const auto self = shared_from_this();
    const auto done = begin();
    co_await done->wait();
    co_return *last_;
}

asio::awaitable<std::optional<link::Detected>> Lookout::glance(std::chrono::milliseconds limit) {
    const auto self = shared_from_this();
    if (last_ && !looking_ && timers_.now() - found_at_ < fresh_for) co_return last_;
    const auto done = begin();
    core::CancelSource late;
    core::Timer timer(timers_, "lookout");
    timer.start(limit, [&] { late.cancel(core::CancelReason::client); });
    const bool in_time = co_await done->wait(late.token());
    if (!in_time) co_return std::nullopt;
    co_return last_;
}

std::shared_ptr<core::Event> Lookout::begin() {
    if (!looking_) {
        looking_ = std::make_shared<core::Event>(timers_.executor());
        asio::co_spawn(timers_.executor(), run(shared_from_this(), looking_), asio::detached);
    }
    return looking_;
}

asio::awaitable<void> Lookout::run(std::shared_ptr<Lookout> self,
                                   std::shared_ptr<core::Event> done) {
    link::DetectOptions options;
    self->last_ = co_await link::detect(self->timers_, self->endpoint_, options, self->closing_);
    self->found_at_ = self->timers_.now();
    self->looking_.reset();
    done->set();
}

}  // namespace blender_mcpd::blender
