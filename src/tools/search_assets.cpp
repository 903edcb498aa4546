#include "asset_answers.hpp"
#include "binder.hpp"
#include "blender_assets.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"

#include <cstdint>
#include <utility>

namespace blender_mcpd::tools {

using namespace schema;

Spec search_assets_spec() {
    return {
        .name = "search_assets",
        .title = "Search assets",
        .description =
            "Finds textures, HDRIs and models: free ones of Poly Haven and ambientCG, models of "
            "Sketchfab and Poly Pizza where the user has set a key, and the user's own folders. "
            "Returns ids for get_asset_preview and import_asset, licences, authors; providers "
            "that failed, or cannot filter so, are in failures. Starts no Blender, unless "
            "provider is blender: assets marked in the open file and in .blend libraries.",
        .input = object({
            {"query",
             with_format("search-query", string(1, 4'096, "Words; without, the most popular."))},
            {"provider",
             fragments::asset_provider({"any", blender_provider}, "Default: any, but blender.")},
            {"kind", one_of({"texture", "hdri", "model"})},
            {"category", string(1, 100, "Of the provider; a wrong one is answered with all.")},
            {"license", one_of(std::vector<std::string_view>(assets::license_filter_names.begin(),
                                                             assets::license_filter_names.end()),
                               "cc0: no credit needed. commercial: CC0, CC-BY, CC-BY-SA.")},
            {"animated", boolean("Models with animation, or without.")},
            {"max_faces", integer(1, 1'000'000'000, "Models.")},
            {"limit", with_default(integer(1, 100), 20)},
            {"cursor", string(1, 2'000, "From the page before.")},
        }),
        .output = result({
            {"assets", list_of(type("object", "{provider, id, name, kind, license, …}")), required},
            {"total", type("integer", "Some providers tell it roughly."), required},
            {"failures", list_of(type("object", "{provider, error, remedy}"))},
            {"cursor", type("string", "Of the next page, if there is one.")},
        }),
        .annotations = {.read_only = true,
                        .destructive = false,
                        .idempotent = true,
                        .open_world = true},
    };
}

namespace {

assets::SearchRequest request_of(const core::Json& arguments) {
    assets::SearchRequest request;
    request.query = arguments.value("query", "");
    if (const auto provider = arguments.value("provider", "any"); provider != "any")
        request.providers = {provider};
    request.kind = assets::kind_named(arguments.value("kind", ""));
    request.limit = arguments.value("limit", std::size_t{20});
    request.cursor = arguments.value("cursor", "");
    request.filters = filters_of(arguments);
    return request;
}

boost::asio::awaitable<core::Result<mcp::ToolAnswer>> run(Toolbox toolbox, mcp::CallContext context,
                                                          core::Json arguments) {
    if (arguments.value("provider", "") == blender_provider)
        co_return co_await search_in_blender(std::move(toolbox), std::move(context),
                                             std::move(arguments));
    const auto library = asset_library(toolbox);
    if (!library) co_return library.error();
    auto request = request_of(arguments);
    const auto found = co_await (*library)->search(std::move(request), context.cancel);
    if (!found) co_return found.error();
    core::Json answer{{"assets", core::Json::array()}, {"total", found->total}};
    for (const auto& asset : found->assets)
        answer["assets"].push_back(to_json(asset));
    for (const auto& failure : found->failures)
        answer["failures"].push_back({{"provider", failure.provider},
                                      {"error", failure.error.message},
                                      {"remedy", failure.error.remedy}});
    if (!found->cursor.empty()) answer["cursor"] = found->cursor;
    mcp::ToolResult result;
    result.structured = core::dump(answer);
    co_return result;
}

}  // namespace

mcp::Tool search_assets(const Toolbox& toolbox) {
    return tools::bind(search_assets_spec(), toolbox, run);
}

}  // namespace blender_mcpd::tools
