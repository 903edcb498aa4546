// One reply per request, by type: whoever handles a request holds its Reply, and forgetting it
// sends an error.
#pragma once

#include "encode.hpp"
#include "outlet.hpp"

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/mcp/call_audit.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace blender_mcpd::mcp {

/// Nullopt when no record is kept.
[[nodiscard]] std::optional<ResultSummary> summary_for(const std::shared_ptr<CallRecord>& record,
                                                       const ToolResult& result);

class Reply {
  public:
    Reply(Server& server, std::shared_ptr<Outlet> outlet, std::string id, std::string what,
          Revision revision);
    Reply(Reply&& other) noexcept;
    Reply& operator=(Reply&&) = delete;
    ~Reply();

    /// For the metrics: which tool it answers for. Counts it as in flight until it is answered.
    void set_tool(std::string name);
    /// The record that ends with the answer.
    void set_record(std::shared_ptr<CallRecord> record) { record_ = std::move(record); }
    /// The call goes on after the answer: its record ends elsewhere.
    void leave_record() { record_.reset(); }
    /// May be null.
    [[nodiscard]] const std::shared_ptr<CallRecord>& record() const { return record_; }

    /// Each sends at most once; later ones are bugs, logged and dropped.
    void result(std::string_view members, std::string_view meta = {},
                std::string_view type = "complete");
    void tool_result(ToolResult result, std::string_view meta = {});
    /// The same, encoded already: the text of the whole message. `summary`: for the record.
    void encoded_tool_result(std::string message, bool is_error,
                             std::optional<ResultSummary> summary);
    void error(const RpcError& error);
    /// An error of the request itself, whatever its method.
    void reject(const RpcError& error);
    /// The client does not want an answer any more (notifications/cancelled). `result`: what it
    /// would have been, if that is known.
    void suppress(std::optional<ResultSummary> result = {});

    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] Revision revision() const { return revision_; }
    /// Where it will go; null once it is answered.
    [[nodiscard]] const std::shared_ptr<Outlet>& outlet() const { return outlet_; }

    [[nodiscard]] const Implementation& implementation() const { return server_->implementation(); }

  private:
    void finish(std::string message, std::string_view how,
                Disposition disposition = Disposition::answered);
    void leave_flight(bool answered);
    void end_record(CallOutcome outcome, std::optional<ResultSummary> result = {});
    void end_record(const RpcError& error);
    [[nodiscard]] double milliseconds() const;  // since it began

    Server* server_;
    std::shared_ptr<Outlet> outlet_;  // empty once replied
    std::string id_;
    std::string what_;  // for the log: the method
    std::string tool_;  // empty once answered, or when it is about no tool
    std::shared_ptr<CallRecord> record_;
    Revision revision_;
    core::TimePoint begin_;
};

/// Sends it, encoded beside the loop when it is large. What is cancelled meanwhile has no answer,
/// as if it had been before.
boost::asio::awaitable<void> reply_with(Reply reply, ToolResult result, std::string meta,
                                        core::CancelToken cancel);

}  // namespace blender_mcpd::mcp
