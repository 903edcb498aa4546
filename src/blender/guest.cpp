#include "guest.hpp"

#include "private_folder.hpp"

#include <blender_mcpd/core/json.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <system_error>
#include <utility>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

Guest::Guest(core::Timers& all_timers, core::Metrics& all_metrics, Entered where_it_is,
             std::string its_token, const link::PoolOptions& pool_options,
             const link::ConnectionOptions& connection)
    : NativePeer(all_timers, all_metrics, {"127.0.0.1", where_it_is.port}, std::move(its_token),
                 pool_options, connection),
      entered(std::move(where_it_is)) {}

std::string Guest::name() const {
    return fmt::format("blender-{}-{}", entered.pid, entered.session);
}

asio::awaitable<core::Result<link::Reply>> Guest::call(link::Request request,
                                                       core::CancelToken cancel,
                                                       link::ProgressHandler progress) {
    return run_call(shared_from_this(), std::move(request), std::move(cancel), std::move(progress));
}

asio::awaitable<core::Result<link::Reply>> Guest::run_call(std::shared_ptr<Guest> self,
                                                           link::Request request,
                                                           core::CancelToken cancel,
                                                           link::ProgressHandler progress) {
    auto lease = co_await self->pool.acquire(cancel);
    if (!lease && lease.error().code == core::ErrorCode::timeout && self->pool.stats().active > 0)
        co_return core::Error{
            core::ErrorCode::busy, "Blender is busy with earlier calls: " + lease.error().message,
            "Wait for them, or cancel the one that runs; get_blender_status says which it is."};
    if (!lease) co_return lease.error();
    Attempt attempt{request.op, request.uuid, request.mutates};
    auto reply = co_await (*lease)->call(std::move(request), cancel, std::move(progress));
    if (reply) {
        self->last_generation = reply->generation();
        co_return reply;
    }
    auto error = reply.error();
    if (error.code == core::ErrorCode::cancelled && cancel.cancelled())
        error.message = std::string(core::to_string(cancel.reason())) + ": " + error.message;
    if (error.code != core::ErrorCode::connection || error.outcome == core::Outcome::not_applied)
        co_return error;
    co_return co_await ask_journal(self, std::move(attempt), std::move(error));
}

asio::awaitable<core::Json> Guest::status() {
    const auto kept = self();
    core::Json known{{"pid", entered.pid}, {"executable", entered.executable}};
    const auto reply = co_await control("status", "{}", status_timeout);
    core::Json status;
    auto told = reply ? core::parse_json(reply->result()) : core::Error{};
    if (told && told->is_object()) {
        status["state"] = told->value("state", "ready");
        told->erase("state");
        known.update(*told);
        known["queue"] = told->value("queue", std::size_t{0}) + pool.stats().waiting;
        status["message"] = status["state"] == "busy" ? "Blender is working" : "Blender is ready";
    } else if (!reply && reply.error().code != core::ErrorCode::timeout) {
        co_return core::Json::object();
    } else {
        status["state"] = "busy";
        status["message"] =
            "Blender runs but does not answer just now: it is in a long calculation";
        status["next_step"] = "Wait, or cancel the call that runs.";
    }
    status["pool"] = pool_json(pool.stats());
    status["blender"] = std::move(known);
    co_return status;
}

asio::awaitable<core::Result<HealthFinding>> Guest::check_health(std::chrono::milliseconds limit) {
    const auto kept = self();
    const auto reply = co_await control_over(health_connection, "status", "{}", limit);
    if (!reply && reply.error().code == core::ErrorCode::timeout)
        co_return HealthFinding{Health::busy, "Blender runs but does not answer just now"};
    if (!reply) co_return reply.error();
    const auto status = core::RawObject::scan(reply->result());
    const auto state = status ? core::unquote(status->find("state").value_or("")) : std::nullopt;
    if (state == "busy") co_return HealthFinding{Health::busy, "Blender is working"};
    co_return HealthFinding{Health::healthy, "Blender connection established"};
}

core::Result<std::filesystem::path> Guest::snapshot_folder() const {
    if (!folder_) {
        auto made = PrivateFolder::create();
        if (!made) return made.error();
        folder_ = *made;
    }
    return folder_->path();
}

std::filesystem::path Guest::executable() const {
    std::error_code error;
    const std::filesystem::path program = entered.executable;
    return program.is_absolute() && std::filesystem::is_regular_file(program, error)
               ? program
               : std::filesystem::path();
}

}  // namespace blender_mcpd::blender
