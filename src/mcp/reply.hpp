// One reply per request, by type: whoever handles a request holds its Reply, and forgetting it
// sends an error.
#pragma once

#include "encode.hpp"
#include "outlet.hpp"

#include <blender_mcpd/core/cancel.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>

namespace blender_mcpd::mcp {

class Reply {
  public:
    Reply(Server& server, std::shared_ptr<Outlet> outlet, std::string id, std::string what,
          Revision revision);
    Reply(Reply&& other) noexcept;
    Reply& operator=(Reply&&) = delete;
    ~Reply();

    /// For the metrics: which tool it answers for. Counts it as in flight until it is answered.
    void set_tool(std::string name);

    /// Each sends at most once; later ones are bugs, logged and dropped.
    void result(std::string_view members, std::string_view meta = {},
                std::string_view type = "complete");
    void tool_result(ToolResult result, std::string_view meta = {});
    /// The same, encoded already: the text of the whole message.
    void encoded_tool_result(std::string message, bool is_error);
    void error(const RpcError& error);
    /// An error of the request itself, whatever its method.
    void reject(const RpcError& error);
    /// The client does not want an answer any more (notifications/cancelled).
    void suppress();

    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] Revision revision() const { return revision_; }
    /// Where it will go; null once it is answered.
    [[nodiscard]] const std::shared_ptr<Outlet>& outlet() const { return outlet_; }

    [[nodiscard]] const Implementation& implementation() const { return server_->implementation(); }

  private:
    void finish(std::string message, std::string_view how,
                Disposition disposition = Disposition::answered);
    void leave_flight(bool answered);
    [[nodiscard]] double milliseconds() const;  // since it began

    Server* server_;
    std::shared_ptr<Outlet> outlet_;  // empty once replied
    std::string id_;
    std::string what_;  // for the log: the method
    std::string tool_;  // empty once answered, or when it is about no tool
    Revision revision_;
    core::TimePoint begin_;
};

/// Sends it, encoded beside the loop when it is large. What is cancelled meanwhile has no answer,
/// as if it had been before.
boost::asio::awaitable<void> reply_with(Reply reply, ToolResult result, std::string meta,
                                        core::CancelToken cancel);

}  // namespace blender_mcpd::mcp
