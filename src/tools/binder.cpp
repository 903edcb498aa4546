#include "binder.hpp"

#include "failure.hpp"
#include "schema.hpp"

#include <blender_mcpd/guard/json_schema.hpp>

#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace blender_mcpd::tools {
namespace {

namespace asio = boost::asio;

/// What a bound tool keeps between calls.
struct Bound {
    core::Json input;
    Handler handler;
    bool mutates;
    std::optional<core::Result<guard::JsonSchema>> schema;
};

core::Result<void> validate(Bound& bound, const core::Json& arguments) {
    if (!bound.schema) bound.schema.emplace(guard::JsonSchema::compile(bound.input));
    if (!*bound.schema) {
        auto error = bound.schema->error();
        error.code = core::ErrorCode::internal;
        return error;
    }
    return (*bound.schema)->validate(arguments);
}

/// JSON does not tell 3.0 from 3, Python does: range(3.0) fails. -0.0 has no integer and stays.
void make_whole(core::Json& value) {
    if (value.is_structured()) {
        for (auto& member : value)
            make_whole(member);
        return;
    }
    if (!value.is_number_float()) return;
    constexpr double exact = 9007199254740992.0;  // 2^53
    const auto number = value.get<double>();
    const auto whole = std::trunc(number);
    if (whole < number || whole > number || std::abs(number) > exact) return;
    if (std::signbit(number) && std::abs(number) < 1) return;
    value = static_cast<std::int64_t>(number);
}

asio::awaitable<mcp::ToolResult> run(std::shared_ptr<Bound> bound, mcp::CallContext context,
                                     core::Json arguments) {
    if (const auto valid = validate(*bound, arguments); !valid)
        co_return mcp::error_result(explain_refusal(valid.error()));
    make_whole(arguments);
    auto done = co_await bound->handler(std::move(context), std::move(arguments));
    if (!done)
        co_return mcp::error_result(
            explain_failure(done.error(), bound->mutates ? Effect::edit : Effect::none));
    co_return std::move(*done);
}

asio::awaitable<core::Result<mcp::ToolResult>> forward(blender::Blender& blender,
                                                       blender::Operation operation,
                                                       mcp::CallContext context) {
    auto reply =
        co_await blender.call(std::move(operation), context.cancel, forward_progress(context));
    if (!reply) co_return reply.error();
    co_return to_result(std::move(*reply));
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

mcp::Tool bind(Spec spec, Handler handler) {
    auto bound = std::make_shared<Bound>(
        Bound{spec.input, std::move(handler), !spec.annotations.read_only, std::nullopt});
    mcp::Tool tool;
    tool.name = std::move(spec.name);
    tool.title = std::move(spec.title);
    tool.description = std::move(spec.description);
    tool.input_schema = schema::published(std::move(spec.input));
    tool.output_schema = std::move(spec.output);
    tool.annotations = spec.annotations;
    tool.handler = [bound](mcp::CallContext context, core::Json arguments) {
        return run(bound, std::move(context), std::move(arguments));
    };
    return tool;
}

mcp::Tool pass_through(Spec spec, blender::Blender& blender) {
    auto handler = [&blender, name = spec.name, mutates = !spec.annotations.read_only](
                       mcp::CallContext context, const core::Json& arguments) {
        auto wanted = operation(name, arguments);
        wanted.mutates = mutates;
        return forward(blender, std::move(wanted), std::move(context));
    };
    return bind(std::move(spec), std::move(handler));
}

blender::Operation operation(std::string name, const core::Json& arguments) {
    blender::Operation wanted;
    wanted.name = std::move(name);
    wanted.args = core::dump(arguments);
    return wanted;
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
    result.structured = std::string(reply.result());
    if (reply.blob().empty()) return result;
    if (auto type = image_type(result.structured))
        result.content.emplace_back(mcp::ImageContent{reply.take_blob(), std::move(*type)});
    return result;
}

}  // namespace blender_mcpd::tools
