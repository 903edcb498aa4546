// Which method is there in which era, and what stands before all of them.
#include "encode_lists.hpp"
#include "mirror.hpp"
#include "session_state.hpp"

#include <blender_mcpd/core/text.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

namespace blender_mcpd::mcp {

namespace {

using State = Session::State;

/// What must be there for a method to be there.
enum class Needs { nothing, resources, prompts, completions, tasks };

struct Method {
    std::string_view name;
    bool legacy;
    bool modern;
    Needs needs;
    void (State::*run)(Exchange);
};

constexpr std::array methods{
    Method{"tools/call", true, true, Needs::nothing, &State::call_tool},
    Method{"tools/list", true, true, Needs::nothing, &State::list_tools},
    Method{"initialize", true, false, Needs::nothing, &State::initialize},
    Method{"ping", true, false, Needs::nothing, &State::ping},
    Method{"server/discover", false, true, Needs::nothing, &State::discover},
    Method{"logging/setLevel", true, false, Needs::nothing, &State::set_log_level},
    Method{"resources/list", true, true, Needs::resources, &State::list_resources},
    Method{"resources/templates/list", true, true, Needs::resources, &State::list_templates},
    Method{"resources/read", true, true, Needs::resources, &State::read_resource},
    Method{"resources/subscribe", true, false, Needs::resources, &State::subscribe},
    Method{"resources/unsubscribe", true, false, Needs::resources, &State::unsubscribe},
    Method{"prompts/list", true, true, Needs::prompts, &State::list_prompts},
    Method{"prompts/get", true, true, Needs::prompts, &State::get_prompt},
    Method{"completion/complete", true, true, Needs::completions, &State::complete},
    Method{"subscriptions/listen", false, true, Needs::nothing, &State::listen},
    Method{"tasks/get", true, true, Needs::tasks, &State::get_task},
    Method{"tasks/list", true, false, Needs::tasks, &State::list_tasks},
    Method{"tasks/result", true, false, Needs::tasks, &State::task_result},
    Method{"tasks/update", false, true, Needs::tasks, &State::update_task},
    Method{"tasks/cancel", true, true, Needs::tasks, &State::cancel_task},
};

bool offers(const Registry& registry, Needs needs, Revision revision) {
    switch (needs) {
        case Needs::resources:
            return offers_resources(registry);
        case Needs::prompts:
            return !registry.prompts().empty();
        case Needs::completions:
            return offers_completions(registry);
        case Needs::tasks:
            return (revision.modern() || revision.has_tasks()) && offers_tasks(registry);
        case Needs::nothing:
            break;
    }
    return true;
}

const Method* find_method(std::string_view name, const Registry& registry, Revision revision) {
    const auto* found = std::find_if(methods.begin(), methods.end(),
                                     [&](const Method& method) { return method.name == name; });
    if (found == methods.end()) return nullptr;
    if (!(revision.modern() ? found->modern : found->legacy)) return nullptr;
    return offers(registry, found->needs, revision) ? found : nullptr;
}

}  // namespace

bool Session::State::handle(Request request, const std::shared_ptr<Outlet>& outlet,
                            const MirroredHeaders* headers) {
    server.metrics().add(requests_received);
    auto& envelope = request.envelope;
    const bool claims = !envelope.claim.empty();
    const auto revision =
        envelope.modern.value_or(claims ? Revision{modern_versions.front()} : legacy);
    Reply reply(server, outlet, request.id, request.method, revision);

    const bool malformed = envelope.error && envelope.error->code == RpcCode::invalid_params;
    if (headers != nullptr && !malformed) {
        const auto error = claims ? check_version_header(*headers, envelope)
                                  : check_unclaimed(*headers, request.method);
        if (error) {
            reply.reject(*error);
            return true;
        }
    }
    if (envelope.error) {
        reply.reject(*envelope.error);
        return true;
    }
    const auto client_capabilities = claims ? envelope.capabilities : capabilities;
    dispatch({std::move(reply), request.method, request.params, std::move(request.members),
              std::move(envelope), client_capabilities, claims ? headers : nullptr});
    return true;
}

void Session::State::dispatch(Exchange exchange) {
    auto& reply = exchange.reply;
    if (calls.contains(reply.id()) || subscriptions.listens(reply.id()))
        return reply.error(
            {RpcCode::invalid_request, "Invalid request: a request with this id is still running"});
    if (exchange.headers != nullptr)
        if (const auto error = check_name_headers(*exchange.headers, exchange))
            return reply.reject(*error);
    const auto* method = find_method(exchange.method, server.registry(), exchange.revision());
    if (method == nullptr)
        return reply.error(
            {RpcCode::method_not_found, "Method not found: " + core::excerpt(exchange.method)});
    (this->*method->run)(std::move(exchange));
}

}  // namespace blender_mcpd::mcp
