#include "reply.hpp"

#include "content.hpp"

#include <blender_mcpd/core/aside.hpp>

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace blender_mcpd::mcp {

std::optional<ResultSummary> summary_for(const std::shared_ptr<CallRecord>& record,
                                         const ToolResult& result) {
    if (!record) return {};
    return summarize(result, record->wants_content());
}

Reply::Reply(Server& server, std::shared_ptr<Outlet> outlet, std::string id, std::string what,
             Revision revision)
    : server_(&server),
      outlet_(std::move(outlet)),
      id_(std::move(id)),
      what_(std::move(what)),
      revision_(revision),
      begin_(server.timers().now()) {}

Reply::Reply(Reply&& other) noexcept
    : server_(other.server_),
      outlet_(std::move(other.outlet_)),
      id_(std::move(other.id_)),
      what_(std::move(other.what_)),
      tool_(std::exchange(other.tool_, {})),
      record_(std::move(other.record_)),
      revision_(other.revision_),
      begin_(other.begin_) {}

Reply::~Reply() {
    // Nobody to answer any more, and maybe no server either: what still waits when the loop ends is
    // destroyed last.
    if (!outlet_ || outlet_->is_shut()) return;
    spdlog::error("{} (id {}) ended without a reply", what_, id_);
    error({RpcCode::internal_error, "Internal error: the call ended without a result", {}});
}

void Reply::set_tool(std::string name) {
    tool_ = std::move(name);
    server_->metrics().add(calls_in_flight);
}

void Reply::result(std::string_view members, std::string_view meta, std::string_view type) {
    end_record(type == "input_required" ? CallOutcome::input_required : CallOutcome::ok);
    finish(encode_result(id_, revision_, server_->implementation(), members, meta, type), "ok");
}

void Reply::tool_result(ToolResult result, std::string_view meta) {
    const bool is_error = result.is_error;
    auto summary = summary_for(record_, result);
    encoded_tool_result(
        encode_tool_result(id_, revision_, server_->implementation(), std::move(result), meta),
        is_error, std::move(summary));
}

void Reply::encoded_tool_result(std::string message, bool is_error,
                                std::optional<ResultSummary> summary) {
    end_record(is_error ? CallOutcome::failed : CallOutcome::ok, std::move(summary));
    if (is_error && !tool_.empty()) server_->metrics().add(tool_failures, 1, tool_);
    finish(std::move(message), is_error ? "failed" : "ok");
}

namespace {

// 2026-07-28 basic/transports/streamable-http: the status of errors.
Disposition disposition(RpcCode code, Revision revision) {
    if (!revision.modern()) return Disposition::answered;
    switch (code) {
        case RpcCode::method_not_found:
            return Disposition::not_found;
        case RpcCode::header_mismatch:
        case RpcCode::missing_client_capability:
        case RpcCode::unsupported_protocol_version:
            return Disposition::rejected;
        default:
            return Disposition::answered;
    }
}

}  // namespace

void Reply::error(const RpcError& error) {
    server_->metrics().add(errors_sent);
    end_record(error);
    finish(encode_error(id_, revision_, error), error.message, disposition(error.code, revision_));
}

void Reply::reject(const RpcError& error) {
    server_->metrics().add(errors_sent);
    end_record(error);
    finish(encode_error(id_, revision_, error), error.message, Disposition::rejected);
}

void Reply::suppress(std::optional<ResultSummary> result) {
    end_record(CallOutcome::cancelled, std::move(result));
    spdlog::debug("{} (id {}) cancelled by the client", what_, id_);
    if (outlet_) std::exchange(outlet_, nullptr)->abandon();
    leave_flight(false);
}

void Reply::finish(std::string message, std::string_view how, Disposition disposition) {
    if (!outlet_) return;
    if (spdlog::should_log(spdlog::level::debug))
        spdlog::debug("{} {}(id {}): {} after {:.2f} ms, {} bytes", what_,
                      tool_.empty() ? "" : tool_ + ' ', id_, how, milliseconds(), message.size());
    leave_flight(true);
    std::exchange(outlet_, nullptr)->respond(std::move(message), disposition);
}

double Reply::milliseconds() const {
    return std::chrono::duration<double, std::milli>(server_->timers().now() - begin_).count();
}

void Reply::end_record(CallOutcome outcome, std::optional<ResultSummary> result) {
    if (record_) std::exchange(record_, nullptr)->end({outcome, std::move(result), {}});
}

void Reply::end_record(const RpcError& error) {
    if (record_) std::exchange(record_, nullptr)->end({CallOutcome::protocol_error, {}, error});
}

void Reply::leave_flight(bool answered) {
    if (tool_.empty()) return;
    auto& metrics = server_->metrics();
    metrics.add(calls_in_flight, -1);
    if (answered) {
        metrics.add(tool_calls, 1, tool_);
        metrics.observe(tool_duration_ms, milliseconds(), tool_);
    }
    tool_.clear();
}

boost::asio::awaitable<void> reply_with(Reply reply, ToolResult result, std::string meta,
                                        core::CancelToken cancel) {
    const bool is_error = result.is_error;
    const auto implementation = reply.implementation();  // a copy: the server may end meanwhile
    std::optional<ResultSummary> summary;
    const auto encode = [&] {
        summary = summary_for(reply.record(), result);
        // Giving back as much memory takes time as well.
        return encode_tool_result(reply.id(), reply.revision(), implementation, std::move(result),
                                  meta);
    };
    auto message = co_await core::aside(tool_result_size(result), encode);
    if (cancel.cancelled() && cancel.reason() != core::CancelReason::shutdown)
        co_return reply.suppress(std::move(summary));
    reply.encoded_tool_result(std::move(message), is_error, std::move(summary));
}

}  // namespace blender_mcpd::mcp
