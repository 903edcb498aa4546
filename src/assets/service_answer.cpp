#include "service_answer.hpp"

#include "document.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace blender_mcpd::assets {
namespace {

constexpr std::size_t longest_said = 300;

/// A server may repeat what it was sent.
std::string without_key(std::string text, const std::string& key) {
    if (key.empty()) return text;
    for (auto at = text.find(key); at != std::string::npos; at = text.find(key))
        text.replace(at, key.size(), "[key]");
    return text;
}

/// What it says of an error, wherever it says so.
std::string said(const core::Json& document, const Asked& asked) {
    std::string text;
    for (const auto* name : {"error", "message", "detail", "text"}) {
        const auto& value = at(document, name);
        if (value.is_null() || value.empty()) continue;
        const auto one = value.is_string() ? value.get<std::string>() : core::dump(value);
        if (text.find(one) == std::string::npos) text += (text.empty() ? "" : ": ") + one;
    }
    return core::excerpt(without_key(std::move(text), asked.key), longest_said);
}

bool is_about_money(int status, std::string_view text) {
    constexpr std::array<std::string_view, 4> words{"insufficient", "balance", "credit", "quota"};
    const auto low = core::lower_case(text);
    return status == 402 || std::ranges::any_of(words, [&](std::string_view word) {
               return low.find(word) != std::string::npos;
           });
}

std::string with_reason(const std::string& message, const std::string& reason) {
    return reason.empty() ? message : message + ": " + reason;
}

}  // namespace

core::Error refusal(int status, const core::Json& document, const Asked& asked) {
    const auto reason = said(document, asked);
    const auto what = [&](std::string_view message) {
        return with_reason(fmt::format("{} {} (HTTP {})", asked.service, message, status), reason);
    };
    if (status == 429)
        return {core::ErrorCode::busy, what("asks to make fewer requests"),
                "Call again in some minutes"};
    if (is_about_money(status, reason) && status < 500)
        return {core::ErrorCode::unavailable, what("has no credit left for this key"),
                "Add credit to the account, or use another service"};
    if (status == 401 || status == 403)
        return {core::ErrorCode::unavailable, what("refuses the key"),
                asked.key_setting.empty()
                    ? std::string("Look at the settings of that server")
                    : fmt::format("Look at the key that {} names, or use another service",
                                  asked.key_setting)};
    if (status == 404)
        return {core::ErrorCode::not_found, what("knows nothing of it"),
                "Jobs are forgotten after a while: order anew"};
    if (status >= 500)
        return {core::ErrorCode::busy, what("is out of order"), "Call again in some minutes"};
    return {core::ErrorCode::invalid, what("refuses the request"),
            "Change the arguments, or use another service"};
}

core::Result<core::Json> document_of(const HttpAnswer& answer, const Asked& asked) {
    if (answer.error) return *answer.error;
    auto document = parse_document(answer.body, asked.service);
    if (answer.head.status >= 200 && answer.head.status < 300) return document;
    return refusal(answer.head.status, document ? *document : core::Json::object(), asked);
}

core::Error order_lost(core::Error error, const Asked& asked) {
    error.message += fmt::format(". {} may have taken the order all the same", asked.service);
    error.remedy = fmt::format(
        "Look at the jobs of your account at {} before you order again: a second one costs as much",
        asked.service);
    return error;
}

core::Result<core::Json> order_of(const HttpAnswer& answer, const Asked& asked) {
    auto document = document_of(answer, asked);
    const int status = answer.head.status;
    const bool is_refused = answer.error ? !answer.may_have_arrived : status >= 300 && status < 500;
    if (document || is_refused) return document;
    return order_lost(document.error(), asked);
}

core::Error job_failed(std::string_view why, const Asked& asked) {
    const auto reason = core::excerpt(without_key(std::string(why), asked.key), longest_said);
    return {core::ErrorCode::unavailable,
            with_reason(fmt::format("{} could not make the model", asked.service), reason),
            "Change the prompt or the images and order anew, or use another service"};
}

bool is_plain_id(std::string_view text) {
    return !text.empty() && text.size() <= 1'500 && text.find("..") == std::string_view::npos &&
           text != "." && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.';
           });
}

}  // namespace blender_mcpd::assets
