#include "request_ledger.hpp"

#include <blender_mcpd/mcp/protocol.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace blender_mcpd::transport {

void RequestLedger::note_sent(const ScannedMessage& message) {
    if (!message.has_method) return;  // an answer to a request of the daemon
    if (!message.id.empty())
        add(message.id, message.batched);
    else if (message.method == "notifications/cancelled")
        remove(message.cancelled_id);  // whose answer will not come (basic/utilities/cancellation)
}

void RequestLedger::note_received(const ScannedMessage& message) {
    if (message.has_method) return;
    if (!message.id.empty()) return remove(message.id);
    if (!message.has_error) return;
    if (batched_ == 0) {
        ++errors_without_id_;
        return;
    }
    // So a daemon that takes no batches refuses one.
    for (auto open = order_.begin(); open != order_.end();) {
        const auto next = std::next(open);
        if (open->batched) remove(open);
        open = next;
    }
}

void RequestLedger::add(const std::string& id, bool batched) {
    while (open() >= max_open || (id_bytes_ + id.size() > max_id_bytes && open() > 0))
        remove(order_.begin());
    const auto open = order_.insert(order_.end(), {id, batched});
    by_id_.emplace(open->id, open);
    id_bytes_ += id.size();
    batched_ += batched ? 1 : 0;
}

// Two open requests may have the same id, against the rules: each gets an answer.
void RequestLedger::remove(const std::string& id) {
    const auto found = by_id_.find(id);
    if (found != by_id_.end()) remove(found->second);
}

void RequestLedger::remove(Order::iterator open) {
    const auto [begin, end] = by_id_.equal_range(open->id);
    by_id_.erase(std::find_if(begin, end, [&](const auto& entry) { return entry.second == open; }));
    id_bytes_ -= open->id.size();
    batched_ -= open->batched ? 1 : 0;
    order_.erase(open);
}

std::string RequestLedger::give_up(std::size_t bytes) {
    std::string lines;
    while (!order_.empty() && lines.size() < bytes) {
        lines += fmt::format(
            R"({{"jsonrpc":"2.0","id":{},"error":{{"code":{},"message":"The blender-mcpd daemon went )"
            R"(away before it answered. Whether this was done is unknown: connect again and look )"
            R"(before you repeat it.","data":{{"code":"connection","outcome":"unknown"}}}}}})"
            "\n",
            order_.front().id, static_cast<int>(mcp::RpcCode::internal_error));
        remove(order_.begin());
    }
    return lines;
}

}  // namespace blender_mcpd::transport
