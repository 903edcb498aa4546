#include "ambientcg.hpp"

#include "document.hpp"
#include "file_type.hpp"
#include "filters.hpp"
#include "maps.hpp"

#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/guard/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace blender_mcpd::assets {

namespace asio = boost::asio;

namespace {

constexpr std::size_t largest_answer = std::size_t{16} << 20;
// By kind, as the interface calls them.
constexpr std::array<std::string_view, 3> type_names{"Material", "HDRI", "3DModel"};

constexpr auto include = "displayData,imageData,tagData,downloadData,statisticsData,dimensionsData";

/// One way to fetch an asset: "2K-JPG".
struct Download {
    std::string resolution;
    std::string format;   // of the images
    std::string variant;  // what else the name says: "SQ"; empty as a rule
    RemoteFile file;
    bool is_archive = false;
};

std::optional<Download> download_of(const core::Json& about) {
    Download one;
    auto rest = text_at(about, "attribute");
    while (!rest.empty()) {
        const auto end = std::min(rest.find('-'), rest.size());
        const auto word = rest.substr(0, end);
        rest.erase(0, end + 1);
        if (!resolution_word(word).empty())
            one.resolution = resolution_word(word);
        else if (is_map_image("." + core::lower_case(word)))
            one.format = core::lower_case(word);
        else
            one.variant += (one.variant.empty() ? "" : "-") + word;
    }
    one.file = {text_at(about, "downloadLink"), text_at(about, "fileName"),
                count_at(about, "size")};
    const auto type = ending(one.file.path);
    one.is_archive = type == ".zip";
    if (type == ".exr" || type == ".hdr") one.format = type.substr(1);
    if (one.file.url.empty() || (!one.is_archive && type != ".exr" && type != ".hdr"))
        return std::nullopt;
    return one;
}

std::vector<Download> downloads_of(const core::Json& found) {
    std::vector<Download> all;
    const auto& categories =
        at(at(at(found, "downloadFolders"), "default"), "downloadFiletypeCategories");
    if (!categories.is_object()) return all;
    for (const auto& category : categories.items()) {
        const auto& list = at(category.value(), "downloads");
        if (!list.is_array()) continue;
        for (const auto& about : list)
            if (auto one = download_of(about)) all.push_back(std::move(*one));
    }
    // Of several qualities the plain one, else the first.
    std::ranges::stable_sort(all, {}, [](const auto& one) { return one.variant.size(); });
    return all;
}

std::vector<std::string> resolutions_of(const std::vector<Download>& downloads) {
    std::vector<std::string> all;
    for (const auto& one : downloads)
        if (!one.resolution.empty()) all.push_back(one.resolution);
    sort_resolutions(all);
    return all;
}

}  // namespace

std::optional<Asset> ambientcg_asset(const core::Json& found) {
    Asset asset;
    asset.provider = ambientcg_provider;
    asset.id = text_at(found, "assetId");
    const auto type = std::ranges::find(type_names, text_at(found, "dataType"));
    if (!guard::is_asset_id(asset.id) || type == type_names.end()) return std::nullopt;
    asset.kind = static_cast<Kind>(type - type_names.begin());
    asset.name = text_at(found, "displayName");
    if (asset.name.empty()) asset.name = asset.id;
    asset.authors = {"ambientCG"};
    asset.license = public_domain();
    asset.source_url = "https://ambientcg.com/view?id=" + asset.id;
    const auto& pictures = at(found, "previewImage");
    for (const auto* size : {"512-PNG", "256-PNG", "512-JPG-FFFFFF", "256-JPG-FFFFFF", "128-PNG"})
        if (asset.preview_url.empty()) asset.preview_url = text_at(pictures, size);
    asset.tags = texts_at(found, "tags");
    asset.resolutions = resolutions_of(downloads_of(found));
    asset.size_m = static_cast<double>(count_at(found, "dimensionX")) / 100.0;
    asset.downloads = static_cast<std::int64_t>(
        std::min<std::uint64_t>(count_at(found, "downloadCount"), 1'000'000'000'000));
    return asset;
}

core::Result<Plan> ambientcg_plan(const core::Json& found, const ProviderImport& wanted) {
    const auto asset = ambientcg_asset(found);
    auto downloads = downloads_of(found);
    if (!asset || downloads.empty()) return no_such_asset(ambientcg_provider, wanted.id);
    Plan plan;
    plan.asset = *asset;
    if (!asset->resolutions.empty()) {
        auto resolution = choose_resolution(wanted, asset->resolutions);
        if (!resolution) return resolution.error();
        plan.resolution = std::move(*resolution);
        std::erase_if(downloads,
                      [&](const auto& one) { return one.resolution != plan.resolution; });
    }
    std::vector<std::string> formats;
    for (const auto& one : downloads)
        formats.push_back(one.format);
    auto format = choose_format(wanted.format, {"jpg", "hdr", "exr", "png", ""}, formats);
    if (!format) return format.error();
    const auto chosen = std::ranges::find(downloads, *format, &Download::format);
    plan.format = std::move(*format);
    Bundle bundle;
    bundle.files = {chosen->file};
    bundle.is_archive = chosen->is_archive;
    if (!bundle.is_archive) plan.roles = {"environment"};
    plan.source = std::move(bundle);
    return plan;
}

AmbientCg::AmbientCg(Http& http, std::string url)
    : http_(http),
      site_{
          std::move(url),
          {".ambientcg.com", "ambientcg.com", ".struffelproductions.com", "f003.backblazeb2.com"}} {
}

asio::awaitable<core::Result<core::Json>> AmbientCg::ask(guard::UrlBuilder builder,
                                                         core::CancelToken cancel) {
    const auto url = builder.build();
    if (!url) co_return url.error();
    HttpRequest request{*url, site_};
    const auto text = co_await http_.get(std::move(request), largest_answer, std::move(cancel));
    if (!text) co_return text.error();
    auto document = parse_document(*text, name());
    if (document && !at(*document, "foundAssets").is_array())
        co_return parse_document("", name()).error();
    co_return document;
}

asio::awaitable<core::Result<ProviderPage>> AmbientCg::search(ProviderSearch wanted,
                                                              core::CancelToken cancel) {
    const auto& filters = wanted.filters;  // every licence there allows everything
    if (!filters.category.empty()) co_return cannot_search_by(name(), "category");
    if (filters.animated) co_return cannot_search_by(name(), "animated");
    if (filters.max_faces > 0) co_return cannot_search_by(name(), "max_faces");
    auto url = guard::UrlBuilder::at(site_.base);
    url.segment("api").segment("v2").segment("full_json");
    url.query("type", wanted.kind ? type_names[static_cast<std::size_t>(*wanted.kind)]
                                  : "Material,HDRI,3DModel");
    if (!wanted.query.empty()) url.query("q", wanted.query);
    url.query("sort", "Popular");
    url.query("limit", std::to_string(wanted.limit));
    url.query("offset", std::to_string(wanted.place.offset));
    url.query("include", include);
    const auto document = co_await ask(std::move(url), std::move(cancel));
    if (!document) co_return document.error();
    ProviderPage page;
    page.total = count_at(*document, "numberOfResults");
    for (const auto& found : at(*document, "foundAssets"))
        if (auto asset = ambientcg_asset(found)) page.assets.push_back(std::move(*asset));
    co_return page;
}

asio::awaitable<core::Result<core::Json>> AmbientCg::find(std::string id,
                                                          core::CancelToken cancel) {
    if (!guard::is_asset_id(id)) co_return no_such_asset(name(), id);
    auto url = guard::UrlBuilder::at(site_.base);
    url.segment("api").segment("v2").segment("full_json").query("id", id);
    url.query("include", include);
    const auto document = co_await ask(std::move(url), std::move(cancel));
    if (!document) co_return document.error();
    for (const auto& found : at(*document, "foundAssets"))
        if (text_at(found, "assetId") == id) co_return found;
    co_return no_such_asset(name(), id);
}

asio::awaitable<core::Result<Asset>> AmbientCg::details(std::string id, core::CancelToken cancel) {
    const auto found = co_await find(id, std::move(cancel));
    if (!found) co_return found.error();
    auto asset = ambientcg_asset(*found);
    if (!asset) co_return no_such_asset(name(), id);
    co_return std::move(*asset);
}

asio::awaitable<core::Result<Plan>> AmbientCg::plan(ProviderImport wanted,
                                                    core::CancelToken cancel) {
    const auto found = co_await find(wanted.id, std::move(cancel));
    if (!found) co_return found.error();
    auto planned = ambientcg_plan(*found, wanted);
    if (planned) std::get<Bundle>(planned->source).site = site_;
    co_return planned;
}

asio::awaitable<core::Result<std::string>> AmbientCg::preview(Asset asset,
                                                              core::CancelToken cancel) {
    return fetch_picture(http_, site_, std::move(asset), std::move(cancel));
}

}  // namespace blender_mcpd::assets
