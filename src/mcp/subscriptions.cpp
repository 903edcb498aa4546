#include "subscriptions.hpp"

#include "encode.hpp"
#include "encode_task.hpp"
#include "tasks.hpp"

#include <fmt/format.h>

namespace blender_mcpd::mcp {

namespace {

std::string subscription_meta(const std::string& id) {
    return fmt::format(R"("{}":{})", meta::subscription_id, id);
}

std::string tag(const std::string& id) {
    return R"("_meta":{)" + subscription_meta(id) + '}';
}

std::string_view list_changed_method(Change::Kind kind) {
    switch (kind) {
        case Change::Kind::tools:
            return "notifications/tools/list_changed";
        case Change::Kind::prompts:
            return "notifications/prompts/list_changed";
        default:
            return "notifications/resources/list_changed";
    }
}

std::string acknowledged(const Subscriptions::Filter& filter) {
    core::Json json = core::Json::object();
    if (filter.tools) json["toolsListChanged"] = true;
    if (filter.prompts) json["promptsListChanged"] = true;
    if (filter.resources) json["resourcesListChanged"] = true;
    for (const auto& [key, uri] : filter.uris)
        json["resourceSubscriptions"].push_back(uri);
    if (!filter.tasks.empty()) json["taskIds"] = filter.tasks;
    return core::dump(json);
}

/// The members of a notification for each of the resources that have changed.
std::vector<std::string> updates(const Subscriptions::Uris& uris, const Change& change) {
    const auto key = comparable_uri(change.subject);
    std::vector<std::string> members;
    for (auto entry = uris.lower_bound(key); entry != uris.end(); ++entry) {
        const auto& [candidate, uri] = *entry;
        if (change.kind == Change::Kind::resource ? candidate != key : !candidate.starts_with(key))
            break;
        members.push_back(R"("uri":)" + core::quoted(uri));
    }
    return members;
}

}  // namespace

bool Subscriptions::Filter::wants_list(Change::Kind list) const {
    if (list == Change::Kind::tools) return tools;
    return list == Change::Kind::prompts ? prompts : resources;
}

Subscriptions::Subscriptions(Server& server)
    : server_(server),
      observation_(server.registry().observe([this](const Change& change) { tell(change); })) {}

Subscriptions::~Subscriptions() {
    shut();
}

bool Subscriptions::subscribe(std::string uri) {
    auto key = comparable_uri(uri);
    if (uris_.size() >= max_uris && !uris_.contains(key)) return false;
    uris_.insert_or_assign(std::move(key), std::move(uri));
    return true;
}

void Subscriptions::listen(Reply reply, Filter filter) {
    const auto& outlet = reply.outlet();
    outlet->send(
        encode_notification("notifications/subscriptions/acknowledged",
                            fmt::format(R"("notifications":{},"_meta":{{{}}})",
                                        acknowledged(filter), subscription_meta(reply.id()))));
    const auto id = reply.id();
    listeners_.emplace(id, Listener{std::move(reply), std::move(filter)});
}

void Subscriptions::drop(const std::string& id) {
    const auto found = listeners_.find(id);
    if (found == listeners_.end()) return;
    found->second.reply.suppress();
    listeners_.erase(found);
}

void Subscriptions::drop(const Channel& channel) {
    for (auto entry = listeners_.begin(); entry != listeners_.end();) {
        auto& reply = entry->second.reply;
        if (!reply.outlet()->leads_to(channel)) {
            ++entry;
            continue;
        }
        reply.outlet()->shut();
        reply.suppress();
        entry = listeners_.erase(entry);
    }
}

void Subscriptions::end() {
    // Both: the one MUST be sent (basic/patterns/cancellation), the other SHOULD (subscriptions).
    for (auto& [id, listener] : listeners_) {
        listener.reply.outlet()->send(encode_notification(
            "notifications/cancelled",
            fmt::format(R"("requestId":{},"_meta":{{{}}})", id, subscription_meta(id))));
        listener.reply.result({}, subscription_meta(id));
    }
    listeners_.clear();
}

void Subscriptions::shut() {
    observation_ = {};
    stream_ = nullptr;
    for (auto& [id, listener] : listeners_) {
        listener.reply.outlet()->shut();
        listener.reply.suppress();
    }
    listeners_.clear();
}

void Subscriptions::tell(const Change& change) {
    if (change.kind == Change::Kind::task) return tell_task(change.subject);
    if (change.kind < Change::Kind::resource) return tell_list(change.kind);
    constexpr auto method = "notifications/resources/updated";
    if (stream_ && ready_)
        for (const auto& members : updates(uris_, change))
            stream_->send(encode_notification(method, members));
    for (const auto& [id, listener] : listeners_)
        for (const auto& members : updates(listener.filter.uris, change))
            listener.reply.outlet()->send(encode_notification(method, members + ',' + tag(id)));
}

void Subscriptions::tell_list(Change::Kind list) {
    const auto method = list_changed_method(list);
    if (stream_ && ready_) stream_->send(encode_notification(method, {}));
    for (const auto& [id, listener] : listeners_)
        if (listener.filter.wants_list(list))
            listener.reply.outlet()->send(encode_notification(method, tag(id)));
}

void Subscriptions::tell_task(const std::string& task_id) {
    for (const auto& [id, listener] : listeners_) {
        const auto task =
            listener.filter.tasks.contains(task_id) ? server_.tasks().find(task_id) : nullptr;
        if (!task) continue;
        const auto members = detailed_task_members(*task, listener.reply.revision());
        listener.reply.outlet()->send(
            encode_notification("notifications/tasks", members + ',' + tag(id)));
    }
}

}  // namespace blender_mcpd::mcp
