// What services say, as documents or errors: the same for all of them.
#pragma once

#include "http.hpp"

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace blender_mcpd::assets {

/// Who is asked, for messages.
struct Asked {
    std::string_view service;
    std::string_view key_setting{};  // where its key comes from; empty: it has none
    std::string key{};               // taken out of whatever it says
};

/// Its body, when the request was granted. Errors: unavailable (key, credit), not_found, invalid,
/// busy (too many requests, out of order), protocol; that of the answer.
[[nodiscard]] core::Result<core::Json> document_of(const HttpAnswer& answer, const Asked& asked);

/// The refusal of a document that says so itself, whatever its status.
[[nodiscard]] core::Error refusal(int status, const core::Json& document, const Asked& asked);

/// The error of an order of which nobody knows whether it came through.
[[nodiscard]] core::Error order_lost(core::Error error, const Asked& asked);

/// What the answer to an order says. Errors: as document_of(), or that of a lost order, when the
/// service may have taken it although there is no sign of it.
[[nodiscard]] core::Result<core::Json> order_of(const HttpAnswer& answer, const Asked& asked);

/// A job that the service gave up.
[[nodiscard]] core::Error job_failed(std::string_view why, const Asked& asked);

/// Letters, digits, "-", "_" and ".": it can be a part of a URL.
[[nodiscard]] bool is_plain_id(std::string_view text);

}  // namespace blender_mcpd::assets
