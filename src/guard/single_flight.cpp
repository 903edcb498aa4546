#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/guard/single_flight.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace blender_mcpd::guard {

namespace {

using boost::asio::awaitable;
using LoadResult = core::Result<CachedResult>;

/// One running loader and those who wait for it.
struct Flight {
    Flight(const boost::asio::any_io_executor& executor, SingleFlight::Loader the_loader)
        : loader(std::move(the_loader)), landed(executor) {}

    SingleFlight::Loader loader;  // must live as long as the coroutine that it made
    core::CancelSource stop;
    core::Event landed;
    std::optional<LoadResult> result;
    std::size_t waiters = 0;
    bool abandoned = false;  // stopped because nobody waited
};

/// Counts one waiter for as long as it lives, also when its coroutine is destroyed in mid-wait.
class Waiter {
  public:
    Waiter(std::shared_ptr<Flight> flight, core::CancelToken cancel)
        : flight_(std::move(flight)), cancel_(std::move(cancel)) {
        ++flight_->waiters;
    }
    ~Waiter() {
        if (--flight_->waiters > 0 || flight_->result) return;
        flight_->abandoned = true;
        flight_->stop.cancel(cancel_.cancelled() ? cancel_.reason() : core::CancelReason::closed);
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

  private:
    std::shared_ptr<Flight> flight_;
    core::CancelToken cancel_;
};

core::Error left(const CacheKey& key, core::CancelReason reason) {
    const bool shutdown = reason == core::CancelReason::shutdown;
    return {.code = shutdown ? core::ErrorCode::shutting_down : core::ErrorCode::cancelled,
            .message = fmt::format("Waiting for the result of {}: {}", key.operation,
                                   core::to_string(reason))};
}

core::Error bug(const CacheKey& key, std::string_view what) {
    return {
        .code = core::ErrorCode::internal,
        .message = fmt::format("Reading {} failed: unexpected exception: {}", key.operation, what)};
}

}  // namespace

// Shared with the coroutines, which may outlive the object.
struct SingleFlight::State {
    explicit State(boost::asio::any_io_executor the_executor) : executor(std::move(the_executor)) {}

    static awaitable<LoadResult> run(std::shared_ptr<State> self, CacheKey key, Loader loader,
                                     core::CancelToken cancel);
    static awaitable<void> load(std::shared_ptr<State> self, CacheKey key,
                                std::shared_ptr<Flight> flight);
    std::shared_ptr<Flight> take_off(const std::shared_ptr<State>& self, const CacheKey& key,
                                     Loader loader);

    boost::asio::any_io_executor executor;
    std::unordered_map<CacheKey, std::shared_ptr<Flight>, CacheKeyHash> flights;
    bool closed = false;
};

awaitable<LoadResult> SingleFlight::State::run(std::shared_ptr<State> self, CacheKey key,
                                               Loader loader, core::CancelToken cancel) {
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    std::shared_ptr<Flight> flight;
    for (;;) {
        if (cancel.cancelled()) co_return left(key, cancel.reason());
        if (self->closed) co_return left(key, core::CancelReason::shutdown);
        const auto found = self->flights.find(key);
        flight = found == self->flights.end() ? nullptr : found->second;
        if (!flight || !flight->abandoned) break;
        co_await flight->landed.wait(cancel);
    }
    if (!flight) flight = self->take_off(self, key, std::move(loader));

    const Waiter waiter(flight, cancel);
    if (co_await flight->landed.wait(cancel)) co_return *flight->result;
    co_return left(key, cancel.reason());
}

std::shared_ptr<Flight> SingleFlight::State::take_off(const std::shared_ptr<State>& self,
                                                      const CacheKey& key, Loader loader) {
    auto flight = std::make_shared<Flight>(executor, std::move(loader));
    flights.emplace(key, flight);
    boost::asio::co_spawn(executor, load(self, key, flight), boost::asio::detached);
    return flight;
}

awaitable<void> SingleFlight::State::load(std::shared_ptr<State> self, CacheKey key,
                                          std::shared_ptr<Flight> flight) {
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    // Whatever it throws: the waiters must not wait for ever.
    try {
        flight->result = co_await flight->loader(flight->stop.token());
    } catch (const std::exception& exception) {
        flight->result = bug(key, exception.what());
    } catch (...) {
        flight->result = bug(key, "of an unknown type");
    }
    self->flights.erase(key);
    flight->landed.set();
}

SingleFlight::SingleFlight(boost::asio::any_io_executor executor)
    : state_(std::make_shared<State>(std::move(executor))) {}

SingleFlight::~SingleFlight() {
    state_->closed = true;
    std::vector<std::shared_ptr<Flight>> flights;  // a copy: cancelling may do anything
    for (const auto& [key, flight] : state_->flights)
        flights.push_back(flight);
    for (const auto& flight : flights)
        flight->stop.cancel(core::CancelReason::shutdown);
}

awaitable<LoadResult> SingleFlight::run(CacheKey key, Loader loader, core::CancelToken cancel) {
    return State::run(state_, std::move(key), std::move(loader), std::move(cancel));
}

}  // namespace blender_mcpd::guard
