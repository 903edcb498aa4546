#include "asset_answers.hpp"
#include "asset_import.hpp"
#include "binder.hpp"
#include "blender_assets.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"
#include "seconds.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace blender_mcpd::tools {

using namespace schema;

Spec import_asset_spec() {
    return {
        .name = "import_asset",
        .title = "Import an asset",
        .description =
            "Fetches an asset that search_assets found (once: it is cached) and puts it into the "
            "scene as one undo step: a texture becomes a material of objects, an HDRI lights the "
            "world, a model comes to a location. Licence and authors are noted in the file. "
            "Returns what came in. For files on disk use import_file.",
        .input = object({
            {"provider", fragments::asset_provider({blender_provider}, {}), required},
            {"id", fragments::asset_id(), required},
            {"resolution", string(2, 3, "1k, 2k, 4k, …; lower is faster. Default: 2k or nearest.")},
            {"format", string(1, 16, "jpg, png, exr, hdr, glb, gltf, fbx. Default: the smallest.")},
            {"name", fragments::name("Of what is made. Default: the asset's.")},
            {"objects", fragments::names(1, 1'000, "Texture: these get the material.")},
            {"projection", one_of({"uv", "box"}, "Texture. Default: box without a UV map.")},
            {"scale", number(1e-4, 1e4, "Texture: repeats. Default: its real size.")},
            {"displacement",
             one_of({"off", "bump", "displacement", "both"}, "Texture. Default: off.")},
            {"world", one_of({"new", "replace"}, "HDRI: a new world, or the image of this one.")},
            {"rotation_degrees", number(-36'000, 36'000, "HDRI: clockwise seen from above.")},
            {"strength", number(0, 1e6, "HDRI: of its light.")},
            {"location", fragments::position("Model.")},
            {"rotation", fragments::rotation("Model.")},
            {"target_size", number(1e-6, 1e6, "Model: its longest side.")},
            {"collection", fragments::name("Model: into this one, made if missing.")},
            {"pack", boolean("Its images into the .blend. Default: what was downloaded.")},
            {"timeout_s", fragments::timeout(3'600, "Seconds, of the import in Blender.")},
        }),
        .output = result({
            {"asset", type("object", "{provider, id, name, kind, license, …}"), required},
            {"files", list_of(type("object", "{name, role}")), required},
            {"imported", type("object", "What came in, with warnings."), required},
            {"changes", fragments::changes(), required},
            {"generation", fragments::generation(), required},
        }),
        .annotations = {.read_only = false,
                        .destructive = true,  // of what materials and the world were before
                        .idempotent = false,
                        .open_world = true},
    };
}

namespace {

/// What only one kind of asset can be told.
struct Placement {
    assets::Kind kind;
    const char* name;
};
constexpr std::array placements{
    Placement{assets::Kind::texture, "objects"},  Placement{assets::Kind::texture, "projection"},
    Placement{assets::Kind::texture, "scale"},    Placement{assets::Kind::texture, "displacement"},
    Placement{assets::Kind::hdri, "world"},       Placement{assets::Kind::hdri, "rotation_degrees"},
    Placement{assets::Kind::hdri, "strength"},    Placement{assets::Kind::model, "location"},
    Placement{assets::Kind::model, "rotation"},   Placement{assets::Kind::model, "target_size"},
    Placement{assets::Kind::model, "collection"},
};

core::Result<void> check_placement(const core::Json& arguments, const assets::Asset& asset) {
    for (const auto& one : placements)
        if (one.kind != asset.kind && arguments.contains(one.name))
            return core::Error{core::ErrorCode::invalid,
                               fmt::format("{}: {} is a {}, which has no {}", one.name, asset.name,
                                           to_string(asset.kind), one.name),
                               fmt::format("Leave it out: it is for a {}", to_string(one.kind))};
    return {};
}

/// The arguments of the operation in Blender.
core::Json operation_arguments(const core::Json& arguments, const assets::Prepared& prepared,
                               bool pack_downloads) {
    const auto& asset = prepared.asset;
    auto wanted = import_arguments(prepared, arguments.value("name", asset.name));
    for (const auto& one : placements)
        if (const auto found = arguments.find(one.name); found != arguments.end())
            wanted[one.name] = *found;
    // What has a lease lies in the cache, which does not keep it for ever.
    wanted["pack"] = arguments.value("pack", pack_downloads && prepared.lease != nullptr);
    if (asset.size_m > 0) wanted["physical_size_m"] = asset.size_m;
    return wanted;
}

assets::ByteProgress forward_bytes(const mcp::CallContext& context, std::string name) {
    return [report = context.progress, name = std::move(name)](std::uint64_t done,
                                                               std::uint64_t total) {
        std::optional<double> whole;
        if (total > 0) whole = static_cast<double>(total);
        report({static_cast<double>(done), whole, "Fetching " + name});
    };
}

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> run(Toolbox toolbox, mcp::CallContext context,
                                                          core::Json arguments) {
    if (arguments["provider"] == blender_provider)
        co_return co_await import_in_blender(std::move(toolbox), std::move(context),
                                             std::move(arguments));
    const auto timeout = take_seconds(arguments, "timeout_s");
    const auto library = asset_library(toolbox);
    if (!library) co_return library.error();
    assets::ImportRequest request;
    request.provider = arguments["provider"].get<std::string>();
    request.id = arguments["id"].get<std::string>();
    request.resolution = arguments.value("resolution", "");
    request.format = arguments.value("format", "");
    request.with_displacement = arguments.value("displacement", "off") != "off";
    request.check = [arguments](const assets::Asset& asset) {
        return check_placement(arguments, asset);
    };
    auto on_bytes = forward_bytes(context, request.id);
    const auto prepared =
        co_await (*library)->prepare(std::move(request), std::move(on_bytes), context.cancel);
    if (!prepared) co_return prepared.error();
    auto in_blender = operation_arguments(arguments, *prepared, toolbox.options.pack_downloads);
    auto wanted = co_await operation("asset.import", std::move(in_blender), context);
    mark_as_edit(wanted, context);
    wanted.timeout = timeout.value_or(toolbox.options.script_timeout);
    // Its steps would count from nothing again, after the bytes.
    link::ProgressHandler silent = [](const link::Progress&) {};
    const auto reply =
        co_await toolbox.blender->call(std::move(wanted), context.cancel, std::move(silent));
    if (!reply) co_return reply.error();
    mcp::ToolResult result;
    result.structured = import_answer(reply->result(), *prepared);
    co_return result;
}

}  // namespace

mcp::Tool import_asset(const Toolbox& toolbox) {
    return tools::bind(import_asset_spec(), toolbox, run);
}

}  // namespace blender_mcpd::tools
