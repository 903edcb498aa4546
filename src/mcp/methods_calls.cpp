// The methods that call a handler: tools, prompts, resources, completion.
#include "encode.hpp"
#include "errors.hpp"
#include "mirror.hpp"
#include "session_state.hpp"

#include <blender_mcpd/core/aside.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace blender_mcpd::mcp {

namespace asio = boost::asio;

namespace {

core::Result<core::Json> read_arguments(std::string_view raw) {
    if (raw.empty()) return core::Json::object();
    if (core::json_kind(raw) != core::JsonKind::object)
        return core::Error{core::ErrorCode::invalid, "arguments must be an object"};
    // Validation says better than the parser which number is too large.
    return core::parse_json(raw, core::Overflow::infinity);
}

asio::awaitable<Step> run_tool(std::shared_ptr<const Tool> tool, CallContext context,
                               std::shared_ptr<const std::string> raw) {
    context.arguments_bytes = raw->size();
    const auto parse = [&] { return read_arguments(*raw); };
    auto arguments = co_await core::aside(raw->size(), parse);
    if (!arguments) co_return error_result(core::describe(arguments.error()));
    auto answer = co_await tool->handler(std::move(context), std::move(*arguments));
    co_return std::visit([](auto& kind) -> Step { return std::move(kind); }, answer);
}

asio::awaitable<Step> run_prompt(std::shared_ptr<const Prompt> prompt, CallContext context,
                                 std::map<std::string, std::string> arguments, Revision revision,
                                 core::Metrics& metrics) {
    auto answer = co_await prompt->handler(std::move(context), std::move(arguments));
    if (std::holds_alternative<PromptResult>(answer)) metrics.add(prompts_got);
    if (const auto* result = std::get_if<PromptResult>(&answer))
        co_return Members{prompt_members(revision, *result)};
    if (auto* question = std::get_if<InputRequired>(&answer)) co_return std::move(*question);
    co_return std::get<RpcError>(std::move(answer));
}

asio::awaitable<Step> run_read(Registry::Reader reader, CallContext context, Revision revision,
                               core::Metrics& metrics) {
    const auto uri = reader.request.uri;
    auto answer = co_await reader.read(std::move(context), std::move(reader.request));
    if (const auto* contents = std::get_if<std::vector<ResourceContents>>(&answer)) {
        // Without contents there is no resource (server/resources, error handling).
        if (contents->empty()) co_return resource_not_found(uri);
        metrics.add(resources_read);
        std::size_t size = 0;
        for (const auto& part : *contents)
            size += part.data.size();
        const auto encode = [&] { return contents_members(revision, *contents); };
        auto text = co_await core::aside(size, encode);
        co_return Members{std::move(text)};
    }
    if (auto* question = std::get_if<InputRequired>(&answer)) co_return std::move(*question);
    co_return std::get<RpcError>(std::move(answer));
}

asio::awaitable<Step> run_completion(Completer complete, CallContext context,
                                     CompletionRequest request) {
    auto completion = co_await complete(std::move(context), std::move(request));
    co_return Members{completion_members(std::move(completion))};
}

/// Members that are strings; nullopt when one is none.
std::optional<std::map<std::string, std::string>> read_strings(
    std::optional<std::string_view> raw) {
    std::map<std::string, std::string> strings;
    if (!raw) return strings;
    const auto object = core::RawObject::scan(*raw);
    if (!object) return {};
    for (const auto& member : object->members()) {
        auto value = core::unquote(member.value);
        if (!value) return {};
        strings[member.name] = std::move(*value);
    }
    return strings;
}

/// A string in an object among the parameters.
std::optional<std::string> member(const Exchange& exchange, std::string_view object,
                                  std::string_view name) {
    const auto members = core::RawObject::scan(exchange.params.find(object).value_or(""));
    if (!members) return {};
    return core::unquote(members->find(name).value_or(""));
}

template <typename List>
std::string unknown(std::string_view what, std::string_view name, const List& list) {
    std::vector<std::string> names;
    for (const auto& known : list)
        names.push_back(known->name);
    const auto near = core::nearest(std::string(name), names);
    return "Unknown " + std::string(what) + ": " + core::excerpt(name) +
           (near.empty() ? "" : ". Did you mean " + near + "?");
}

// Legacy clients ask for a task (params.task); modern ones say that they can take one. An error
// when what they want and what the tool does cannot meet.
std::optional<RpcError> choose_task(const Tool& tool, const Exchange& exchange, Call& call) {
    const bool required = tool.task_support == TaskSupport::required;
    const bool possible = tool.task_support != TaskSupport::forbidden;
    if (exchange.revision().modern()) {
        call.as_task = possible && exchange.capabilities.tasks;
        if (required && !call.as_task)
            return missing_tasks_extension("This tool runs only as a task");
        return {};
    }
    const auto wish = exchange.params.find("task");
    call.as_task = wish.has_value() && exchange.revision().has_tasks();
    if (call.as_task && !possible)
        return RpcError{RpcCode::method_not_found, "This tool does not run as a task"};
    if (required && !call.as_task)
        return RpcError{RpcCode::method_not_found, "This tool runs only as a task"};
    if (!call.as_task) return {};
    const auto parsed = core::parse_json(*wish);
    if (!parsed || !parsed->is_object()) return invalid_params("task must be an object");
    if (const auto ttl = parsed->find("ttl"); ttl != parsed->end() && !ttl->is_null()) {
        if (!ttl->is_number() || ttl->get<double>() < 0)
            return invalid_params("task.ttl must be a number of milliseconds");
        constexpr double longest = 1e12;
        call.task_ttl = std::chrono::milliseconds(
            static_cast<std::int64_t>(std::min(ttl->get<double>(), longest)));
    }
    return {};
}

/// Of a call that has not begun: without a task, and without answers to what an earlier round
/// asked. One that is recorded goes the long way, where more is noted of it.
std::optional<ToolResult> recall(const Tool& tool, const std::string& client,
                                 const Exchange& exchange, const Call& call) {
    if (!tool.recall || call.as_task || exchange.reply.record()) return {};
    const auto& params = exchange.params;
    if (params.find("inputResponses") || params.find("requestState")) return {};
    return tool.recall(client, params.find("arguments").value_or(""));
}

/// Begins the record of a call, when somebody keeps one. `tool`: null when there is none of that
/// name.
void start_record(const Session::State& state, Exchange& exchange, std::string_view name,
                  const Tool* tool) {
    auto* const audit = state.server.audit();
    if (audit == nullptr) return;
    auto info = std::string_view(state.client_info);
    if (exchange.revision().modern()) {  // each request says it anew
        const auto said = core::RawObject::scan(exchange.params.find("_meta").value_or("{}"));
        info = said->find(meta::client_info).value_or("");
    }
    auto arguments =
        std::make_shared<const std::string>(exchange.params.find("arguments").value_or(""));
    const bool read_only = tool == nullptr || tool->annotations.read_only;
    exchange.reply.set_record(
        audit->begin({state.client, info, state.transport, exchange.revision(), exchange.reply.id(),
                      name, std::move(arguments), read_only}));
}

}  // namespace

void Session::State::call_tool(Exchange exchange) {
    auto& reply = exchange.reply;
    const auto name = exchange.text("name");
    const auto tool = server.registry().tool(name.value_or(""));
    start_record(*this, exchange, name.value_or(""), tool.get());
    if (!name) return reply.error(invalid_params("name must be a string"));
    if (!tool) {
        const auto why = server.registry().absence(*name);
        return reply.error({RpcCode::invalid_params,
                            why.empty() ? unknown("tool", *name, server.registry().tools())
                                        : fmt::format("Unknown tool: {}. {}", *name, why)});
    }
    const auto text = exchange.params.find("arguments").value_or("");
    if (exchange.headers != nullptr && mirrors_parameters(tool->input_schema)) {
        const auto arguments = read_arguments(text);
        const auto error = check_parameter_headers(*exchange.headers, tool->input_schema,
                                                   arguments ? *arguments : core::Json::object());
        if (error) return reply.reject(*error);
    }
    Call call;
    if (const auto error = choose_task(*tool, exchange, call)) return reply.error(*error);
    reply.set_tool(*name);
    if (auto known = recall(*tool, client, exchange, call))
        return reply.tool_result(std::move(*known));
    call.what = "tool " + *name;
    call.work = [tool, raw = std::make_shared<const std::string>(text)](CallContext context) {
        return run_tool(tool, std::move(context), raw);
    };
    begin(std::move(exchange), std::move(call));
}

void Session::State::get_prompt(Exchange exchange) {
    auto& reply = exchange.reply;
    const auto name = exchange.text("name");
    if (!name) return reply.error(invalid_params("name must be a string"));
    const auto prompt = server.registry().prompt(*name);
    if (!prompt)
        return reply.error(
            {RpcCode::invalid_params, unknown("prompt", *name, server.registry().prompts())});
    auto arguments = read_strings(exchange.params.find("arguments"));
    if (!arguments) return reply.error(invalid_params("arguments must be an object of strings"));
    for (const auto& argument : prompt->arguments)
        if (argument.required && !arguments->contains(argument.name))
            return reply.error(invalid_params("arguments." + argument.name + " is required"));
    Call call;
    call.what = exchange.method;
    call.work = [prompt, arguments = std::move(*arguments), revision = exchange.revision(),
                 &metrics = server.metrics()](CallContext context) {
        return run_prompt(prompt, std::move(context), arguments, revision, metrics);
    };
    begin(std::move(exchange), std::move(call));
}

void Session::State::read_resource(Exchange exchange) {
    auto& reply = exchange.reply;
    const auto uri = exchange.text("uri");
    if (!uri) return reply.error(invalid_params("uri must be a string"));
    auto reader = server.registry().reader(*uri);
    if (!reader.read) return reply.error(resource_not_found(*uri));
    Call call;
    call.what = exchange.method;
    call.work = [reader = std::move(reader), revision = exchange.revision(),
                 &metrics = server.metrics()](CallContext context) {
        return run_read(reader, std::move(context), revision, metrics);
    };
    begin(std::move(exchange), std::move(call));
}

void Session::State::complete(Exchange exchange) {
    auto& reply = exchange.reply;
    const auto type = member(exchange, "ref", "type");
    if (!type) return reply.error(invalid_params("ref must be an object with a type"));
    const auto argument = member(exchange, "argument", "name");
    const auto value = member(exchange, "argument", "value");
    if (!argument || !value)
        return reply.error(invalid_params("argument must be an object with name and value"));

    Completer complete;
    if (type == "ref/prompt") {
        const auto name = member(exchange, "ref", "name");
        if (!name) return reply.error(invalid_params("ref.name must be a string"));
        const auto prompt = server.registry().prompt(*name);
        if (!prompt)
            return reply.error(
                {RpcCode::invalid_params, unknown("prompt", *name, server.registry().prompts())});
        complete = prompt->complete;
    } else if (type == "ref/resource") {
        const auto uri = member(exchange, "ref", "uri");
        if (!uri) return reply.error(invalid_params("ref.uri must be a string"));
        const auto known = server.registry().resource_template(*uri);
        if (!known && !server.registry().reader(*uri).read)
            return reply.error(resource_not_found(*uri));
        if (known) complete = known->complete;
    } else {
        return reply.error(invalid_params("ref.type must be ref/prompt or ref/resource"));
    }
    if (!complete) return reply.result(completion_members({}));

    CompletionRequest request{*argument, *value, {}};
    if (const auto context = core::RawObject::scan(exchange.params.find("context").value_or("{}")))
        request.arguments = read_strings(context->find("arguments")).value_or(request.arguments);
    Call call;
    call.what = exchange.method;
    call.work = [complete = std::move(complete),
                 request = std::move(request)](CallContext context) {
        return run_completion(complete, std::move(context), request);
    };
    begin(std::move(exchange), std::move(call));
}

}  // namespace blender_mcpd::mcp
