#include "resources.hpp"

#include "answers.hpp"
#include "completions.hpp"
#include "read.hpp"
#include "status.hpp"

#include <blender_mcpd/guard/names.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace blender_mcpd::tools {

namespace asio = boost::asio;

namespace {

constexpr auto json = "application/json";
constexpr auto general = guard::ToolClass::general;

/// What an operation that only reads tells, with a permit as for the tool of that name.
asio::awaitable<mcp::ResourceAnswer> read_operation(Toolbox toolbox, mcp::CallContext context,
                                                    std::string uri, std::string name,
                                                    core::Json arguments) {
    const auto permit = toolbox.guards.limiter.acquire(context.client, name, general);
    if (!permit) co_return rpc_error(permit.error());
    auto answer = co_await read(toolbox, std::move(name), std::move(arguments), std::move(context));
    if (!answer) co_return failure(uri, answer.error());
    co_return contents(std::move(uri), json, std::get<mcp::ToolResult>(*answer).structured);
}

/// The contents of one URI for a call about that instance.
using Reading = asio::awaitable<mcp::ResourceAnswer> (*)(Toolbox toolbox, mcp::CallContext context,
                                                         std::string uri);

/// `read` of the instance in the URI, if there is one of that name.
asio::awaitable<mcp::ResourceAnswer> read_instance(Toolbox toolbox, mcp::CallContext context,
                                                   mcp::ResourceRequest request, Reading read) {
    const auto named = request.variables.find("instance");
    const auto instance = named == request.variables.end() ? std::string() : named->second;
    auto own = toolbox_for(std::move(toolbox), instance, context.client);
    if (!own) co_return mcp::resource_not_found(request.uri);
    co_return co_await read(std::move(*own), std::move(context), std::move(request.uri));
}

asio::awaitable<mcp::ResourceAnswer> read_status(Toolbox toolbox, mcp::CallContext context,
                                                 std::string uri) {
    const auto permit =
        toolbox.guards.limiter.acquire(context.client, "get_blender_status", general);
    if (!permit) co_return rpc_error(permit.error());
    auto text = co_await status_text(toolbox, context.client);
    co_return contents(std::move(uri), json, std::move(text));
}

asio::awaitable<mcp::ResourceAnswer> read_text(Toolbox toolbox, std::string client, std::string uri,
                                               std::string mime_type, std::string text) {
    const auto permit = toolbox.guards.limiter.acquire(client, "resources/read", general);
    if (!permit) co_return rpc_error(permit.error());
    co_return contents(std::move(uri), std::move(mime_type), std::move(text));
}

asio::awaitable<mcp::ResourceAnswer> not_found(std::string uri) {
    co_return mcp::resource_not_found(uri);
}

/// The arguments that ask for the thing of that name.
using Question = core::Json (*)(const std::string& name);

core::Json about_object(const std::string& name) {
    return {
        {"names", core::Json::array({name})},
        {"include", {"mesh", "modifiers", "materials", "constraints", "animation", "children"}}};
}

core::Json about_collection(const std::string& name) {
    return {{"name", name}};
}

mcp::Completion instance_names(const Toolbox& toolbox, const mcp::CallContext& context,
                               const mcp::CompletionRequest& request) {
    std::vector<std::string> names{std::string(blender::current_instance)};
    for (const auto& one : toolbox.blenders.overview(context.client))
        names.push_back(one["name"].get<std::string>());
    return ranked(std::move(names), request.value);
}

asio::awaitable<mcp::Completion> complete_instance(Toolbox toolbox, mcp::CallContext context,
                                                   mcp::CompletionRequest request) {
    co_return instance_names(toolbox, context, request);
}

asio::awaitable<mcp::Completion> complete(Toolbox toolbox, core::Timers& timers,
                                          mcp::CallContext context, mcp::CompletionRequest request,
                                          std::string kind) {
    if (request.argument == "instance") co_return instance_names(toolbox, context, request);
    mcp::Completion nothing;
    if (request.argument != "name") co_return nothing;
    const auto named = request.arguments.find("instance");
    auto own = toolbox_for(std::move(toolbox),
                           named == request.arguments.end() ? std::string() : named->second,
                           context.client);
    if (!own) co_return nothing;
    co_return co_await live_names(std::move(*own), timers, std::move(context), std::move(kind),
                                  std::move(request.value));
}

/// One thing in the scene, by name.
mcp::ResourceTemplate named(const Toolbox& toolbox, core::Timers& timers, const std::string& kind,
                            const std::string& operation, Question question) {
    mcp::ResourceTemplate one;
    one.uri_template = "blender://{instance}/" + kind + "/{name}";
    one.name = kind;
    one.mime_type = json;
    one.read = [toolbox, operation, question](mcp::CallContext context,
                                              const mcp::ResourceRequest& request) {
        const auto& name = request.variables.at("name");
        auto own = toolbox_for(toolbox, request.variables.at("instance"), context.client);
        if (!own || !guard::check_blender_name(name)) return not_found(request.uri);
        return read_operation(std::move(*own), std::move(context), request.uri, operation,
                              question(name));
    };
    one.complete = [toolbox, &timers, kind](mcp::CallContext context,
                                            mcp::CompletionRequest request) {
        return complete(toolbox, timers, std::move(context), std::move(request), kind);
    };
    return one;
}

mcp::Resource status(const Toolbox& toolbox) {
    return {
        std::string(status_uri),
        "status",
        "Blender status",
        "Is Blender there, what is it doing, what to do next: as get_blender_status tells it.",
        json,
        [toolbox](mcp::CallContext context, const mcp::ResourceRequest& request) {
            return read_instance(toolbox, std::move(context), request, read_status);
        },
    };
}

mcp::Resource config(const Toolbox& toolbox, std::string text) {
    constexpr auto toml = "application/toml";
    return {
        std::string(config_uri),
        "config",
        "Settings",
        "The settings of this blender-mcpd as they apply, in TOML.",
        toml,
        [toolbox, text = std::move(text)](const mcp::CallContext& context,
                                          const mcp::ResourceRequest&) {
            return read_text(toolbox, context.client, std::string(config_uri), toml, text);
        },
    };
}

/// What each instance has once: a resource of the current one, and a template for all.
struct OfInstance {
    std::string what;
    std::string title;
    std::string description;
    std::string mime_type;
    Reading read;
};

asio::awaitable<mcp::ResourceAnswer> read_log(Toolbox toolbox, mcp::CallContext context,
                                              std::string uri) {
    auto text = toolbox.blender->recent_output();
    return read_text(std::move(toolbox), std::move(context.client), std::move(uri), "text/plain",
                     std::move(text));
}

asio::awaitable<mcp::ResourceAnswer> read_scene_at(Toolbox toolbox, mcp::CallContext context,
                                                   std::string uri) {
    core::Json arguments{{"detail", "objects"}, {"limit", 200}};
    return read_operation(std::move(toolbox), std::move(context), std::move(uri), "get_scene_info",
                          std::move(arguments));
}

OfInstance scene() {
    return {"scene", "Open scene",
            "The open scene and its first 200 objects, as get_scene_info tells it with detail "
            "objects. Starts a Blender when none runs.",
            json, read_scene_at};
}

asio::awaitable<mcp::ResourceAnswer> read_credits(Toolbox toolbox, mcp::CallContext context,
                                                  std::string uri) {
    return read_operation(std::move(toolbox), std::move(context), std::move(uri), "asset.credits",
                          core::Json::object());
}

OfInstance credits() {
    return {"credits", "Credits",
            "Whose assets are in the open scene: title, authors, licence, source, whether the "
            "licence asks for attribution, and what uses them. Starts a Blender when none runs.",
            json, read_credits};
}

OfInstance log() {
    return {"log", "Blender's output",
            "The last 16 KiB that Blender has printed, also of one that ended; empty when the user "
            "started it. What a script prints is in the result of execute_blender_code.",
            "text/plain", read_log};
}

mcp::Resource of_current(const Toolbox& toolbox, const OfInstance& one) {
    return {
        uri_of(blender::current_instance, one.what),
        one.what,
        one.title,
        one.description,
        one.mime_type,
        [toolbox, read = one.read](mcp::CallContext context, const mcp::ResourceRequest& request) {
            return read_instance(toolbox, std::move(context), request, read);
        }};
}

mcp::ResourceTemplate of_any(const Toolbox& toolbox, const OfInstance& one) {
    mcp::ResourceTemplate any;
    any.uri_template = "blender://{instance}/" + one.what;
    any.name = one.what;
    any.title = one.title;
    any.description = one.description;
    any.mime_type = one.mime_type;
    any.read = [toolbox, read = one.read](mcp::CallContext context,
                                          const mcp::ResourceRequest& request) {
        return read_instance(toolbox, std::move(context), request, read);
    };
    any.complete = [toolbox](const mcp::CallContext& context,
                             const mcp::CompletionRequest& request) {
        return complete_instance(toolbox, context, request);
    };
    return any;
}

}  // namespace

std::string uri_of(std::string_view instance, std::string_view what) {
    return fmt::format("blender://{}/{}", instance, what);
}

asio::awaitable<mcp::ResourceAnswer> read_scene(Toolbox toolbox, mcp::CallContext context) {
    return read_scene_at(std::move(toolbox), std::move(context),
                         uri_of(blender::current_instance, "scene"));
}

void add_resources(mcp::Registry& registry, const Toolbox& toolbox, core::Timers& timers,
                   std::string config_text) {
    registry.add(status(toolbox));  // first: it can always be read
    registry.add(of_current(toolbox, scene()));
    registry.add(of_current(toolbox, credits()));
    registry.add(of_current(toolbox, log()));
    registry.add(config(toolbox, std::move(config_text)));
    registry.add(of_any(toolbox, scene()));
    registry.add(of_any(toolbox, credits()));
    registry.add(of_any(toolbox, log()));

    auto object = named(toolbox, timers, "object", "get_object_info", about_object);
    object.title = "Object";
    object.description =
        "One object with its mesh, modifiers, materials, constraints, animation and children, as "
        "get_object_info tells it. The name percent-encoded.";
    registry.add(std::move(object));
    auto collection = named(toolbox, timers, "collection", "get_collection_info", about_collection);
    collection.title = "Collection";
    collection.description =
        "The objects and collections in one collection, and whether it is shown. The name "
        "percent-encoded.";
    registry.add(std::move(collection));
}

}  // namespace blender_mcpd::tools
