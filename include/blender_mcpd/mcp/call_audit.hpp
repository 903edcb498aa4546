// Who wants a record of every tools/call, whatever becomes of it. Loop thread only, except where
// said. The sessions tell; what is written, and where, is somebody else's.
#pragma once

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/mcp/protocol.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::mcp {

struct ToolResult;

/// What is known when a call comes. The views are valid during CallAudit::begin() alone.
struct CallStart {
    std::string_view client;       // as in limits and logs
    std::string_view client_info;  // what it says of itself: a raw JSON object, or empty
    std::string_view transport;    // "stdio", "http", …
    Revision revision;
    std::string_view request_id;  // raw JSON
    std::string_view tool;        // as the client wrote it: it need not exist
    /// As the client wrote them; may be empty.
    std::shared_ptr<const std::string> arguments;
    bool read_only = false;  // by its annotations, or there is no such tool
};

/// What is kept of a result.
struct ResultSummary {
    std::size_t bytes = 0;   // of text, structured content, images and the like
    std::string sha256{};    // of the same, in this order; lower-case hexadecimal
    std::size_t images = 0;  // and sounds
    bool is_error = false;
    std::string meta{};        // raw members of its _meta
    std::string structured{};  // the text of a JSON object; empty when there is none or not kept
    std::string text{};        // of the text blocks; the same
};
/// Any thread. `with_content`: `structured` is kept also when it is long, and `text`.
[[nodiscard]] ResultSummary summarize(const ToolResult& result, bool with_content);

enum class CallOutcome {
    ok,
    failed,          // an isError result
    protocol_error,  // a JSON-RPC error
    cancelled,       // nobody wanted the answer any more
    input_required,  // the client was asked something, and calls again with the answer
    unanswered,      // the process ended first
};
[[nodiscard]] std::string_view to_string(CallOutcome outcome);

struct CallEnd {
    CallOutcome outcome = CallOutcome::ok;
    std::optional<ResultSummary> result{};  // of a cancelled one: what it would have been
    std::optional<RpcError> error{};        // of protocol_error
};

/// Of one call, from its begin to its end: one that runs as a task ends with the task.
class CallRecord {
  public:
    /// The end of one that was not told is CallOutcome::unanswered. May outlive the CallAudit.
    virtual ~CallRecord() = default;
    /// More about the call, told by who handles it. A name that was told before has the new value.
    virtual void note(std::string_view name, core::Json value) = 0;
    /// The first counts.
    virtual void end(CallEnd end) = 0;
    /// Whether summaries of results are to have their content.
    [[nodiscard]] virtual bool wants_content() const = 0;
};

class CallAudit {
  public:
    virtual ~CallAudit() = default;
    /// Never fails, never waits. Not null.
    [[nodiscard]] virtual std::shared_ptr<CallRecord> begin(const CallStart& start) = 0;
};

}  // namespace blender_mcpd::mcp
