#include "binder.hpp"

#include "argument_rules.hpp"
#include "failure.hpp"
#include "known_arguments.hpp"
#include "read.hpp"
#include "schema.hpp"

#include <blender_mcpd/core/aside.hpp>
#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/mcp/call_audit.hpp>
#include <blender_mcpd/tools/recent_calls.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace blender_mcpd::tools {
namespace {

namespace asio = boost::asio;

/// What a bound tool keeps between calls.
struct Bound {
    std::string name;
    ArgumentRules rules;
    Toolbox toolbox;
    Handler handler;
    bool mutates;
    guard::ToolClass tool_class;
    bool about_all_blenders;
};

constexpr auto instance_argument = "instance";

/// Takes the argument that says which Blender the call is about; empty when it does not say.
std::string take_instance(core::Json& arguments) {
    std::string instance;
    if (const auto named = arguments.find(instance_argument); named != arguments.end()) {
        instance = named->get<std::string>();
        arguments.erase(named);
    }
    return instance;
}

/// What the client must know before a call of its goes there.
std::optional<core::Error> take_news(const Bound& bound, const std::string& client,
                                     const std::string& instance) {
    if (!instance.empty() && instance != blender::current_instance) return {};
    return bound.toolbox.blenders.take_news(client);
}

/// The toolbox of one call.
core::Result<Toolbox> toolbox_of_call(const Bound& bound, const std::string& client,
                                      core::Json& arguments) {
    if (bound.about_all_blenders) return bound.toolbox;
    const auto instance = take_instance(arguments);
    if (auto news = take_news(bound, client, instance)) return std::move(*news);
    return toolbox_for(bound.toolbox, instance, client);
}

/// The name of the Blender that the call is about, for its record.
std::string name_of_instance(blender::Blenders& blenders, const std::string& client,
                             std::string named) {
    if (!named.empty() && named != blender::current_instance) return named;
    for (const auto& one : blenders.overview(client))
        if (one.value("current", false)) return one.value("name", std::string());
    return {};
}

RecentCalls::Note note_begin(const Bound& bound, const std::string& client) {
    auto* calls = bound.toolbox.options.recent_calls;
    return calls != nullptr ? calls->begin(bound.name, client) : RecentCalls::Note();
}

mcp::ToolResult failed(RecentCalls::Note& note, std::string text, const core::Error& error) {
    note.failed(error.code);
    auto result = mcp::error_result(std::move(text));
    result.meta = error_meta(error);
    return result;
}

/// What a call with valid arguments goes through, at once or as a task.
asio::awaitable<mcp::ToolAnswer> perform(std::shared_ptr<Bound> bound, mcp::CallContext context,
                                         core::Json arguments) {
    auto& guards = bound->toolbox.guards;
    auto note = note_begin(*bound, context.client);
    const auto permit = guards.limiter.acquire(context.client, bound->name, bound->tool_class);
    if (!permit) co_return failed(note, explain_refusal(permit.error()), permit.error());
    const auto named = context.record ? arguments.value(instance_argument, std::string()) : "";
    auto toolbox = toolbox_of_call(*bound, context.client, arguments);
    if (!toolbox) co_return failed(note, explain_refusal(toolbox.error()), toolbox.error());
    if (context.record) {
        context.record->note("edit", bound->mutates);
        if (toolbox->blender)
            context.record->note("instance",
                                 name_of_instance(toolbox->blenders, context.client, named));
    }
    // What is read meanwhile may be of before, after or between.
    std::optional<guard::ResultCache::Mutation> mutation;
    if (bound->mutates && toolbox->blender)
        mutation.emplace(guards.cache.begin_mutation(toolbox->blender->instance()));

    auto done =
        co_await bound->handler(std::move(*toolbox), std::move(context), std::move(arguments));
    if (!done)
        co_return failed(
            note, explain_failure(done.error(), bound->mutates ? Effect::edit : Effect::none),
            done.error());
    note.answered(*done);
    co_return std::move(*done);
}

asio::awaitable<mcp::ToolAnswer> run(std::shared_ptr<Bound> bound, mcp::CallContext context,
                                     core::Json arguments) {
    auto& guards = bound->toolbox.guards;
    std::size_t numbers = 0;  // that are not finite, when that matters
    bound->rules.compile();
    const auto apply = [&] {
        auto valid = bound->rules.apply(arguments);
        if (valid) return valid;
        numbers = guard::count_non_finite(arguments);
        arguments = nullptr;  // giving back a large document takes time as well
        return valid;
    };
    if (const auto valid = co_await core::aside(context.arguments_bytes, apply); !valid) {
        guards.metrics.add(validation_failures, 1, bound->name);
        if (numbers > 0)
            guards.metrics.add(guard::nan_infinity_blocked, static_cast<std::int64_t>(numbers));
        auto note = note_begin(*bound, context.client);
        co_return failed(note, explain_refusal(valid.error()), valid.error());
    }
    if (context.can_task)
        co_return mcp::StartTask{[bound, arguments](mcp::CallContext own) {
            return perform(bound, std::move(own), arguments);
        }};
    co_return co_await perform(std::move(bound), std::move(context), std::move(arguments));
}

/// Null when they are not valid, or too long to be worth it.
const KnownArguments::Meaning* understand(Bound& bound, KnownArguments& known,
                                          std::string_view text) {
    if (text.size() > KnownArguments::longest) return nullptr;
    if (const auto* meaning = known.find(text)) return meaning;
    auto arguments =
        text.empty() ? core::Result<core::Json>(core::Json::object()) : core::parse_json(text);
    if (!arguments || !arguments->is_object() || !bound.rules.apply(*arguments)) return nullptr;
    auto instance = take_instance(*arguments);
    return &known.remember(text, {std::move(instance), canonical(*arguments)});
}

/// The answer to a read that the cache has and that is still true, found without a coroutine. What
/// it has not is left to run().
std::optional<mcp::ToolResult> recall(Bound& bound, KnownArguments& known,
                                      const std::string& client, std::string_view text) {
    const auto* meaning = understand(bound, known, text);
    if (meaning == nullptr) return {};
    const auto found = bound.toolbox.blenders.find(meaning->instance, client);
    if (!found) return {};
    const auto generation = (*found)->known_generation();
    const guard::CacheKey key{(*found)->instance(), bound.name, meaning->arguments};
    auto& guards = bound.toolbox.guards;
    const auto kept = generation ? guards.cache.peek(key, generation) : nullptr;
    if (!kept || kept->size() >= core::large_message) return {};

    auto note = note_begin(bound, client);
    const auto permit = guards.limiter.acquire(client, bound.name, bound.tool_class);
    if (!permit) return failed(note, explain_refusal(permit.error()), permit.error());
    if (const auto news = take_news(bound, client, meaning->instance))
        return failed(note, explain_refusal(*news), *news);
    (void)guards.cache.get(key, generation);  // for the statistics, and the order of eviction
    mcp::ToolResult result;
    result.structured = *kept;
    note.answered(result);
    return result;
}

/// The tool without its recall.
mcp::Tool tool_of(Spec spec, std::shared_ptr<Bound> bound) {
    mcp::Tool tool;
    tool.name = std::move(spec.name);
    tool.title = std::move(spec.title);
    tool.description = std::move(spec.description);
    tool.input_schema = schema::published(whole_input(spec));
    tool.output_schema = schema::published_result(std::move(spec.output));
    tool.annotations = spec.annotations;
    tool.handler = [bound = std::move(bound)](mcp::CallContext context, core::Json arguments) {
        return run(bound, std::move(context), std::move(arguments));
    };
    return tool;
}

std::shared_ptr<Bound> bound_of(const Spec& spec, const Toolbox& toolbox, Handler handler) {
    const bool mutates = !spec.annotations.read_only && !spec.keeps_scene;
    return std::make_shared<Bound>(Bound{spec.name, ArgumentRules(whole_input(spec)), toolbox,
                                         std::move(handler), mutates, spec.tool_class,
                                         spec.about_all_blenders});
}

}  // namespace

asio::awaitable<core::Result<mcp::ToolAnswer>> edit(Toolbox toolbox, std::string name,
                                                    core::Json arguments,
                                                    mcp::CallContext context) {
    auto wanted = co_await operation(std::move(name), std::move(arguments), context);
    mark_as_edit(wanted, context);
    auto reply = co_await toolbox.blender->call(std::move(wanted), context.cancel,
                                                forward_progress(context));
    if (!reply) co_return reply.error();
    co_return to_result(std::move(*reply));
}

namespace {

using FindSources = SourcePaths (*)(core::Json& arguments);

asio::awaitable<core::Result<mcp::ToolAnswer>> edit_with_sources(Toolbox toolbox, std::string name,
                                                                 core::Json arguments,
                                                                 mcp::CallContext context,
                                                                 FindSources find) {
    auto paths = find(arguments);
    if (const auto found = co_await resolve(toolbox, std::move(paths)); !found)
        co_return found.error();
    co_return co_await edit(std::move(toolbox), std::move(name), std::move(arguments),
                            std::move(context));
}

/// The type of the image that the blob holds; nullopt when the result mentions none.
std::optional<std::string> image_type(std::string_view result) {
    const auto members = core::RawObject::scan(result);
    if (!members) return {};
    const auto image = members->find("image");
    if (!image) return {};
    const auto about = core::RawObject::scan(*image);
    if (!about) return {};
    const auto type = about->find("mime_type");
    return type ? core::unquote(*type) : std::nullopt;
}

}  // namespace

core::Json whole_input(const Spec& spec) {
    auto input = spec.input;
    if (!spec.about_all_blenders)
        input["properties"][instance_argument] = schema::string(1, blender::longest_instance_name);
    return input;
}

mcp::Tool bind(Spec spec, const Toolbox& toolbox, Handler handler) {
    auto bound = bound_of(spec, toolbox, std::move(handler));
    return tool_of(std::move(spec), std::move(bound));
}

mcp::Tool pass_through(Spec spec, const Toolbox& toolbox) {
    if (spec.source_paths != nullptr)
        return bind(spec, toolbox,
                    [name = spec.name, find = spec.source_paths](
                        Toolbox own, mcp::CallContext context, core::Json arguments) {
                        return edit_with_sources(std::move(own), name, std::move(arguments),
                                                 std::move(context), find);
                    });
    if (!spec.annotations.read_only)
        return bind(
            spec, toolbox,
            [name = spec.name](Toolbox own, mcp::CallContext context, core::Json arguments) {
                return edit(std::move(own), name, std::move(arguments), std::move(context));
            });
    const auto bound =
        bound_of(spec, toolbox,
                 [name = spec.name](Toolbox own, mcp::CallContext context, core::Json arguments) {
                     return read(std::move(own), name, std::move(arguments), std::move(context));
                 });
    auto tool = tool_of(std::move(spec), bound);
    tool.recall = [bound, known = std::make_shared<KnownArguments>()](const std::string& client,
                                                                      std::string_view arguments) {
        return recall(*bound, *known, client, arguments);
    };
    return tool;
}

asio::awaitable<blender::Operation> operation(std::string name, core::Json arguments,
                                              const mcp::CallContext& context) {
    blender::Operation wanted;
    wanted.name = std::move(name);
    wanted.client = context.client;
    const auto encode = [&] {
        auto text = core::dump(arguments);
        arguments = nullptr;
        return text;
    };
    wanted.args = co_await core::aside(context.arguments_bytes, encode);
    co_return wanted;
}

void mark_as_edit(blender::Operation& operation, const mcp::CallContext& context) {
    operation.mutates = true;
    if (!context.record) return;
    operation.uuid = core::random_hex(16);
    context.record->note("uuid", operation.uuid);
}

link::ProgressHandler forward_progress(const mcp::CallContext& context) {
    return [report = context.progress](const link::Progress& step) {
        report({step.value, step.total, step.message});
    };
}

core::Result<mcp::ToolResult> to_result(link::Reply reply) {
    if (core::json_kind(reply.result()) != core::JsonKind::object)
        return core::Error{core::ErrorCode::protocol,
                           "The operation finished, but its result was not kept",
                           {},
                           core::Outcome::unknown,
                           {}};
    mcp::ToolResult result;
    result.structured = reply.take_result();
    if (reply.blob().empty()) return result;
    if (auto type = image_type(result.structured))
        result.content.emplace_back(mcp::ImageContent{reply.take_blob(), std::move(*type)});
    return result;
}

}  // namespace blender_mcpd::tools
