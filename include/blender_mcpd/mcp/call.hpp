// What a handler knows of the request that it answers.
#pragma once

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/mcp/client_capabilities.hpp>
#include <blender_mcpd/mcp/input.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::mcp {

class CallRecord;

/// One step of progress. `value` must grow from call to call; what does not is dropped.
struct Progress {
    double value = 0;
    std::optional<double> total;
    std::string message;
};

/// The levels of RFC 5424 (server/utilities/logging), from the least severe.
enum class LogLevel { debug, info, notice, warning, error, critical, alert, emergency };
[[nodiscard]] std::string_view to_string(LogLevel level);
[[nodiscard]] std::optional<LogLevel> log_level(std::string_view name);

struct CallContext {
    std::string client;  // who calls: the same for all requests of one client
    core::CancelToken cancel;
    /// Never empty; does nothing when the client did not ask.
    std::function<void(const Progress&)> progress = [](const Progress&) {};
    /// A log message to the client; dropped when it did not ask for that level. Never empty.
    std::function<void(LogLevel, const core::Json& data)> log = [](LogLevel, const core::Json&) {};
    ClientCapabilities capabilities{};
    InputResponses inputs{};          // answers to an earlier InputRequired
    std::string state{};              // what that InputRequired carried
    bool can_task = false;            // the client takes a StartTask as the answer
    std::size_t arguments_bytes = 0;  // how long the arguments were as text
    /// Null: nobody keeps one.
    std::shared_ptr<CallRecord> record{};
};

}  // namespace blender_mcpd::mcp
