#include <blender_mcpd/core/timers.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <utility>

namespace blender_mcpd::core {

// The Asio timer wakes us at `wake`; `deadline` may have moved to later meanwhile (extend), then we
// go back to sleep. A shared_ptr, because Asio's handler can still be queued when the Timer is
// gone; `round` tells a stale one.
struct Timers::Entry : std::enable_shared_from_this<Entry> {
    Entry(Timers& owner, std::string label)
        : timers(owner), name(std::move(label)), gate(owner.executor_) {}

    void arm(Duration after, std::function<void()> callback) {
        disarm();
        if (timers.closed_) return;
        deadline = timers.now() + after;
        on_expiry = std::move(callback);
        armed = true;
        timers.entries_.push_back(this);
        if (!timers.clock_.manual()) sleep();
    }

    void disarm() {
        if (!armed) return;
        armed = false;
        ++round;
        gate.cancel();
        on_expiry = nullptr;
        std::erase(timers.entries_, this);
    }

    void sleep() {
        gate.expires_at(deadline);
        gate.async_wait(
            [self = shared_from_this(), expected = round](boost::system::error_code error) {
                if (error || self->round != expected) return;
                if (self->timers.now() < self->deadline)
                    self->sleep();
                else
                    self->fire();
            });
    }

    void fire() {
        auto callback = std::move(on_expiry);
        disarm();
        callback();
    }

    Timers& timers;
    std::string name;
    boost::asio::steady_timer gate;
    TimePoint deadline{};
    std::function<void()> on_expiry;
    std::uint64_t round = 0;
    bool armed = false;
};

Timers::Timers(boost::asio::any_io_executor executor, const Clock& clock)
    : executor_(std::move(executor)), clock_(clock) {}

Timers::~Timers() {
    close();
}

std::vector<std::string> Timers::armed() const {
    std::vector<std::string> names;
    for (const auto* entry : entries_)
        names.push_back(entry->name);
    return names;
}

std::size_t Timers::close() {
    closed_ = true;
    const auto waiting = entries_.size();
    while (!entries_.empty())
        entries_.back()->disarm();
    return waiting;
}

void Timers::fire_due() {
    for (;;) {
        const auto earliest = std::min_element(
            entries_.begin(), entries_.end(),
            [](auto* left, auto* right) { return left->deadline < right->deadline; });
        if (earliest == entries_.end() || (*earliest)->deadline > now()) return;
        const auto keep_alive = (*earliest)->shared_from_this();
        keep_alive->fire();
    }
}

Timer::Timer(Timers& timers, std::string name)
    : entry_(std::make_shared<Timers::Entry>(timers, std::move(name))) {}

Timer::~Timer() {
    entry_->disarm();
}

void Timer::start(Duration after, std::function<void()> on_expiry) {
    entry_->arm(after, std::move(on_expiry));
}

void Timer::extend(Duration after) {
    if (!entry_->armed) return;
    const auto deadline = entry_->timers.now() + after;
    const bool earlier = deadline < entry_->deadline;
    entry_->deadline = deadline;
    if (earlier && !entry_->timers.clock_.manual()) {
        ++entry_->round;
        entry_->sleep();
    }
}

void Timer::cancel() {
    entry_->disarm();
}

bool Timer::armed() const {
    return entry_->armed;
}

}  // namespace blender_mcpd::core
