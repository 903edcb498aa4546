// Whether scripts may run: what the script policy finds in them, and the consent of the user.
#pragma once

#include "toolbox.hpp"

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/guard/script_policy.hpp>
#include <blender_mcpd/mcp/call.hpp>

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::tools {

struct ScriptText {
    std::string where;  // how findings call it ("In return_expression: "); empty for the only one
    std::string_view code;  // must outlive it
};

/// Of several texts that run as one.
struct Judgement {
    guard::Verdict verdict;  // the strictest action, all findings
    std::string identity;    // what consent is given to: another one when those texts change
};

/// Long scripts are judged beside the loop.
boost::asio::awaitable<Judgement> judge(std::shared_ptr<guard::ScriptPolicy> policy,
                                        std::vector<ScriptText> texts);

/// Nothing when they may run, or the question that the call must ask first. The error is the
/// refusal. Counts and logs.
[[nodiscard]] core::Result<std::optional<mcp::InputRequired>> permission(
    const Toolbox& toolbox, const mcp::CallContext& context, const Judgement& judgement);

/// The operation of that name, which runs scripts that may run. The argument timeout_s is its time
/// limit; the findings become the first member of the result.
boost::asio::awaitable<core::Result<mcp::ToolAnswer>> run_scripts(Toolbox toolbox, std::string name,
                                                                  core::Json arguments,
                                                                  mcp::CallContext context,
                                                                  guard::Verdict verdict);

}  // namespace blender_mcpd::tools
