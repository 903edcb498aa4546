#include "sketchfab.hpp"

#include "document.hpp"
#include "filters.hpp"
#include "result_page.hpp"

#include <blender_mcpd/guard/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace blender_mcpd::assets {

namespace asio = boost::asio;

namespace {

constexpr std::size_t page_size = 24;  // the most that the interface gives
constexpr int most_pages = 6;          // that one search asks for

constexpr std::array<std::string_view, 18> categories{"animals-pets",
                                                      "architecture",
                                                      "art-abstract",
                                                      "cars-vehicles",
                                                      "characters-creatures",
                                                      "cultural-heritage-history",
                                                      "electronics-gadgets",
                                                      "fashion-style",
                                                      "food-drink",
                                                      "furniture-home",
                                                      "music",
                                                      "nature-plants",
                                                      "news-politics",
                                                      "people",
                                                      "places-travel",
                                                      "science-technology",
                                                      "sports-fitness",
                                                      "weapons-military"};

/// A search tells the first two, a model all of them.
struct KnownLicense {
    std::string_view uid;
    std::string_view label;
    std::string_view slug;
    std::string_view name;  // SPDX, where there is one
    std::string_view url;
};

constexpr std::array licenses{
    KnownLicense{"7c23a1ba438d4306920229c12afcb5f9", "CC0 Public Domain", "cc0", "CC0-1.0",
                 "https://creativecommons.org/publicdomain/zero/1.0/"},
    KnownLicense{"322a749bcfa841b29dff1e8a1bb74b0b", "CC Attribution", "by", "CC-BY-4.0",
                 "https://creativecommons.org/licenses/by/4.0/"},
    KnownLicense{"b9ddc40b93e34cdca1fc152f39b9f375", "CC Attribution-ShareAlike", "by-sa",
                 "CC-BY-SA-4.0", "https://creativecommons.org/licenses/by-sa/4.0/"},
    KnownLicense{"72360ff1740d419791934298b8b6d270", "CC Attribution-NoDerivs", "by-nd",
                 "CC-BY-ND-4.0", "https://creativecommons.org/licenses/by-nd/4.0/"},
    KnownLicense{"bbfe3f7dbcdd4122b966b85b9786a989", "CC Attribution-NonCommercial", "by-nc",
                 "CC-BY-NC-4.0", "https://creativecommons.org/licenses/by-nc/4.0/"},
    KnownLicense{"2628dbe5140a4e9592126c8df566c0b7", "CC Attribution-NonCommercial-ShareAlike",
                 "by-nc-sa", "CC-BY-NC-SA-4.0",
                 "https://creativecommons.org/licenses/by-nc-sa/4.0/"},
    KnownLicense{"34b725081a6a4184957efaec2cb84ed3", "CC Attribution-NonCommercial-NoDerivs",
                 "by-nc-nd", "CC-BY-NC-ND-4.0",
                 "https://creativecommons.org/licenses/by-nc-nd/4.0/"},
    KnownLicense{"72eb2b1960364637901eacce19283624", "Free Standard", "free-st",
                 "Sketchfab Free Standard", "https://sketchfab.com/licenses"},
    KnownLicense{"783b685da9bf457d81e829fa283f3567", "Standard", "st", "Sketchfab Standard",
                 "https://sketchfab.com/licenses"},
    KnownLicense{"5b54cf13b1a4422ca439696eb152070d", "Editorial", "ed", "Sketchfab Editorial",
                 "https://sketchfab.com/licenses"},
};

License license_of(const core::Json& about) {
    const auto uid = text_at(about, "uid");
    const auto slug = text_at(about, "slug");
    const auto label = text_at(about, "label");
    for (const auto& one : licenses)
        if (one.uid == uid || one.slug == slug || one.label == label)
            return {std::string(one.name), std::string(one.url)};
    return {label, text_at(about, "url")};
}

std::vector<std::string> names_at(const core::Json& found, const char* list) {
    std::vector<std::string> names;
    if (const auto& all = at(found, list); all.is_array())
        for (const auto& one : all)
            if (auto name = text_at(one, "name"); !name.empty()) names.push_back(std::move(name));
    return names;
}

/// The smallest that is as wide as one wants to see it, else the widest.
std::string picture_of(const core::Json& found) {
    constexpr std::uint64_t wide_enough = 500;
    std::string url;
    std::uint64_t width = 0;
    const auto& all = at(at(found, "thumbnails"), "images");
    if (!all.is_array()) return url;
    for (const auto& one : all) {
        const auto other = count_at(one, "width");
        const bool is_better =
            width < wide_enough ? other > width : other >= wide_enough && other < width;
        if (url.empty() || is_better) {
            url = text_at(one, "url");
            width = other;
        }
    }
    return url;
}

std::int64_t limited(std::uint64_t count) {
    constexpr std::uint64_t most = 1'000'000'000'000;
    return static_cast<std::int64_t>(std::min(count, most));
}

core::Result<void> add_filters(guard::UrlBuilder& url, const SearchFilters& filters) {
    if (!filters.category.empty()) {
        const auto category = find_category(sketchfab_provider, filters.category, categories);
        if (!category) return category.error();
        url.query("categories", *category);
    }
    if (filters.license != LicenseFilter::any)
        for (const auto& one : licenses)
            if (is_licensed({std::string(one.name), {}}, filters.license))
                url.query("licenses", one.slug);
    if (filters.animated) url.query("animated", *filters.animated ? "true" : "false");
    if (filters.max_faces > 0) url.query("max_face_count", std::to_string(filters.max_faces));
    return {};
}

/// Of the page at that place. Error: invalid, when there is no such category.
core::Result<guard::UrlBuilder> search_url(const Site& site, const ProviderSearch& wanted,
                                           const Place& place) {
    auto url = guard::UrlBuilder::at(site.base);
    url.segment("v3").segment("search").query("type", "models").query("downloadable", "true");
    if (wanted.query.empty())
        url.query("sort_by", "-likeCount");
    else
        url.query("q", wanted.query);
    if (const auto added = add_filters(url, wanted.filters); !added) return added.error();
    url.query("count", std::to_string(page_size));
    if (!place.page.empty()) url.query("cursor", place.page);
    return url;
}

}  // namespace

std::optional<Asset> sketchfab_asset(const core::Json& found) {
    Asset asset;
    asset.provider = sketchfab_provider;
    asset.id = text_at(found, "uid");
    if (!guard::is_asset_id(asset.id)) return std::nullopt;
    asset.kind = Kind::model;
    asset.name = text_at(found, "name");
    if (asset.name.empty()) asset.name = asset.id;
    const auto& user = at(found, "user");
    auto author = text_at(user, "displayName");
    if (author.empty()) author = text_at(user, "username");
    if (!author.empty()) asset.authors = {std::move(author)};
    asset.license = license_of(at(found, "license"));
    asset.source_url = "https://sketchfab.com/3d-models/" + asset.id;
    asset.preview_url = picture_of(found);
    asset.tags = names_at(found, "tags");
    asset.categories = names_at(found, "categories");
    asset.downloads = limited(count_at(found, "downloadCount"));
    asset.faces = limited(count_at(found, "faceCount"));
    if (at(found, "animationCount").is_number())
        asset.animated = count_at(found, "animationCount") > 0;
    return asset;
}

core::Result<Plan> sketchfab_plan(const core::Json& found, const core::Json& downloads,
                                  const ProviderImport& wanted) {
    auto asset = sketchfab_asset(found);
    if (!asset) return no_such_asset(sketchfab_provider, wanted.id);
    std::vector<std::string> there;
    for (const auto* one : {"glb", "gltf"})
        if (!text_at(at(downloads, one), "url").empty()) there.emplace_back(one);
    auto format = choose_format(wanted.format, {"glb", "gltf"}, there);
    if (!format) return format.error();
    const auto& about = at(downloads, format->c_str());
    Plan plan;
    Bundle bundle;
    bundle.is_archive = *format == "gltf";
    RemoteFile file{text_at(about, "url"), asset->id + (bundle.is_archive ? ".zip" : ".glb"),
                    count_at(about, "size")};
    // The URL is signed, and another one each time.
    file.identity =
        fmt::format("sketchfab {} {} {}", asset->id, *format, text_at(found, "updatedAt"));
    bundle.files = {std::move(file)};
    if (!bundle.is_archive) plan.roles = {"model"};
    plan.asset = std::move(*asset);
    plan.format = std::move(*format);
    plan.source = std::move(bundle);
    return plan;
}

Sketchfab::Sketchfab(Http& http, std::string url, core::Secret token)
    : ModelSite(http,
                {std::move(url),
                 {".sketchfab.com", "sketchfab.com", "sketchfab-prod-media.s3.amazonaws.com"}},
                std::move(token), "Authorization: Token ") {}

guard::UrlBuilder Sketchfab::model_url(std::string_view id) const {
    auto url = guard::UrlBuilder::at(site().base);
    url.segment("v3").segment("models").segment(id);
    return url;
}

std::optional<Asset> Sketchfab::read(const core::Json& found) const {
    return sketchfab_asset(found);
}

asio::awaitable<core::Result<ProviderPage>> Sketchfab::search(ProviderSearch wanted,
                                                              core::CancelToken cancel) {
    ProviderPage page;
    if (wanted.kind.value_or(Kind::model) != Kind::model) co_return page;
    auto place = wanted.place;
    for (int count = 0; count < most_pages && page.assets.size() < wanted.limit; ++count) {
        auto url = search_url(site(), wanted, place);
        if (!url) co_return url.error();
        const auto document = co_await ask(std::move(*url), cancel);
        if (!document) co_return document.error();
        const auto& results = at(*document, "results");
        if (!results.is_array()) co_return parse_document("", name()).error();
        page.total = take_results(results, place.page_begin, wanted, sketchfab_asset, place, page);
        auto next = text_at(at(*document, "cursors"), "next");
        page.is_more = place.offset < page.total || !next.empty();
        if (next.empty() || results.empty()) break;
        place = {page.total, std::move(next), page.total};
    }
    co_return page;
}

asio::awaitable<core::Result<Plan>> Sketchfab::plan(ProviderImport wanted,
                                                    core::CancelToken cancel) {
    const auto found = co_await find(wanted.id, cancel);
    if (!found) co_return found.error();
    if (at(*found, "isDownloadable") == core::Json(false))
        co_return core::Error{core::ErrorCode::unavailable,
                              "its author lets nobody download " + text_at(*found, "name"),
                              "search_assets finds those that may be downloaded"};
    auto url = model_url(wanted.id);
    url.segment("download");
    const auto downloads = co_await ask(std::move(url), std::move(cancel));
    if (!downloads) co_return downloads.error();
    auto planned = sketchfab_plan(*found, *downloads, wanted);
    if (planned) std::get<Bundle>(planned->source).site = site();
    co_return planned;
}

}  // namespace blender_mcpd::assets
