#include <blender_mcpd/blender/health.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

std::string_view to_string(Health health) {
    switch (health) {
        case Health::unknown:
            return "unknown";
        case Health::healthy:
            return "healthy";
        case Health::busy:
            return "busy";
        case Health::unhealthy:
            break;
    }
    return "unhealthy";
}

// Kept alive by a check in progress.
struct HealthCheck::State : std::enable_shared_from_this<State> {
    State(core::Timers& its_timers, core::Metrics& its_metrics, Probe its_probe,
          core::Duration its_interval)
        : timers(its_timers),
          metrics(its_metrics),
          probe(std::move(its_probe)),
          interval(its_interval),
          timer(timers, "health-check-interval") {}

    void wait() {
        timer.start(interval, [this] { tick(); });
    }

    void tick() {
        wait();
        if (std::exchange(checking, true)) return;
        asio::co_spawn(timers.executor(), check(shared_from_this()), asio::detached);
    }

    static asio::awaitable<void> check(std::shared_ptr<State> self) {
        if (self->stopped) co_return;  // whoever owns the probe may be gone
        const auto begin = self->timers.now();
        std::optional<core::Result<HealthFinding>> found;
        try {
            found = co_await self->probe(limit);
        } catch (const std::exception& bug) {
            found = core::Error{.code = core::ErrorCode::internal, .message = bug.what()};
        }
        self->checking = false;
        if (found && !self->stopped) self->record(*found, self->timers.now() - begin);
    }

    void record(const core::Result<HealthFinding>& found, core::Duration latency) {
        metrics.add(health_checks);
        metrics.observe(health_latency_ms,
                        std::chrono::duration<double, std::milli>(latency).count());
        report.latency = latency;
        report.checked = timers.now();
        if (found) {
            report.health = found->health;
            report.message = found->message;
            report.failures_in_a_row = 0;
            return;
        }
        metrics.add(health_failures);
        report.health = Health::unhealthy;
        report.message = found.error().message;
        spdlog::debug("health check failed: {}", report.message);
        if (++report.failures_in_a_row == failures_to_warn)
            spdlog::warn("Blender failed {} health checks in a row: {}", failures_to_warn,
                         report.message);
    }

    core::Timers& timers;
    core::Metrics& metrics;
    const Probe probe;
    const core::Duration interval;
    core::Timer timer;
    HealthReport report;
    bool checking = false;
    bool stopped = false;
};

HealthCheck::HealthCheck(core::Timers& timers, core::Metrics& metrics, Probe probe,
                         core::Duration interval)
    : state_(std::make_shared<State>(timers, metrics, std::move(probe), interval)) {
    metrics.declare(health_checks);
    metrics.declare(health_failures);
}

HealthCheck::~HealthCheck() {
    stop();
}

void HealthCheck::start() {
    if (state_->stopped || state_->timer.armed()) return;
    state_->wait();
}

void HealthCheck::stop() {
    state_->stopped = true;
    state_->timer.cancel();
}

bool HealthCheck::running() const {
    return state_->timer.armed();
}

const HealthReport& HealthCheck::report() const {
    return state_->report;
}

}  // namespace blender_mcpd::blender
