#include "errors.hpp"
#include "pool_state.hpp"

#include <blender_mcpd/link/pool.hpp>

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

namespace blender_mcpd::link {

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

PoolState::PoolState(core::Timers& timers, Pool::Connector connector, const PoolOptions& options)
    : timers_(timers),
      connector_(std::move(connector)),
      options_(options),
      plan_(options),
      idle_timer_(timers, "link.idle") {}

boost::asio::awaitable<core::Result<Pool::Lease>> PoolState::acquire(
    std::shared_ptr<PoolState> self, core::CancelToken cancel) {
    constexpr auto what = "Waiting for a connection";
    if (cancel.cancelled()) co_return cancelled(what, cancel.reason());
    const auto ticket = ++self->last_ticket_;
    Acquirer acquirer(*self, ticket);
    const auto registration = cancel.on_cancel(
        [&](core::CancelReason reason) { self->perform(self->plan_.cancel(ticket, reason)); });
    self->perform(self->plan_.acquire(ticket));
    if (!acquirer.lease.is_set())
        acquirer.limit.start(self->options_.acquire_timeout,
                             [&] { self->perform(self->plan_.time_out(ticket)); });

    auto lease = co_await acquirer.lease.wait();
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
    self->attempts_.erase(attempt);
    self->perform(self->plan_.connected(attempt, std::move(result), self->timers_.now()));
    self->watch_idle();
}

void PoolState::release(std::shared_ptr<Connection> connection) {
    perform(plan_.released(std::move(connection), timers_.now()));
    watch_idle();
}

void PoolState::close() {
    idle_timer_.cancel();
    perform(plan_.close());
}

void PoolState::perform(PoolPlan::Actions actions) {
    for (auto& action : actions)
        std::visit([this](auto& each) { perform(std::move(each)); }, action);
}

void PoolState::perform(PoolPlan::Connect action) {
    attempts_.emplace(action.attempt, core::CancelSource());
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

void PoolState::perform(PoolPlan::Deliver action) {
    const auto acquirer = acquirers_.find(action.ticket);
    if (acquirer == acquirers_.end()) return;
    acquirer->second->limit.cancel();
    if (!action.connection) {
        acquirer->second->lease.set(action.connection.error());
        return;
    }
    acquirer->second->lease.set(Pool::Lease(std::move(*action.connection), weak_from_this()));
}

// One timer for all: it may come too early, when what was the oldest has been used since.
void PoolState::watch_idle() {
    if (idle_timer_.armed()) return;
    if (const auto next = plan_.expire(timers_.now()))
        idle_timer_.start(*next - timers_.now(), [this] { watch_idle(); });
}

Pool::Lease::Lease(std::shared_ptr<Connection> connection, std::weak_ptr<PoolState> pool)
    : connection_(std::move(connection)), pool_(std::move(pool)) {}

Pool::Lease& Pool::Lease::operator=(Lease&& other) noexcept {
    if (this == &other) return *this;
    release();
    connection_ = std::move(other.connection_);
    pool_ = std::move(other.pool_);
    return *this;
}

Pool::Lease::~Lease() {
    release();
}

void Pool::Lease::release() {
    if (!connection_) return;
    // Who knows what state an exception has left it in.
    if (std::uncaught_exceptions() > 0) connection_->close();
    if (const auto pool = pool_.lock())
        pool->release(std::move(connection_));
    else
        connection_->close();
    connection_.reset();
}

Pool::Pool(core::Timers& timers, Connector connector, PoolOptions options)
    : state_(std::make_shared<PoolState>(timers, std::move(connector), options)) {}

Pool::~Pool() {
    close();
}

boost::asio::awaitable<core::Result<Pool::Lease>> Pool::acquire(core::CancelToken cancel) {
    return PoolState::acquire(state_, std::move(cancel));
}

PoolStats Pool::stats() const {
    return state_->stats();
}

void Pool::close() {
    state_->close();
}

}  // namespace blender_mcpd::link
