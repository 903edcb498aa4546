#include "waiting.hpp"

#include <blender_mcpd/core/event.hpp>

#include <utility>

namespace blender_mcpd::assets {

TimeLimit::TimeLimit(core::Timers& timers, std::string name, core::Duration time,
                     const core::CancelToken& outer)
    : timer_(timers, std::move(name)),
      registration_(outer.on_cancel([this](auto reason) { source_.cancel(reason); })) {
    timer_.start(time, [this] {
        is_over_ = true;
        source_.cancel(core::CancelReason::client);
    });
}

boost::asio::awaitable<void> pause(core::Timers& timers, std::string name, core::Duration time,
                                   core::CancelToken cancel) {
    core::Event over(timers.executor());
    core::Timer timer(timers, std::move(name));
    timer.start(time, [&over] { over.set(); });
    (void)co_await over.wait(std::move(cancel));
}

}  // namespace blender_mcpd::assets
