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
    if (!filter.uris.empty()) json["resourceSubscriptions"] = filter.uris;
    if (!filter.tasks.empty()) json["taskIds"] = filter.tasks;
    return core::dump(json);
}

}  // namespace

bool Subscriptions::Filter::wants(const Change& change) const {
    switch (change.kind) {
        case Change::Kind::tools:
            return tools;
        case Change::Kind::prompts:
            return prompts;
        case Change::Kind::resources:
            return resources;
        case Change::Kind::resource:
            return uris.contains(change.subject);
        case Change::Kind::task:
            return tasks.contains(change.subject);
    }
    return false;
}

Subscriptions::Subscriptions(Server& server)
    : server_(server),
      observation_(server.registry().observe([this](const Change& change) { tell(change); })) {}

Subscriptions::~Subscriptions() {
    shut();
}

bool Subscriptions::subscribe(std::string uri) {
    if (uris_.size() >= max_uris && !uris_.contains(uri)) return false;
    uris_.insert(std::move(uri));
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
    const bool list = change.kind < Change::Kind::resource;
    const bool resource = change.kind == Change::Kind::resource;
    const auto uri = resource ? R"("uri":)" + core::quoted(change.subject) : std::string();
    if (stream_ && ready_) {
        if (list) stream_->send(encode_notification(list_changed_method(change.kind), {}));
        if (resource && uris_.contains(change.subject))
            stream_->send(encode_notification("notifications/resources/updated", uri));
    }
    for (const auto& [id, listener] : listeners_) {
        if (!listener.filter.wants(change)) continue;
        const auto tag = R"("_meta":{)" + subscription_meta(id) + '}';
        auto& outlet = *listener.reply.outlet();
        if (list)
            outlet.send(encode_notification(list_changed_method(change.kind), tag));
        else if (resource)
            outlet.send(encode_notification("notifications/resources/updated", uri + ',' + tag));
        else if (const auto task = server_.tasks().find(change.subject))
            outlet.send(encode_notification(
                "notifications/tasks",
                detailed_task_members(*task, listener.reply.revision()) + ',' + tag));
    }
}

}  // namespace blender_mcpd::mcp
