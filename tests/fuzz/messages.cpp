// What a proxy makes of the bytes that pass: of every message that the daemon can read it must see
// the same as the daemon, and the same in whatever pieces they come.
#include "fuzz.hpp"
#include "message.hpp"
#include "message_scanner.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace blender_mcpd {
namespace {

using fuzz::require;
using transport::MessageScanner;
using transport::ScannedMessage;

std::vector<ScannedMessage> scan(std::string_view bytes, std::size_t piece) {
    std::vector<ScannedMessage> found;
    MessageScanner scanner([&](const ScannedMessage& message) { found.push_back(message); });
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        scanner.feed(bytes.substr(at, piece));
    scanner.finish();
    return found;
}

bool same(const ScannedMessage& a, const ScannedMessage& b) {
    return a.id == b.id && a.method == b.method && a.cancelled_id == b.cancelled_id &&
           a.has_method == b.has_method && a.has_error == b.has_error && a.batched == b.batched;
}

void check_request_id(const ScannedMessage& seen, std::string_view params) {
    const auto members = core::RawObject::scan(params.empty() ? "{}" : params);
    const auto id = members->find("requestId").value_or("");
    const bool is_text = !id.empty() && core::json_kind(id) == core::JsonKind::string;
    if (is_text && id.size() <= 1'024) require(seen.cancelled_id == id, "requestId", id);
    require(seen.cancelled_id.empty() || seen.cancelled_id == id, "requestId", id);
}

void check_line(std::string_view line) {
    const auto message = mcp::classify(line);
    if (std::holds_alternative<mcp::BadMessage>(message)) return;
    const auto found = scan(line, line.size());
    require(found.size() == 1, "one message", line);
    const auto& seen = found.front();
    require(!seen.batched, "it is no element", line);
    if (const auto* request = std::get_if<mcp::Request>(&message)) {
        require(seen.has_method, "a request has a method", line);
        require(seen.id == request->id, "the same id", line);
    } else if (const auto* response = std::get_if<mcp::Response>(&message)) {
        require(!seen.has_method, "a response has none", line);
        require(seen.id == response->id, "the same id", line);
    } else if (const auto* notification = std::get_if<mcp::Notification>(&message)) {
        require(seen.has_method && seen.id.empty(), "a notification has no id", line);
        if (notification->method.size() < 100 && line.size() < 1'000)
            require(seen.method == notification->method, "the same method", line);
        check_request_id(seen, notification->params);
    }
}

}  // namespace
}  // namespace blender_mcpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace blender_mcpd;
    auto input = fuzz::text_of(data, size);
    const auto whole = scan(input, input.size() + 1);
    for (const auto piece : {std::size_t{1}, std::size_t{3}, std::size_t{7}}) {
        const auto cut = scan(input, piece);
        require(std::equal(whole.begin(), whole.end(), cut.begin(), cut.end(), same),
                "the same in pieces");
    }
    while (!input.empty()) {
        const auto line = input.substr(0, input.find('\n'));
        input.remove_prefix(std::min(line.size() + 1, input.size()));
        if (!line.empty()) check_line(line);
    }
    return 0;
}
