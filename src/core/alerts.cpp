#include <blender_mcpd/core/alerts.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace blender_mcpd::core {

std::string_view to_string(Severity severity) {
    return severity == Severity::info ? "info" : "warning";
}

namespace {

/// How much a metric has grown within a sliding window. Keeps no more steps than are needed to know
/// whether that is above the line.
class Window {
  public:
    explicit Window(const AlertRule& rule) : rule_(rule) {}

    /// True when this step crosses the line.
    bool step(std::int64_t by, TimePoint now) {
        if (rule_.metric.kind == MetricKind::gauge) {
            const bool was_above = std::exchange(sum_, by) > rule_.above;
            return by > rule_.above && !was_above;
        }
        forget(now);
        const bool was_above = sum_ > rule_.above;
        steps_.push_back({now, by});
        sum_ += by;
        while (sum_ - steps_.front().by > rule_.above)
            drop_oldest();
        return sum_ > rule_.above && (!was_above || rule_.window == Duration::max());
    }

  private:
    struct Step {
        TimePoint at;
        std::int64_t by;
    };
    void forget(TimePoint now) {
        while (!steps_.empty() && now - steps_.front().at >= rule_.window)
            drop_oldest();
    }
    void drop_oldest() {
        sum_ -= steps_.front().by;
        steps_.pop_front();
    }

    const AlertRule& rule_;
    std::deque<Step> steps_;
    std::int64_t sum_ = 0;
};

}  // namespace

struct Alerts::State {
    struct Watched {
        explicit Watched(const AlertRule& its) : rule(its), window(rule) {}
        Watched(const Watched&) = delete;
        Watched& operator=(const Watched&) = delete;
        ~Watched() = default;
        const AlertRule rule;
        Window window;
        std::optional<TimePoint> raised;
    };

    State(const Clock& its_clock, Metrics& its_metrics) : clock(its_clock), metrics(its_metrics) {}

    void step(Watched& watched, std::int64_t by) {
        const auto& rule = watched.rule;
        {
            const std::lock_guard lock(mutex);
            const auto now = clock.now();
            if (!watched.window.step(by, now)) return;
            if (watched.raised && now - *watched.raised < rule.pause) return;
            watched.raised = now;
            recent.push_back(
                {std::string(rule.name), rule.severity, std::string(rule.message), now});
            if (recent.size() > max_recent) recent.pop_front();
        }
        metrics.add(alerts_raised, 1, rule.name);
        const auto level =
            rule.severity == Severity::info ? spdlog::level::info : spdlog::level::warn;
        spdlog::log(level, "alert {}: {}", rule.name, rule.message);
    }

    const Clock& clock;
    Metrics& metrics;
    mutable std::mutex mutex;
    std::deque<Raised> recent;
};

Alerts::Alerts(const Clock& clock, Metrics& metrics)
    : state_(std::make_shared<State>(clock, metrics)) {
    metrics.declare(alerts_raised);
}

Alerts::~Alerts() = default;

void Alerts::add(const AlertRule& rule) {
    const auto watched = std::make_shared<State::Watched>(rule);
    state_->metrics.watch(rule.metric, [watched, weak = std::weak_ptr(state_)](std::int64_t by) {
        if (const auto state = weak.lock()) state->step(*watched, by);
    });
}

std::vector<Alerts::Raised> Alerts::recent() const {
    const std::lock_guard lock(state_->mutex);
    return {state_->recent.begin(), state_->recent.end()};
}

}  // namespace blender_mcpd::core
