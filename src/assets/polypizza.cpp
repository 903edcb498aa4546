#include "polypizza.hpp"

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

constexpr std::size_t page_size = 32;  // the most that the interface gives
constexpr int most_pages = 6;          // that one search asks for

// By number, as the interface wants them.
constexpr std::array<std::string_view, 12> categories{
    "Food & Drink", "Clutter", "Weapons",   "Transport",           "Furniture & Decor", "Objects",
    "Nature",       "Animals", "Buildings", "People & Characters", "Scenes & Levels",   "Other"};

/// "CC-BY 3.0" is CC-BY-3.0 in SPDX.
License license_of(std::string name) {
    std::ranges::replace(name, ' ', '-');
    if (name == "CC0" || name.starts_with("CC0-")) return public_domain();
    constexpr std::string_view attribution = "CC-BY-";
    if (!name.starts_with(attribution)) return {std::move(name), {}};
    auto url = fmt::format("https://creativecommons.org/licenses/by/{}/",
                           std::string_view(name).substr(attribution.size()));
    return {std::move(name), std::move(url)};
}

core::Result<void> add_filters(guard::UrlBuilder& url, const SearchFilters& filters) {
    if (!filters.category.empty()) {
        const auto category = find_category(polypizza_provider, filters.category, categories);
        if (!category) return category.error();
        url.query("Category",
                  std::to_string(std::ranges::find(categories, *category) - categories.begin()));
    }
    if (filters.license == LicenseFilter::cc0) url.query("License", "1");
    if (filters.animated) url.query("Animated", *filters.animated ? "1" : "0");
    return {};
}

/// Of that page, from 0 on. Error: invalid, when there is no such category.
core::Result<guard::UrlBuilder> search_url(const Site& site, const ProviderSearch& wanted,
                                           std::size_t page) {
    auto url = guard::UrlBuilder::at(site.base);
    url.segment("v1.1").segment("search");
    if (!wanted.query.empty()) url.segment(wanted.query);
    if (const auto added = add_filters(url, wanted.filters); !added) return added.error();
    url.query("Limit", std::to_string(page_size));
    if (page > 0) url.query("Page", std::to_string(page));
    return url;
}

/// The site has no list of everything.
bool has_nothing_to_search_by(const ProviderSearch& wanted) {
    const auto& filters = wanted.filters;
    return wanted.query.empty() && filters.category.empty() &&
           filters.license != LicenseFilter::cc0 && !filters.animated;
}

}  // namespace

std::optional<Asset> polypizza_asset(const core::Json& found) {
    Asset asset;
    asset.provider = polypizza_provider;
    asset.id = text_at(found, "ID");
    if (!guard::is_asset_id(asset.id)) return std::nullopt;
    asset.kind = Kind::model;
    asset.name = text_at(found, "Title");
    if (asset.name.empty()) asset.name = asset.id;
    if (auto author = text_at(at(found, "Creator"), "Username"); !author.empty())
        asset.authors = {std::move(author)};
    asset.license = license_of(text_at(found, "Licence"));
    asset.attribution = text_at(found, "Attribution");
    asset.source_url = "https://poly.pizza/m/" + asset.id;
    asset.preview_url = text_at(found, "Thumbnail");
    asset.tags = texts_at(found, "Tags");
    if (auto category = text_at(found, "Category"); !category.empty())
        asset.categories = {std::move(category)};
    constexpr std::uint64_t most = 1'000'000'000'000;
    asset.faces = static_cast<std::int64_t>(std::min(count_at(found, "Tri Count"), most));
    if (const auto& animated = at(found, "Animated"); animated.is_boolean())
        asset.animated = animated.get<bool>();
    return asset;
}

core::Result<Plan> polypizza_plan(const core::Json& found, const ProviderImport& wanted) {
    auto asset = polypizza_asset(found);
    auto url = text_at(found, "Download");
    if (!asset || url.empty()) return no_such_asset(polypizza_provider, wanted.id);
    const std::vector<std::string> there{"glb"};
    auto format = choose_format(wanted.format, there, there);
    if (!format) return format.error();
    Plan plan;
    Bundle bundle;
    bundle.files = {{std::move(url), asset->id + ".glb"}};
    plan.roles = {"model"};
    plan.asset = std::move(*asset);
    plan.format = std::move(*format);
    plan.source = std::move(bundle);
    return plan;
}

PolyPizza::PolyPizza(Http& http, std::string url, core::Secret key)
    : ModelSite(http, {std::move(url), {".poly.pizza", "poly.pizza"}}, std::move(key),
                "x-auth-token: ") {}

guard::UrlBuilder PolyPizza::model_url(std::string_view id) const {
    auto url = guard::UrlBuilder::at(site().base);
    url.segment("v1.1").segment("model").segment(id);
    return url;
}

std::optional<Asset> PolyPizza::read(const core::Json& found) const {
    return polypizza_asset(found);
}

asio::awaitable<core::Result<ProviderPage>> PolyPizza::search(ProviderSearch wanted,
                                                              core::CancelToken cancel) {
    ProviderPage page;
    if (wanted.kind.value_or(Kind::model) != Kind::model) co_return page;
    if (has_nothing_to_search_by(wanted))
        co_return core::Error{core::ErrorCode::invalid, "polypizza cannot tell what is popular",
                              "Give it a query, a category, license cc0, or animated"};
    auto place = wanted.place;
    for (int count = 0; count < most_pages && page.assets.size() < wanted.limit; ++count) {
        const auto number = place.offset / page_size;
        auto url = search_url(site(), wanted, number);
        if (!url) co_return url.error();
        const auto document = co_await ask(std::move(*url), cancel);
        if (!document) co_return document.error();
        const auto& results = at(*document, "results");
        if (!results.is_array()) co_return parse_document("", name()).error();
        take_results(results, number * page_size, wanted, polypizza_asset, place, page);
        page.total = count_at(*document, "total");
        page.is_more = place.offset < page.total && !results.empty();
        if (!page.is_more || results.size() < page_size) break;
    }
    co_return page;
}

asio::awaitable<core::Result<Plan>> PolyPizza::plan(ProviderImport wanted,
                                                    core::CancelToken cancel) {
    const auto found = co_await find(wanted.id, std::move(cancel));
    if (!found) co_return found.error();
    auto planned = polypizza_plan(*found, wanted);
    if (planned) std::get<Bundle>(planned->source).site = site();
    co_return planned;
}

}  // namespace blender_mcpd::assets
