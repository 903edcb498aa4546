#include "bootstrapped.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

namespace {

/// Calls through the add-on would fail by it as well.
bool stops_the_add_on_too(const core::Error& error) {
    return error.code == core::ErrorCode::connection || error.code == core::ErrorCode::busy ||
           error.code == core::ErrorCode::cancelled || error.code == core::ErrorCode::shutting_down;
}

}  // namespace

Bootstrapped::Bootstrapped(core::Timers& timers, core::Metrics& metrics, link::Endpoint endpoint,
                           std::shared_ptr<Carrier> carrier, const link::PoolOptions& pool,
                           const link::ConnectionOptions& connection)
    : timers_(timers),
      metrics_(metrics),
      endpoint_(std::move(endpoint)),
      pool_options_(pool),
      connection_options_(connection),
      carrier_(std::move(carrier)) {}

asio::awaitable<core::Result<link::Reply>> Bootstrapped::call(link::Request request,
                                                              core::CancelToken cancel,
                                                              link::ProgressHandler progress) {
    return run_call(shared_from_this(), std::move(request), std::move(cancel), std::move(progress));
}

asio::awaitable<core::Result<link::Reply>> Bootstrapped::run_call(Self self, link::Request request,
                                                                  core::CancelToken cancel,
                                                                  link::ProgressHandler progress) {
    constexpr int tries = 2;
    for (int attempt = 1;; ++attempt) {
        const auto guest = co_await reach(self, cancel);
        if (!guest) co_return guest.error();
        if (!*guest && !self->carried_)
            co_return self->with_note(
                co_await self->carrier_->call(std::move(request), cancel, {}));
        if (!*guest) {
            auto reply = co_await self->carried_->call(request, cancel);
            const bool is_gone = !reply && reply.error().code == core::ErrorCode::not_found &&
                                 reply.error().details.empty();
            if (!is_gone || attempt == tries) co_return reply;
            self->forget_carried();
            continue;
        }
        auto reply = co_await (*guest)->call(request, cancel, progress);
        if (reply || reply.error().code != core::ErrorCode::connection) co_return reply;
        self->lose(*guest);
        if (attempt == tries || reply.error().outcome != core::Outcome::not_applied)
            co_return reply;
        request.uuid = core::random_hex(16);  // the journal may have ruled the other one out
    }
}

core::Result<link::Reply> Bootstrapped::with_note(core::Result<link::Reply> reply) const {
    if (reply || reply.error().code != core::ErrorCode::unavailable || note_.empty()) return reply;
    auto error = reply.error();
    error.message += fmt::format(", and the runtime did not get in: {}", note_);
    return error;
}

asio::awaitable<Bootstrapped::Reached> Bootstrapped::reach(Self self, core::CancelToken cancel) {
    if (self->guest_) co_return self->guest_;
    if (!self->note_.empty() && self->timers_.now() < self->retry_at_) co_return nullptr;
    if (self->closing_.token().cancelled())
        co_return core::Error{core::ErrorCode::shutting_down, "blender-mcpd is shutting down"};
    auto mine = self->bootstrap_;
    if (!mine) {
        mine = self->bootstrap_ = std::make_shared<Bootstrap>(self->timers_.executor());
        asio::co_spawn(self->timers_.executor(), run_bootstrap(self, mine), asio::detached);
    }
    const bool done = co_await mine->done.wait(cancel);
    if (!done)
        co_return core::Error{cancel.reason() == core::CancelReason::shutdown
                                  ? core::ErrorCode::shutting_down
                                  : core::ErrorCode::cancelled,
                              std::string(core::to_string(cancel.reason()))};
    co_return *mine->result;
}

asio::awaitable<void> Bootstrapped::run_bootstrap(Self self, std::shared_ptr<Bootstrap> now) {
    auto reached = co_await bootstrap(self);
    if (reached) {
        self->note_.clear();
        self->carried_.reset();
        self->guest_ = *reached;
        if (self->handler_) self->listen_to_guest(std::nullopt);
        spdlog::info("the runtime is in Blender (process {}), by way of the add-on on {}",
                     self->guest_->entered.pid, self->carrier_->name());
    } else if (!stops_the_add_on_too(reached.error())) {
        self->note_ = reached.error().message;
        self->retry_at_ =
            self->timers_.now() + (self->carried_ ? carried_retry_after : retry_after);
        spdlog::warn("{} {}: {}",
                     self->carried_
                         ? "the runtime is in Blender, and calls go through the add-on on"
                         : "used as it is is the add-on on",
                     self->carrier_->name(), self->note_);
        reached = Reached(nullptr);
    } else {
        auto error = reached.error();
        error.outcome = core::Outcome::not_applied;  // the call itself was not sent
        reached = std::move(error);
    }
    now->result.emplace(std::move(reached));
    self->bootstrap_.reset();
    now->done.set();
}

asio::awaitable<Bootstrapped::Reached> Bootstrapped::bootstrap(Self self) {
    auto token = core::random_hex(32);
    const auto mark = core::random_hex(16);
    auto entered = co_await execute(self, enter_code(token, mark), mark);
    if (entered && !*entered) {
        auto parts = install_code(token, mark, self->carrier_->max_code_bytes());
        auto last = std::move(parts.back());
        parts.pop_back();
        const auto uploaded = co_await upload(self, std::move(parts));
        if (!uploaded) co_return uploaded.error();
        entered = co_await execute(self, std::move(last), mark);
    }
    if (!entered) co_return entered.error();
    if (!*entered)
        co_return core::Error{core::ErrorCode::protocol, "The runtime was not installed"};

    co_return co_await connect(self, std::move(**entered), std::move(token));
}

asio::awaitable<Bootstrapped::Reached> Bootstrapped::connect(Self self, Entered entered,
                                                             std::string token) {
    const bool background = entered.background;
    const auto guest = std::make_shared<Guest>(self->timers_, self->metrics_, std::move(entered),
                                               std::move(token), self->pool_options_,
                                               self->connection_options_, self->closing_.token());
    std::string why = "Blender is on another host, where the runtime listens on loopback alone";
    bool reachable = is_this_host(self->endpoint_.host);
    if (reachable) {
        const auto ping =
            co_await guest->control("ping", "{}", self->connection_options_.connect_timeout);
        reachable = ping.has_value();
        if (!ping)
            why = fmt::format(
                "The runtime in Blender cannot be reached on its port {} ({}): Blender may be on "
                "another host",
                guest->native_endpoint.port, ping.error().message);
    }
    if (self->closing_.token().cancelled()) {
        guest->close();
        co_return core::Error{core::ErrorCode::shutting_down, "blender-mcpd is shutting down"};
    }
    if (reachable && !background) {
        guest->pool.start();
        co_return guest;
    }
    if (reachable) why = "That Blender has no window, and its add-on keeps the main thread";
    if (!reachable) guest->close();
    self->carried_ =
        std::make_shared<Carried>(self->timers_, self->carrier_, reachable ? guest : nullptr);
    co_return core::Error{core::ErrorCode::unavailable, std::move(why)};
}

void Bootstrapped::forget_carried() {
    carried_.reset();
    note_.clear();  // the next call brings the runtime in again
}

asio::awaitable<core::Result<std::optional<Entered>>> Bootstrapped::execute(Self self,
                                                                            std::string code,
                                                                            std::string mark) {
    const auto printed =
        co_await self->carrier_->execute(std::move(code), answer_limit, self->closing_.token());
    if (!printed) co_return printed.error();
    co_return read_answer(*printed, mark);
}

struct Bootstrapped::Upload {
    explicit Upload(const asio::any_io_executor& executor) : done(executor) {}
    std::vector<std::string> parts;
    std::size_t next = 0;
    std::size_t workers = 0;
    std::optional<core::Error> error;
    core::Event done;
};

asio::awaitable<core::Result<void>> Bootstrapped::upload(Self self,
                                                         std::vector<std::string> parts) {
    if (parts.empty()) co_return core::Result<void>();
    const auto upload = std::make_shared<Upload>(self->timers_.executor());
    upload->parts = std::move(parts);
    upload->workers = std::min(self->carrier_->calls_at_once(), upload->parts.size());
    for (auto left = upload->workers; left > 0; --left)
        asio::co_spawn(self->timers_.executor(), upload_some(self, upload), asio::detached);
    co_await upload->done.wait();
    if (upload->error) co_return *upload->error;
    co_return core::Result<void>();
}

asio::awaitable<void> Bootstrapped::upload_some(Self self, std::shared_ptr<Upload> upload) {
    while (!upload->error && upload->next < upload->parts.size()) {
        auto part = std::move(upload->parts[upload->next++]);
        const auto printed =
            co_await self->carrier_->execute(std::move(part), answer_limit, self->closing_.token());
        if (!printed && !upload->error) upload->error = printed.error();
    }
    if (--upload->workers == 0) upload->done.set();
}

void Bootstrapped::lose(const std::shared_ptr<Guest>& guest) {
    if (carried_ && carried_->reachable() == guest) forget_carried();
    if (guest_ != guest) return;  // by another call
    guest_->stop_listening();
    guest_.reset();
    spdlog::info("the connection to the runtime in Blender was lost; the next call makes it anew");
}

std::shared_ptr<Guest> Bootstrapped::reachable() const {
    return guest_ ? guest_ : carried_ ? carried_->reachable() : nullptr;
}

std::string Bootstrapped::name() const {
    const auto guest = reachable();
    return guest ? guest->name() : carrier_->name();
}

asio::awaitable<core::Result<std::optional<std::uint64_t>>> Bootstrapped::generation() {
    const auto guest = reachable();
    return guest ? guest->generation() : carrier_->generation();
}

std::optional<std::uint64_t> Bootstrapped::known_generation() {
    const auto guest = reachable();
    return guest ? guest->known_generation() : std::nullopt;
}

asio::awaitable<std::filesystem::path> Bootstrapped::project_directory() {
    const auto guest = reachable();
    return guest ? guest->project_directory() : carrier_->project_directory();
}

asio::awaitable<core::Result<HealthFinding>> Bootstrapped::check_health(
    std::chrono::milliseconds limit) {
    return ask_health(shared_from_this(), limit);
}

asio::awaitable<core::Result<HealthFinding>> Bootstrapped::ask_health(
    Self self, std::chrono::milliseconds limit) {
    const auto begin = self->timers_.now();
    if (const auto guest = self->guest_) {
        auto found = co_await guest->check_health(limit);
        if (found || found.error().code != core::ErrorCode::connection) co_return found;
        self->lose(guest);
    }
    const auto left =
        limit - std::chrono::duration_cast<std::chrono::milliseconds>(self->timers_.now() - begin);
    co_return co_await self->carrier_->check_health(std::max(left, std::chrono::milliseconds(1)));
}

asio::awaitable<core::Json> Bootstrapped::status() {
    return ask_status(shared_from_this());
}

asio::awaitable<core::Json> Bootstrapped::ask_status(Self self) {
    core::Json status;
    if (const auto guest = self->reachable()) {
        status = co_await guest->status();
        if (!status.empty())
            status["endpoint"] = {{"host", self->endpoint_.host},
                                  {"port", self->endpoint_.port},
                                  {"dialect", self->carrier_->kind()},
                                  {"listening", true},
                                  {"carrier", "native"},
                                  {"bootstrap", "The runtime came in through the add-on"}};
        if (!status.empty() && guest == self->guest_) co_return status;
        if (status.empty()) self->lose(guest);
    }
    if (status.empty()) status = co_await self->carrier_->status();
    status["endpoint"]["carrier"] = self->carrier_->kind();
    status["endpoint"]["bootstrap"] =
        self->note_.empty() ? "The next call brings the runtime in through the add-on"
        : self->carried_    ? "The runtime is in Blender, and calls go through the "
                              "add-on: " +
                               self->note_
                         : "The add-on is used as it is: " + self->note_;
    co_return status;
}

core::Result<std::filesystem::path> Bootstrapped::snapshot_folder() const {
    const auto guest = reachable();
    return guest ? guest->snapshot_folder() : carrier_->snapshot_folder();
}

std::filesystem::path Bootstrapped::executable() const {
    const auto guest = reachable();
    return guest ? guest->executable() : carrier_->executable();
}

void Bootstrapped::listen(std::optional<std::uint64_t> /*known*/, ChangeHandler handler) {
    handler_ = std::move(handler);
    if (guest_) listen_to_guest(guest_->last_generation);
}

// One that has come since is a change as well.
void Bootstrapped::listen_to_guest(std::optional<std::uint64_t> known) {
    guest_->listen(known, handler_);
}

void Bootstrapped::stop_listening() {
    handler_ = nullptr;
    if (guest_) guest_->stop_listening();
}

void Bootstrapped::close() {
    closing_.cancel(core::CancelReason::shutdown);
    stop_listening();
    carrier_->close();
    if (guest_) guest_->close();
}

}  // namespace blender_mcpd::blender
