// Words for what went wrong: plain text that a model can act on.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <string>

namespace blender_mcpd::tools {

/// What the tool would have done to the scene.
enum class Effect { none, edit };

/// Arguments that break a rule; nothing was sent to Blender.
[[nodiscard]] std::string explain_refusal(const core::Error& error);

/// A call that failed: what happened, where, what to do, what a script had printed and changed, and
/// whether it is safe to repeat.
[[nodiscard]] std::string explain_failure(const core::Error& error, Effect effect);

/// What a program needs of it, as a member of the result's _meta: "blender-mcpd/error" with the
/// stable `code` (core::ErrorCode), the `outcome` ("not_applied" or "unknown"), and `retry_after_s`
/// when a limit says so.
[[nodiscard]] std::string error_meta(const core::Error& error);

}  // namespace blender_mcpd::tools
