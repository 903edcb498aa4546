#include "asset_import.hpp"
#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"
#include "model_images.hpp"
#include "seconds.hpp"

#include <blender_mcpd/assets/generation.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <array>
#include <utility>

namespace blender_mcpd::tools {

using namespace schema;

Spec generate_model_spec() {
    return {
        .name = "generate_model",
        .title = "Generate a 3D model",
        .description =
            "Has a service make a 3D model of one thing from words or images (minutes, and as a "
            "rule money: look with search_assets first) and imports it as one undo step. Progress "
            "and errors tell the job: with it alone the model is fetched later without another "
            "order. Do not repeat a call whose answer is lost. Returns what came in.",
        .input = object({
            {"prompt", string(1, 1'000, "What the model shows.")},
            {"images", array_of(object({{"path", fragments::source_path("Of a PNG, JPEG or WebP.")},
                                        {"data", string(4, 14'000'000, "The same as base64.")}}),
                                1, assets::most_pictures, "Of the same thing.")},
            {"service",
             one_of({assets::generation_services.begin(), assets::generation_services.end()},
                    "Default: the first that is set up.")},
            {"job", string(3, 2'000, "Told before: fetches that one.")},
            {"bounding_box", array_of(number(1e-6, 1e6), 3, 3, "[x, y, z]: proportions.")},
            {"seed", integer(0, 4'294'967'295, "The same makes the same.")},
            {"quality", one_of({"low", "medium", "high"}, "Default: the service's.")},
            {"tier", string(1, 32, "rodin: Sketch (fast), Regular, Detail, Smooth, Gen-2.")},
            {"name", fragments::name("Of what is made.")},
            {"location", fragments::position()},
            {"rotation", fragments::rotation("XYZ Euler, degrees.")},
            {"target_size", number(1e-6, 1e6, "Its longest side.")},
            {"collection", fragments::name("Into this one, made if missing.")},
            {"timeout_s", fragments::timeout(3'600, "Seconds, of the import in Blender.")},
        }),
        .output = result({
            {"job", type("string"), required},
            {"asset", type("object", "{provider, id, name, …}"), required},
            {"files", list_of(type("object", "{name, role}")), required},
            {"imported", type("object", "What came in, with warnings."), required},
            {"changes", fragments::changes(), required},
            {"generation", fragments::generation(), required},
        }),
        .annotations = {.read_only = false,
                        .destructive = false,
                        .idempotent = false,
                        .open_world = true},
    };
}

namespace {

/// What an order says, and a job has already.
constexpr std::array order_arguments{"prompt",       "images", "service", "quality",
                                     "bounding_box", "seed",   "tier"};
constexpr std::array placements{"location", "rotation", "target_size", "collection"};

using Images = std::vector<assets::Picture>;

core::Result<void> check_job_alone(const core::Json& arguments) {
    for (const auto* name : order_arguments)
        if (arguments.contains(name))
            return core::Error{core::ErrorCode::invalid,
                               fmt::format("{}: job names an order that was made already", name),
                               "Leave it out, or leave job out to order another model"};
    return {};
}

assets::GenerationRequest request_of(const core::Json& arguments, Images images) {
    assets::GenerationRequest request;
    request.service = arguments.value("service", "");
    request.prompt = arguments.value("prompt", "");
    request.pictures = std::move(images);
    request.quality = arguments.value("quality", "");
    request.tier = arguments.value("tier", "");
    if (const auto box = arguments.find("bounding_box"); box != arguments.end())
        request.bounding_box = box->get<std::array<double, 3>>();
    if (const auto seed = arguments.find("seed"); seed != arguments.end())
        request.seed = seed->get<std::int64_t>();
    return request;
}

/// Starts a Blender where none runs: nothing is paid for what cannot come in.
boost::asio::awaitable<core::Result<void>> find_blender(Toolbox toolbox, mcp::CallContext context) {
    core::Json arguments{{"detail", "summary"}};
    auto wanted = co_await operation("get_scene_info", std::move(arguments), context);
    link::ProgressHandler silent = [](const link::Progress&) {};
    const auto reply =
        co_await toolbox.blender->call(std::move(wanted), context.cancel, std::move(silent));
    if (!reply) co_return reply.error();
    co_return core::Result<void>();
}

/// The job of the call: an old one, or a new order.
boost::asio::awaitable<core::Result<assets::GenerationJob>> job_of_call(Toolbox toolbox,
                                                                        mcp::CallContext context,
                                                                        core::Json arguments) {
    auto& generation = *toolbox.options.generation;
    if (const auto job = arguments.find("job"); job != arguments.end()) {
        if (const auto alone = check_job_alone(arguments); !alone) co_return alone.error();
        co_return generation.job_of(job->get_ref<const std::string&>());
    }
    auto images = co_await read_images(toolbox, arguments);
    if (!images) co_return images.error();
    auto request = request_of(arguments, std::move(*images));
    if (const auto fine = generation.check(request); !fine) co_return fine.error();
    if (const auto there = co_await find_blender(toolbox, context); !there) co_return there.error();
    context.progress({0, {}, "Ordering the model"});
    co_return co_await generation.submit(std::move(request), context.cancel);
}

core::Json operation_arguments(const core::Json& arguments, const assets::Prepared& prepared,
                               bool pack_downloads) {
    auto wanted = import_arguments(prepared, prepared.asset.name);
    wanted["pack"] = pack_downloads;  // they lie in the cache, which does not keep them for ever
    if (const auto prompt = arguments.find("prompt"); prompt != arguments.end())
        wanted["provenance"]["prompt"] = core::excerpt(prompt->get_ref<const std::string&>(), 300);
    for (const auto* name : placements)
        if (const auto found = arguments.find(name); found != arguments.end())
            wanted[name] = *found;
    return wanted;
}

std::string name_of_model(const core::Json& arguments) {
    constexpr std::size_t longest = 60;
    if (auto name = arguments.value("name", ""); !name.empty()) return name;
    const auto prompt = arguments.value("prompt", "");
    return prompt.empty() ? "Generated model" : core::excerpt(prompt, longest);
}

/// Who cancels gets no answer, unless it is a task: the log tells what was ordered.
core::Error noted(core::Error error, const mcp::CallContext& context) {
    if (context.cancel.cancelled())
        spdlog::info("generate_model was cancelled: {}", core::describe(error));
    return error;
}

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> run(Toolbox toolbox, mcp::CallContext context,
                                                          core::Json arguments) {
    if (toolbox.options.generation == nullptr)
        co_return core::Error{core::ErrorCode::unavailable, "no models are generated here",
                              "Start blender-mcpd serve or stdio"};
    const auto timeout = take_seconds(arguments, "timeout_s");
    const auto job = co_await job_of_call(toolbox, context, arguments);
    if (!job) co_return noted(job.error(), context);
    assets::GenerationProgress on_progress = [report = context.progress](double seconds,
                                                                         std::string message) {
        report({1 + seconds, {}, std::move(message)});  // 0: the order
    };
    auto prepared =
        co_await toolbox.options.generation->finish(*job, std::move(on_progress), context.cancel);
    if (!prepared) co_return noted(prepared.error(), context);
    prepared->asset.name = name_of_model(arguments);
    auto in_blender = operation_arguments(arguments, *prepared, toolbox.options.pack_downloads);
    auto wanted = co_await operation("asset.import", std::move(in_blender), context);
    mark_as_edit(wanted, context);
    wanted.timeout = timeout.value_or(toolbox.options.script_timeout);
    link::ProgressHandler silent = [](const link::Progress&) {};  // its steps count anew
    const auto reply =
        co_await toolbox.blender->call(std::move(wanted), context.cancel, std::move(silent));
    if (!reply) co_return noted(assets::keeping_job(reply.error(), *job), context);
    mcp::ToolResult result;
    result.structured = import_answer(reply->result(), *prepared, {{"job", job->text()}});
    co_return result;
}

}  // namespace

mcp::Tool generate_model(const Toolbox& toolbox) {
    return tools::bind(generate_model_spec(), toolbox, run);
}

}  // namespace blender_mcpd::tools
