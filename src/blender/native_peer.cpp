#include "native_peer.hpp"

#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds control_timeout{2'000};

link::Pool::Connector connector(core::Timers& timers, const link::Endpoint& endpoint,
                                const std::string& token, const link::ConnectionOptions& options) {
    return [&timers, endpoint, token, options](core::CancelToken cancel) {
        return link::Connection::open(timers, endpoint, token, options, std::move(cancel));
    };
}

}  // namespace

NativePeer::NativePeer(core::Timers& all_timers, core::Metrics& all_metrics, link::Endpoint where,
                       std::string its_token, const link::PoolOptions& pool_options,
                       const link::ConnectionOptions& connection)
    : timers(all_timers),
      metrics(all_metrics),
      native_endpoint(std::move(where)),
      token(std::move(its_token)),
      connection_options(connection),
      pool(timers, metrics, connector(timers, native_endpoint, token, connection), pool_options) {}

asio::awaitable<core::Result<std::optional<std::uint64_t>>> NativePeer::generation() {
    const auto kept = self();
    const auto reply = co_await control("ping", "{}", status_timeout);
    if (!reply) co_return reply.error();
    co_return reply->generation();
}

asio::awaitable<std::filesystem::path> NativePeer::project_directory() {
    const auto kept = self();
    const auto reply = co_await control("status", "{}", status_timeout);
    const auto status = reply ? core::RawObject::scan(reply->result()) : core::Error{};
    if (!status) co_return std::filesystem::path();
    const std::filesystem::path file =
        core::unquote(status->find("file").value_or("")).value_or("");
    co_return file.parent_path();
}

void NativePeer::listen(std::optional<std::uint64_t> known, ChangeHandler handler) {
    scene_watch = std::make_unique<SceneWatch>(
        timers, metrics, connector(timers, native_endpoint, token, connection_options), known,
        std::move(handler));
}

void NativePeer::close() {
    pool.close();
    stop_listening();
    for (const auto& connection : {control_connection, health_connection})
        if (connection) connection->close();
}

core::Json pool_json(const link::PoolStats& stats) {
    return {{"total", stats.total},
            {"active", stats.active},
            {"idle", stats.idle},
            {"connecting", stats.connecting},
            {"waiting", stats.waiting}};
}

asio::awaitable<core::Result<link::Reply>> NativePeer::control(std::string op, std::string args,
                                                               std::chrono::milliseconds timeout) {
    return control_over(control_connection, std::move(op), std::move(args), timeout);
}

asio::awaitable<core::Result<link::Reply>> NativePeer::control_over(
    std::shared_ptr<link::Connection>& connection, std::string op, std::string args,
    std::chrono::milliseconds timeout) {
    const auto kept = self();
    const auto ends = timers.now() + timeout;
    if (!connection || !connection->usable()) {
        auto options = connection_options;
        options.connect_timeout = std::min(options.connect_timeout, timeout);
        core::CancelToken nobody;
        auto opened =
            co_await link::Connection::open(timers, native_endpoint, token, options, nobody);
        if (!opened) co_return opened.error();
        connection = *opened;
    }
    const auto used = connection;
    const auto left =
        std::max(std::chrono::milliseconds(1),
                 std::chrono::duration_cast<std::chrono::milliseconds>(ends - timers.now()));
    auto reply = co_await used->control(std::move(op), std::move(args), left);
    if (reply) last_generation = reply->generation();
    co_return reply;
}

namespace {

// The reply as the journal kept it.
core::Result<link::Reply> from_journal(const core::RawObject& outcome, const Attempt& attempt) {
    const auto raw_reply = outcome.find("reply");
    const auto reply = raw_reply ? core::RawObject::scan(*raw_reply) : core::Error{};
    const auto result = reply ? reply->find("result") : std::nullopt;
    if (!result)
        return core::Error{core::ErrorCode::connection,
                           "The connection to Blender broke; " + attempt.op +
                               " was applied, but its result is no longer kept",
                           "Do not repeat it; look at the scene with get_scene_info."};
    return link::Reply(std::string(*result), {}, 0, result->size(), std::nullopt);
}

core::Error failed_in_journal(const core::RawObject& outcome, const Attempt& attempt) {
    core::Error error{core::ErrorCode::blender, attempt.op + " failed"};
    const auto raw_reply = outcome.find("reply");
    const auto reply = raw_reply ? core::parse_json(*raw_reply) : core::Error{};
    if (reply && reply->contains("error") && reply->at("error").is_object()) {
        error.message = reply->at("error").value("message", error.message);
        error.remedy = reply->at("error").value("remedy", error.remedy);
        error.details = core::dump(reply->at("error"));
    }
    return error;
}

}  // namespace

asio::awaitable<core::Result<link::Reply>> ask_journal(std::shared_ptr<NativePeer> peer,
                                                       Attempt attempt, core::Error loss) {
    const auto args = core::dump({{"uuid", attempt.uuid}});
    const auto reply = co_await peer->control("outcome", args, control_timeout);
    if (!reply) co_return loss;
    const auto outcome = core::RawObject::scan(reply->result());
    const auto state = outcome ? core::unquote(outcome->find("state").value_or("")) : std::nullopt;
    if (state == "applied") co_return from_journal(*outcome, attempt);
    if (state == "failed") co_return failed_in_journal(*outcome, attempt);
    if (state == "never_seen") {
        loss.outcome = core::Outcome::not_applied;
        loss.remedy = "It never reached Blender: nothing was changed, so it is safe to call again.";
    } else {
        loss.remedy =
            "Blender still works on it; see get_blender_status, and look at the scene before "
            "repeating it.";
    }
    co_return loss;
}

}  // namespace blender_mcpd::blender
