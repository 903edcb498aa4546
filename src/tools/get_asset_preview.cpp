#include "asset_answers.hpp"
#include "binder.hpp"
#include "blender_assets.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"

#include <utility>

namespace blender_mcpd::tools {

using namespace schema;

Spec get_asset_preview_spec() {
    return {
        .name = "get_asset_preview",
        .title = "Preview an asset",
        .description =
            "The picture of an asset that search_assets found, by value: look at it before you "
            "import it. It comes from the provider; no Blender is started but for those of "
            "blender.",
        .input = object({
            {"provider", fragments::asset_provider({blender_provider}, {}), required},
            {"id", fragments::asset_id(), required},
        }),
        .output = result({
            {"asset", type("object", "{provider, id, name, kind, license, …}"), required},
            {"image", type("object", "{mime_type, bytes}"), required},
        }),
        .annotations = {.read_only = true,
                        .destructive = false,
                        .idempotent = true,
                        .open_world = true},
    };
}

namespace {

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> run(Toolbox toolbox, mcp::CallContext context,
                                                          core::Json arguments) {
    if (arguments["provider"] == blender_provider)
        co_return co_await preview_in_blender(std::move(toolbox), std::move(context),
                                              std::move(arguments));
    const auto library = asset_library(toolbox);
    if (!library) co_return library.error();
    auto provider = arguments["provider"].get<std::string>();
    auto id = arguments["id"].get<std::string>();
    auto preview = co_await (*library)->preview(std::move(provider), std::move(id), context.cancel);
    if (!preview) co_return preview.error();
    mcp::ToolResult result;
    result.structured = core::dump(core::Json{
        {"asset", to_json(preview->asset)},
        {"image", {{"mime_type", preview->mime_type}, {"bytes", preview->bytes.size()}}}});
    result.content.emplace_back(
        mcp::ImageContent{std::move(preview->bytes), std::move(preview->mime_type)});
    co_return result;
}

}  // namespace

mcp::Tool get_asset_preview(const Toolbox& toolbox) {
    return tools::bind(get_asset_preview_spec(), toolbox, run);
}

}  // namespace blender_mcpd::tools
