#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/shutdown.hpp>

#include <boost/asio/co_spawn.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace blender_mcpd::core {

// Outlived by registrations without harm: they hold it weakly.
struct ShutdownRegistry::Registration::Link {
    ShutdownRegistry* registry;
};

ShutdownRegistry::Registration::Registration(Registration&& other) noexcept
    : link_(std::exchange(other.link_, {})), id_(other.id_) {}

ShutdownRegistry::Registration& ShutdownRegistry::Registration::operator=(
    Registration&& other) noexcept {
    std::swap(link_, other.link_);
    std::swap(id_, other.id_);
    return *this;
}

ShutdownRegistry::Registration::~Registration() {
    if (const auto link = link_.lock()) link->registry->remove(id_);
}

ShutdownRegistry::ShutdownRegistry(Timers& timers)
    : timers_(timers), link_(std::make_shared<Registration::Link>(Registration::Link{this})) {}

ShutdownRegistry::~ShutdownRegistry() = default;

Result<ShutdownRegistry::Registration> ShutdownRegistry::add(std::string name,
                                                             ShutdownPriority priority,
                                                             Handler handler,
                                                             std::chrono::milliseconds limit) {
    if (running_)
        return Error{ErrorCode::shutting_down,
                     "shutdown has begun: '" + name + "' comes too late",
                     {},
                     {},
                     {}};
    const bool taken = std::any_of(entries_.begin(), entries_.end(),
                                   [&](const auto& entry) { return entry.second.name == name; });
    if (taken)
        return Error{ErrorCode::invalid,
                     "a shutdown handler named '" + name + "' exists already",
                     {},
                     {},
                     {}};
    Registration registration;
    registration.id_ = next_id_++;
    registration.link_ = link_;
    entries_.emplace(static_cast<int>(priority),
                     Entry{registration.id_, std::move(name), std::move(handler), limit});
    return registration;
}

namespace {

std::string_view to_text(ShutdownRegistry::Outcome::How how) {
    switch (how) {
        case ShutdownRegistry::Outcome::How::finished:
            return "finished";
        case ShutdownRegistry::Outcome::How::threw:
            return "failed";
        case ShutdownRegistry::Outcome::How::abandoned:
            return "did not finish in time and was abandoned";
        case ShutdownRegistry::Outcome::How::skipped:
            break;
    }
    return "was skipped: no time was left";
}

}  // namespace

boost::asio::awaitable<std::vector<ShutdownRegistry::Outcome>> ShutdownRegistry::run(
    std::chrono::milliseconds total) {
    std::vector<Outcome> outcomes;
    if (running_) co_return outcomes;
    running_ = true;

    const auto end = timers_.now() + total;
    // Handlers may remove any entry, so each is taken out before it runs and the first is looked up
    // anew.
    while (!entries_.empty()) {
        Entry entry = std::move(entries_.begin()->second);
        entries_.erase(entries_.begin());
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - timers_.now());
        const std::string name = entry.name;
        auto how = Outcome::How::skipped;
        if (left.count() > 0) {
            const auto limit = std::min(entry.limit, left);
            how = co_await run_one(std::move(entry), limit);
        }
        if (how == Outcome::How::finished)
            spdlog::debug("shutdown: {} {}", name, to_text(how));
        else
            spdlog::warn("shutdown: {} {}", name, to_text(how));
        outcomes.push_back({name, how});
    }
    co_return outcomes;
}

namespace {

// Everything that an abandoned handler may still touch lives here, shared with it.
struct HandlerRun {
    HandlerRun(const boost::asio::any_io_executor& executor, ShutdownRegistry::Handler work)
        : done(executor), handler(std::move(work)) {}
    OneShot<ShutdownRegistry::Outcome::How> done;
    ShutdownRegistry::Handler handler;
};

boost::asio::awaitable<void> run_handler(std::shared_ptr<HandlerRun> run) {
    try {
        co_await run->handler();
        run->done.set(ShutdownRegistry::Outcome::How::finished);
    } catch (const std::exception& error) {
        spdlog::error("shutdown handler: {}", error.what());
        run->done.set(ShutdownRegistry::Outcome::How::threw);
    }
}

}  // namespace

boost::asio::awaitable<ShutdownRegistry::Outcome::How> ShutdownRegistry::run_one(
    Entry entry, std::chrono::milliseconds limit) {
    const auto run = std::make_shared<HandlerRun>(timers_.executor(), std::move(entry.handler));
    Timer watchdog(timers_, "shutdown limit of " + entry.name);
    watchdog.start(limit, [run] { run->done.set(Outcome::How::abandoned); });
    boost::asio::co_spawn(timers_.executor(), run_handler(run),
                          [run](const std::exception_ptr&) {});
    co_return co_await run->done.wait();
}

void ShutdownRegistry::remove(std::uint64_t id) {
    std::erase_if(entries_, [&](const auto& entry) { return entry.second.id == id; });
}

}  // namespace blender_mcpd::core
