#include "accept_pause.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace blender_mcpd::transport {

AcceptPause::AcceptPause(core::Timers& timers, std::chrono::milliseconds time, std::string place)
    : time_(time),
      place_(std::move(place)),
      limit_(timers, "accept pause"),
      over_(timers.executor()) {}

boost::asio::awaitable<void> AcceptPause::wait(boost::system::error_code error) {
    if (ended_) co_return;
    if (!std::exchange(told_, true))
        spdlog::warn("{}: clients must wait: {}", place_, error.message());
    over_.reset();
    limit_.start(time_, [this] { over_.set(); });
    co_await over_.wait();
}

void AcceptPause::end() {
    ended_ = true;
    limit_.cancel();
    over_.set();
}

}  // namespace blender_mcpd::transport
