#include "resources.hpp"

#include "answers.hpp"
#include "completions.hpp"
#include "read.hpp"
#include "status.hpp"

#include <blender_mcpd/guard/names.hpp>

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

asio::awaitable<mcp::ResourceAnswer> read_status(Toolbox toolbox, std::string client) {
    const auto permit = toolbox.guards.limiter.acquire(client, "get_blender_status", general);
    if (!permit) co_return rpc_error(permit.error());
    auto text = co_await status_text(toolbox);
    co_return contents(std::string(status_uri), json, std::move(text));
}

asio::awaitable<mcp::ResourceAnswer> read_text(Toolbox toolbox, std::string client,
                                               std::string_view uri, std::string mime_type,
                                               std::string text) {
    const auto permit = toolbox.guards.limiter.acquire(client, "resources/read", general);
    if (!permit) co_return rpc_error(permit.error());
    co_return contents(std::string(uri), std::move(mime_type), std::move(text));
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

asio::awaitable<mcp::Completion> complete(Toolbox toolbox, core::Timers& timers,
                                          mcp::CallContext context, mcp::CompletionRequest request,
                                          std::string kind) {
    if (request.argument == "instance")
        co_return ranked({std::string(default_instance)}, request.value);
    mcp::Completion nothing;
    const auto instance = request.arguments.find("instance");
    const bool elsewhere =
        instance != request.arguments.end() && instance->second != default_instance;
    if (request.argument != "name" || elsewhere) co_return nothing;
    co_return co_await live_names(toolbox, timers, std::move(context), std::move(kind),
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
        if (request.variables.at("instance") != default_instance ||
            !guard::check_blender_name(name))
            return not_found(request.uri);
        return read_operation(toolbox, std::move(context), request.uri, operation, question(name));
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
        [toolbox](const mcp::CallContext& context, const mcp::ResourceRequest&) {
            return read_status(toolbox, context.client);
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
            return read_text(toolbox, context.client, config_uri, toml, text);
        },
    };
}

mcp::Resource scene(const Toolbox& toolbox) {
    return {
        std::string(scene_uri),
        "scene",
        "Open scene",
        "The open scene and its first 200 objects, as get_scene_info tells it with detail "
        "objects. Starts a Blender when none runs.",
        json,
        [toolbox](mcp::CallContext context, const mcp::ResourceRequest&) {
            return read_scene(toolbox, std::move(context));
        },
    };
}

mcp::Resource log(const Toolbox& toolbox) {
    constexpr auto plain = "text/plain";
    return {
        std::string(log_uri),
        "log",
        "Blender's output",
        "The last 16 KiB that Blender has printed, also of one that ended; empty when the user "
        "started it. What a script prints is in the result of execute_blender_code.",
        plain,
        [toolbox](const mcp::CallContext& context, const mcp::ResourceRequest&) {
            return read_text(toolbox, context.client, log_uri, plain,
                             toolbox.blender.recent_output());
        },
    };
}

}  // namespace

asio::awaitable<mcp::ResourceAnswer> read_scene(Toolbox toolbox, mcp::CallContext context) {
    core::Json arguments{{"detail", "objects"}, {"limit", 200}};
    return read_operation(toolbox, std::move(context), std::string(scene_uri), "get_scene_info",
                          std::move(arguments));
}

void add_resources(mcp::Registry& registry, const Toolbox& toolbox, core::Timers& timers,
                   std::string config_text) {
    registry.add(status(toolbox));  // first: it can always be read
    registry.add(scene(toolbox));
    registry.add(log(toolbox));
    registry.add(config(toolbox, std::move(config_text)));

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
