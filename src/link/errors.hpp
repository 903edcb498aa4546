// Words and codes that several errors of this module share.
#pragma once

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/error.hpp>

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <string_view>

namespace blender_mcpd::link {

/// "5 s", "0.25 s"
inline std::string seconds(std::chrono::milliseconds time) {
    return fmt::format("{:g} s", static_cast<double>(time.count()) / 1000.0);
}

/// `what` was given up for that reason; `more` goes on with the sentence.
inline core::Error cancelled(std::string_view what, core::CancelReason reason,
                             std::string_view more = {}) {
    const bool shutdown = reason == core::CancelReason::shutdown;
    return {.code = shutdown ? core::ErrorCode::shutting_down : core::ErrorCode::cancelled,
            .message = fmt::format("{}: {}{}", what, core::to_string(reason), more)};
}

}  // namespace blender_mcpd::link
