// The lines of the audit log (docs/audit.md has every member).
#pragma once

#include "audit_options.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/mcp/call_audit.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace blender_mcpd::app {

struct AuditedCall {
    std::string id;  // of the call, in all logs
    std::chrono::system_clock::time_point began;
    std::string client;
    std::string client_info;  // a raw JSON object, or empty
    std::string transport;
    std::string protocol;
    std::string request_id;  // raw JSON
    std::string tool;
    std::shared_ptr<const std::string> arguments;  // raw JSON; may be empty
    bool read_only = false;
    std::map<std::string, core::Json> notes{};  // see mcp::CallRecord::note
    std::optional<mcp::CallEnd> end{};          // nullopt: it has just begun
    double duration_ms = 0;
};

/// One line with its line feed. Any thread; takes as long as its arguments and result are large.
[[nodiscard]] std::string audit_line(const AuditedCall& call, const AuditOptions& options);

/// Says that so many lines are missing at this place.
[[nodiscard]] std::string lost_line(std::uint64_t lines, std::chrono::system_clock::time_point now);

/// Sorted by name, without white space: the same arguments have the same text.
[[nodiscard]] std::string canonical_json(const core::Json& value);

}  // namespace blender_mcpd::app
