#include "errors.hpp"
#include "pool_state.hpp"

#include <blender_mcpd/link/pool.hpp>

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <array>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <utility>

namespace blender_mcpd::link {

namespace {

constexpr std::array metrics_of_pools{pool_acquire_duration, pool_queue_size, pool_opened,
                                      pool_failed, pool_health_errors};

std::string name(std::uint64_t connection) {
    return fmt::format("conn-{}", connection);
}

const PoolOptions& checked(const PoolOptions& options) {
    if (const auto valid = check(options); !valid)
        throw std::invalid_argument(valid.error().message);
    return options;
}

}  // namespace

/// One acquire in progress. It may be destroyed at any time: what it was given goes back, and it is
/// given nothing more.
class PoolState::Acquirer {
  public:
    Acquirer(PoolState& pool, PoolPlan::Ticket ticket)
        : lease(pool.timers_.executor()),
          limit(pool.timers_, "link.acquire"),
          pool_(pool),
          ticket_(ticket) {
        pool_.acquirers_.emplace(ticket, this);
    }
    ~Acquirer() {
        pool_.acquirers_.erase(ticket_);
        pool_.perform(pool_.plan_.cancel(ticket_, core::CancelReason::closed));
    }
    Acquirer(const Acquirer&) = delete;
    Acquirer& operator=(const Acquirer&) = delete;

    core::OneShot<core::Result<Pool::Lease>> lease;
    core::Timer limit;

  private:
    PoolState& pool_;
    PoolPlan::Ticket ticket_;
};

PoolState::PoolState(core::Timers& timers, core::Metrics& metrics, Pool::Connector connector,
                     const PoolOptions& options)
    : timers_(timers),
      metrics_(metrics),
      connector_(std::move(connector)),
      options_(checked(options)),
      plan_(options),
      health_timer_(timers, "connection-pool") {
    for (const auto& metric : metrics_of_pools)
        metrics_.declare(metric);
}

boost::asio::awaitable<core::Result<Pool::Lease>> PoolState::acquire(
    std::shared_ptr<PoolState> self, core::CancelToken cancel, std::string client) {
    constexpr auto what = "Waiting for a connection";
    if (cancel.cancelled()) co_return cancelled(what, cancel.reason());
    const auto ticket = ++self->last_ticket_;
    const auto begin = self->timers_.now();
    Acquirer acquirer(*self, ticket);
    const auto registration = cancel.on_cancel(
        [&](core::CancelReason reason) { self->perform(self->plan_.cancel(ticket, reason)); });
    self->perform(self->plan_.acquire(ticket, client, begin));
    if (!acquirer.lease.is_set())
        acquirer.limit.start(self->options_.acquire_timeout, [&] {
            self->perform(self->plan_.time_out(ticket, self->timers_.now()));
        });

    auto lease = co_await acquirer.lease.wait();
    const std::chrono::duration<double, std::milli> waited = self->timers_.now() - begin;
    self->metrics_.observe(pool_acquire_duration, waited.count());
    // Cancelled between being served and running again: the lease goes back as it leaves this
    // scope.
    if (lease && cancel.cancelled()) co_return cancelled(what, cancel.reason());
    co_return lease;
}

boost::asio::awaitable<void> PoolState::connect(std::shared_ptr<PoolState> self,
                                                PoolPlan::Attempt attempt) {
    PoolPlan::Connected result = core::Error{};
    try {
        result = co_await self->connector_(self->attempts_[attempt].token());
    } catch (const std::exception& bug) {
        result = core::Error{
            .code = core::ErrorCode::internal,
            .message = fmt::format("Connection failed: unexpected exception: {}", bug.what())};
    }
    // Its waiter must hear of it: one that is merely not used would be tried again at once, for as
    // long as the peer behaves like that.
    if (result && !(*result)->usable()) {
        (*result)->close();
        result =
            core::Error{.code = core::ErrorCode::connection,
                        .message = "Connection failed: Blender closed it right after its hello",
                        .remedy = "See Blender's output for the reason"};
    }
    self->attempts_.erase(attempt);
    self->note_end(attempt, result);
    self->perform(self->plan_.connected(attempt, std::move(result), self->timers_.now()));
}

void PoolState::release(PoolPlan::Pooled leased) {
    perform(plan_.released(std::move(leased), timers_.now()));
}

void PoolState::start() {
    if (plan_.closed() || std::exchange(started_, true)) return;
    check_health();
}

// The timer is started anew after the work: a slow check never overlaps the next one, and the ticks
// that it missed are dropped.
void PoolState::check_health() {
    const auto self = shared_from_this();  // the pool may be destroyed by what is closed here
    try {
        perform(plan_.check_health(timers_.now()));
    } catch (const std::exception& bug) {
        spdlog::error("connection pool: unexpected exception in a check: {}", bug.what());
        metrics_.add(pool_health_errors);
    }
    if (!plan_.closed()) health_timer_.start(options_.health_interval, [this] { check_health(); });
}

void PoolState::close() {
    health_timer_.cancel();
    perform(plan_.close());
}

// All of them, whatever one throws: the plan counts on it.
void PoolState::perform(PoolPlan::Actions actions) {
    std::exception_ptr bug;
    for (auto& action : actions) {
        try {
            std::visit([this](auto& each) { perform(std::move(each)); }, action);
        } catch (...) {
            bug = std::current_exception();
        }
    }
    note_queue();
    if (bug) std::rethrow_exception(bug);
}

void PoolState::perform(PoolPlan::Connect action) {
    auto& source = attempts_[action.attempt];
    // By the action before this one: closing a connection may call back.
    if (plan_.closed()) source.cancel(core::CancelReason::closed);
    boost::asio::co_spawn(timers_.executor(), connect(shared_from_this(), action.attempt),
                          [](std::exception_ptr bug) {
                              if (bug) std::rethrow_exception(bug);
                          });
}

void PoolState::perform(PoolPlan::CancelConnect action) {
    const auto attempt = attempts_.find(action.attempt);
    if (attempt == attempts_.end()) return;
    auto source = attempt->second;  // the callbacks may end the attempt
    source.cancel(core::CancelReason::closed);
}

void PoolState::perform(PoolPlan::Close action) {
    const auto& [attempt, connection] = action.what;
    spdlog::debug("connection pool: {} closed after {} calls: {}", name(attempt),
                  connection->calls(), to_string(action.why));
    connection->close();
}

void PoolState::perform(PoolPlan::Deliver action) {
    const auto acquirer = acquirers_.find(action.ticket);
    if (acquirer == acquirers_.end()) return;
    acquirer->second->limit.cancel();
    if (!action.connection) {
        acquirer->second->lease.set(action.connection.error());
        return;
    }
    auto& [attempt, connection] = *action.connection;
    acquirer->second->lease.set(Pool::Lease(std::move(connection), attempt, weak_from_this()));
}

void PoolState::note_end(PoolPlan::Attempt attempt, const PoolPlan::Connected& result) {
    if (result) {
        spdlog::debug("connection pool: {} opened", name(attempt));
        metrics_.add(pool_opened);
    } else {
        spdlog::debug("connection pool: {} not opened: {}", name(attempt), result.error().message);
        metrics_.add(pool_failed, 1, to_string(result.error().code));
    }
}

// In steps, because there may be several pools: that of a Blender that ended, and its successor's.
void PoolState::note_queue() {
    const auto now = plan_.waiting();
    if (now == noted_queue_) return;
    metrics_.add(pool_queue_size,
                 static_cast<std::int64_t>(now) - static_cast<std::int64_t>(noted_queue_));
    noted_queue_ = now;
}

Pool::Lease::Lease(std::shared_ptr<Connection> connection, std::uint64_t number,
                   std::weak_ptr<PoolState> pool)
    : connection_(std::move(connection)), number_(number), pool_(std::move(pool)) {}

Pool::Lease& Pool::Lease::operator=(Lease&& other) noexcept {
    if (this == &other) return *this;
    release();
    connection_ = std::move(other.connection_);
    number_ = other.number_;
    pool_ = std::move(other.pool_);
    return *this;
}

Pool::Lease::~Lease() {
    release();
}

std::string Pool::Lease::id() const {
    return name(number_);
}

void Pool::Lease::release() {
    if (!connection_) return;
    // Who knows what state an exception has left it in.
    if (std::uncaught_exceptions() > 0) connection_->close();
    if (const auto pool = pool_.lock())
        pool->release({number_, std::move(connection_)});
    else
        connection_->close();
    connection_.reset();
}

Pool::Pool(core::Timers& timers, core::Metrics& metrics, Connector connector,
           const PoolOptions& options)
    : state_(std::make_shared<PoolState>(timers, metrics, std::move(connector), options)) {}

Pool::~Pool() {
    close();
}

boost::asio::awaitable<core::Result<Pool::Lease>> Pool::acquire(core::CancelToken cancel,
                                                                std::string client) {
    return PoolState::acquire(state_, std::move(cancel), std::move(client));
}

void Pool::start() {
    state_->start();
}

PoolStats Pool::stats() const {
    return state_->stats();
}

void Pool::close() {
    state_->close();
}

}  // namespace blender_mcpd::link
