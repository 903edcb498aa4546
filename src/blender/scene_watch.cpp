#include "scene_watch.hpp"

#include <blender_mcpd/core/event.hpp>

#include <boost/asio/co_spawn.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

// Kept alive by its coroutine.
struct SceneWatch::State : std::enable_shared_from_this<State> {
    State(core::Timers& its_timers, core::Metrics& its_metrics, Connect its_connect,
          std::optional<std::uint64_t> its_known, ChangeHandler its_handler)
        : metrics(its_metrics),
          connect(std::move(its_connect)),
          known(its_known),
          handler(std::move(its_handler)),
          retry(its_timers, "scene-watch"),
          retry_now(its_timers.executor()) {}

    static asio::awaitable<void> run(std::shared_ptr<State> self) {
        const auto ended = self->end.token();
        while (!ended.cancelled()) {
            const auto why = co_await watch_once(self);
            if (ended.cancelled()) co_return;
            spdlog::debug("scene events: {}", core::describe(why));
            self->metrics.add(scene_watches_lost);
            self->retry_now.reset();
            self->retry.start(std::exchange(self->pause, std::min(2 * self->pause, longest_pause)),
                              [watch = self.get()] { watch->retry_now.set(); });
            co_await self->retry_now.wait(ended);
        }
    }

    static asio::awaitable<core::Error> watch_once(std::shared_ptr<State> self) {
        const auto connection = co_await self->connect(self->end.token());
        if (!connection) co_return connection.error();
        self->first = true;
        link::SceneHandler note = [watch = self.get()](const link::SceneEvent& event) {
            watch->note(event);
        };
        auto why = co_await (*connection)->watch(std::move(note), answer_limit, self->end.token());
        (*connection)->close();
        co_return why;
    }

    void note(const link::SceneEvent& event) {
        const auto self = shared_from_this();  // the handler may end the watch
        const bool was_first = std::exchange(first, false);
        const bool as_known = known == event.generation;
        known = event.generation;
        if (was_first) {
            pause = first_pause;
            if (!as_known) handler({event.generation, {}, true, true});
            return;
        }
        metrics.add(scene_events);
        handler({event.generation, event.changed, event.more, event.file.has_value()});
    }

    core::Metrics& metrics;
    const Connect connect;
    std::optional<std::uint64_t> known;
    const ChangeHandler handler;
    core::CancelSource end;
    core::Timer retry;
    core::Event retry_now;
    std::chrono::milliseconds pause = first_pause;
    bool first = false;  // the next word is Blender's agreement, not an event
};

SceneWatch::SceneWatch(core::Timers& timers, core::Metrics& metrics, Connect connect,
                       std::optional<std::uint64_t> known, ChangeHandler handler)
    : state_(
          std::make_shared<State>(timers, metrics, std::move(connect), known, std::move(handler))) {
    metrics.declare(scene_events);
    metrics.declare(scene_watches_lost);
    asio::co_spawn(timers.executor(), State::run(state_), [](std::exception_ptr bug) {
        if (bug) std::rethrow_exception(bug);
    });
}

SceneWatch::~SceneWatch() {
    state_->retry.cancel();
    state_->end.cancel(core::CancelReason::closed);
}

}  // namespace blender_mcpd::blender
