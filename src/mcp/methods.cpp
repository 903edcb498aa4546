// The methods that are answered at once.
#include "encode.hpp"
#include "encode_lists.hpp"
#include "errors.hpp"
#include "session_state.hpp"
#include "tasks.hpp"

#include <blender_mcpd/core/text.hpp>

#include <algorithm>

namespace blender_mcpd::mcp {

bool Exchange::refuse_cursor() {
    const auto cursor = params.find("cursor");
    if (!cursor || *cursor == "\"\"") return false;
    reply.error(invalid_params("unknown cursor"));
    return true;
}

void Session::State::initialize(Exchange exchange) {
    const auto requested = exchange.text("protocolVersion");
    if (!requested) return exchange.reply.error(invalid_params("protocolVersion must be a string"));
    // An unknown revision is answered with our newest legacy one (basic/lifecycle, version
    // negotiation).
    const auto known = std::find(legacy_versions.begin(), legacy_versions.end(), *requested);
    legacy = Revision{known == legacy_versions.end() ? legacy_versions.front() : *known};
    capabilities = read_capabilities(exchange.params.find("capabilities").value_or("{}"), legacy);
    client_info = exchange.params.find("clientInfo").value_or("");
    constexpr std::size_t longest_info = 4'096;
    if (client_info.size() > longest_info) client_info.clear();
    exchange.reply.result(initialize_members(legacy, server));
}

void Session::State::discover(Exchange exchange) {
    exchange.reply.result(discover_members(exchange.revision(), server));
}

void Session::State::ping(Exchange exchange) {
    exchange.reply.result({});
}

void Session::State::set_log_level(Exchange exchange) {
    const auto level = mcp::log_level(exchange.text("level").value_or(""));
    if (!level)
        return exchange.reply.error(invalid_params("level must be one of RFC 5424, like \"info\""));
    *log_level = *level;
    exchange.reply.result({});
}

void Session::State::list(Exchange exchange, ListMembers members) {
    if (exchange.refuse_cursor()) return;
    exchange.reply.result(server.listed(members, exchange.revision()));
}

void Session::State::list_tools(Exchange exchange) {
    list(std::move(exchange), tools_list_members);
}

void Session::State::list_prompts(Exchange exchange) {
    list(std::move(exchange), prompts_list_members);
}

void Session::State::list_resources(Exchange exchange) {
    list(std::move(exchange), resources_list_members);
}

void Session::State::list_templates(Exchange exchange) {
    list(std::move(exchange), templates_list_members);
}

void Session::State::subscribe(Exchange exchange) {
    const auto uri = exchange.text("uri");
    if (!uri) return exchange.reply.error(invalid_params("uri must be a string"));
    if (!server.registry().reader(*uri).read) return exchange.reply.error(resource_not_found(*uri));
    if (!subscriptions.subscribe(*uri))
        return exchange.reply.error(
            {RpcCode::internal_error, "Too many subscriptions: unsubscribe from one"});
    exchange.reply.result({});
}

void Session::State::unsubscribe(Exchange exchange) {
    const auto uri = exchange.text("uri");
    if (!uri) return exchange.reply.error(invalid_params("uri must be a string"));
    subscriptions.unsubscribe(*uri);
    exchange.reply.result({});
}

namespace {

std::set<std::string> strings(const core::Json& wishes, const char* name) {
    std::set<std::string> found;
    const auto list = wishes.find(name);
    if (list == wishes.end() || !list->is_array()) return found;
    for (const auto& entry : *list)
        if (entry.is_string() && found.size() < Subscriptions::max_uris)
            found.insert(entry.get<std::string>());
    return found;
}

bool flag(const core::Json& wishes, const char* name) {
    const auto value = wishes.find(name);
    return value != wishes.end() && value->is_boolean() && value->get<bool>();
}

}  // namespace

void Session::State::listen(Exchange exchange) {
    const auto wishes = core::parse_json(exchange.params.find("notifications").value_or(""));
    if (!wishes || !wishes->is_object())
        return exchange.reply.error(invalid_params("notifications must be an object"));
    if (subscriptions.listeners() >= Subscriptions::max_listeners)
        return exchange.reply.error({RpcCode::internal_error, "Too many subscriptions: end one"});
    // Only what there is is granted.
    const auto& registry = server.registry();
    Subscriptions::Filter filter;
    filter.tools = flag(*wishes, "toolsListChanged");
    filter.prompts = flag(*wishes, "promptsListChanged") && !registry.prompts().empty();
    const bool resources = offers_resources(registry);
    filter.resources = flag(*wishes, "resourcesListChanged") && resources;
    if (resources)
        for (const auto& uri : strings(*wishes, "resourceSubscriptions"))
            filter.uris.emplace(comparable_uri(uri), uri);
    if (offers_tasks(registry) && wishes->contains("taskIds")) {
        if (!exchange.capabilities.tasks)
            return exchange.reply.error(missing_tasks_extension(
                "notifications/tasks are for clients that declare the tasks extension"));
        filter.tasks = strings(*wishes, "taskIds");
        std::erase_if(filter.tasks, [&](const auto& id) { return !server.tasks().find(id); });
    }
    subscriptions.listen(std::move(exchange.reply), std::move(filter));
}

}  // namespace blender_mcpd::mcp
