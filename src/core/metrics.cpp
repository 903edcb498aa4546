#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/text_hash.hpp>

#include <cmath>
#include <mutex>
#include <unordered_map>
#include <utility>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace blender_mcpd::core {

namespace {

// From a local call to a render, in milliseconds.
const prometheus::Histogram::BucketBoundaries boundaries{
    0.1, 0.3, 1, 3, 10, 30, 100, 300, 1e3, 3'000, 10'000, 30'000, 100'000};

std::string prometheus_name(const Metric& metric) {
    std::string name = "blender_mcpd_";
    for (const char c : metric.name)
        name += c == '.' ? '_' : c;
    if (metric.kind == MetricKind::counter) name += "_total";
    return name;
}

/// One metric with one value of its label.
struct Series {
    prometheus::Counter* counter = nullptr;
    prometheus::Gauge* gauge = nullptr;
    prometheus::Histogram* histogram = nullptr;
    std::int64_t count = 0;  // of a histogram: its own can only be collected
    double sum = 0;

    [[nodiscard]] std::int64_t value() const {
        if (counter != nullptr) return std::llround(counter->Value());
        if (gauge != nullptr) return std::llround(gauge->Value());
        return count;
    }
};

struct Entry {
    Metric metric;
    prometheus::Family<prometheus::Counter>* counters = nullptr;
    prometheus::Family<prometheus::Gauge>* gauges = nullptr;
    prometheus::Family<prometheus::Histogram>* histograms = nullptr;
    std::map<std::string, Series, std::less<>> series;  // by value of the label
    std::vector<std::shared_ptr<const Metrics::Watcher>> watchers;
};

}  // namespace

struct Metrics::State {
    Entry& entry(const Metric& metric) {
        const auto found = entries.find(metric.name);
        if (found != entries.end()) return found->second;
        auto& added = entries[std::string(metric.name)];
        added.metric = metric;
        const auto name = prometheus_name(metric);
        const std::string help(metric.help);
        switch (metric.kind) {
            case MetricKind::counter:
                added.counters =
                    &prometheus::BuildCounter().Name(name).Help(help).Register(registry);
                break;
            case MetricKind::gauge:
                added.gauges = &prometheus::BuildGauge().Name(name).Help(help).Register(registry);
                break;
            case MetricKind::histogram:
                added.histograms =
                    &prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
                break;
        }
        return added;
    }

    static Series& series(Entry& entry, std::string_view label) {
        if (const auto found = entry.series.find(label); found != entry.series.end())
            return found->second;
        if (entry.series.size() >= max_label_values && label != "other")
            return series(entry, "other");
        prometheus::Labels labels;
        if (!entry.metric.label.empty())
            labels.emplace(std::string(entry.metric.label), std::string(label));
        Series added;
        if (entry.counters != nullptr) added.counter = &entry.counters->Add(labels);
        if (entry.gauges != nullptr) added.gauge = &entry.gauges->Add(labels);
        if (entry.histograms != nullptr)
            added.histogram = &entry.histograms->Add(labels, boundaries);
        return entry.series.emplace(std::string(label), added).first->second;
    }

    mutable std::mutex mutex;
    prometheus::Registry registry;
    std::unordered_map<std::string, Entry, TextHash, std::equal_to<>> entries;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {
    declare(timers_leaked);
}

Metrics::~Metrics() = default;

void Metrics::declare(const Metric& metric) {
    const std::lock_guard lock(state_->mutex);
    auto& entry = state_->entry(metric);
    if (metric.label.empty()) State::series(entry, {});
}

void Metrics::add(const Metric& metric, std::int64_t by, std::string_view label) {
    std::vector<std::shared_ptr<const Watcher>> watchers;
    {
        const std::lock_guard lock(state_->mutex);
        auto& entry = state_->entry(metric);
        auto& series = State::series(entry, label);
        if (series.counter != nullptr && by > 0) series.counter->Increment(static_cast<double>(by));
        if (series.gauge != nullptr) series.gauge->Increment(static_cast<double>(by));
        watchers = entry.watchers;
    }
    for (const auto& watcher : watchers)
        (*watcher)(by);
}

void Metrics::set(const Metric& metric, std::int64_t value) {
    std::vector<std::shared_ptr<const Watcher>> watchers;
    {
        const std::lock_guard lock(state_->mutex);
        auto& entry = state_->entry(metric);
        auto& series = State::series(entry, {});
        if (series.gauge != nullptr) series.gauge->Set(static_cast<double>(value));
        watchers = entry.watchers;
    }
    for (const auto& watcher : watchers)
        (*watcher)(value);
}

void Metrics::observe(const Metric& metric, double value, std::string_view label) {
    if (!std::isfinite(value)) return;
    const std::lock_guard lock(state_->mutex);
    auto& series = State::series(state_->entry(metric), label);
    if (series.histogram == nullptr) return;
    series.histogram->Observe(value);
    ++series.count;
    series.sum += value;
}

std::int64_t Metrics::value(const Metric& metric) const {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->entries.find(metric.name);
    if (found == state_->entries.end()) return 0;
    std::int64_t sum = 0;
    for (const auto& [label, series] : found->second.series)
        sum += series.value();
    return sum;
}

std::int64_t Metrics::value(const Metric& metric, std::string_view label) const {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->entries.find(metric.name);
    if (found == state_->entries.end()) return 0;
    const auto series = found->second.series.find(label);
    return series == found->second.series.end() ? 0 : series->second.value();
}

std::map<std::string, std::int64_t> Metrics::all() const {
    const std::lock_guard lock(state_->mutex);
    std::map<std::string, std::int64_t> readings;
    for (const auto& [name, entry] : state_->entries) {
        for (const auto& [label, series] : entry.series) {
            auto key = name;
            if (!label.empty()) key.append("{").append(label).append("}");
            if (series.histogram == nullptr) {
                readings[key] = series.value();
            } else {
                readings[key + ".count"] = series.count;
                readings[key + ".sum"] = std::llround(series.sum);
            }
        }
    }
    return readings;
}

std::string Metrics::prometheus_text() const {
    const std::lock_guard lock(state_->mutex);
    return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

void Metrics::watch(const Metric& metric, Watcher on_change) {
    const std::lock_guard lock(state_->mutex);
    state_->entry(metric).watchers.push_back(std::make_shared<const Watcher>(std::move(on_change)));
}

}  // namespace blender_mcpd::core
