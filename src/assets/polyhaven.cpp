#include "polyhaven.hpp"

#include "document.hpp"
#include "file_type.hpp"
#include "filters.hpp"
#include "maps.hpp"
#include "ranking.hpp"

#include <blender_mcpd/guard/names.hpp>
#include <blender_mcpd/guard/url.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace blender_mcpd::assets {

namespace asio = boost::asio;

namespace {

constexpr std::size_t largest_list = std::size_t{32} << 20;
constexpr std::size_t largest_answer = std::size_t{4} << 20;
constexpr auto list_lifetime = std::chrono::hours(1);
// By kind, as the interface calls them.
constexpr std::array<std::string_view, 3> list_names{"textures", "hdris", "models"};

Kind kind_of(const core::Json& info) {
    switch (count_at(info, "type")) {
        case 0:
            return Kind::hdri;
        case 1:
            return Kind::texture;
        default:
            return Kind::model;
    }
}

/// The last part of the path of a URL.
std::string name_in(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    return std::string(url.substr(url.find_last_of('/') + 1));
}

RemoteFile remote_file(const core::Json& about, std::string path) {
    RemoteFile file{text_at(about, "url"), std::move(path), count_at(about, "size"),
                    text_at(about, "md5")};
    if (file.path.empty()) file.path = name_in(file.url);
    return file;
}

std::vector<std::string> resolutions_in(const core::Json& forms) {
    std::vector<std::string> found;
    if (!forms.is_object()) return found;
    for (const auto& form : forms.items())
        if (!resolution_word(form.key()).empty()) found.push_back(form.key());
    sort_resolutions(found);
    return found;
}

std::vector<std::string> names_in(const core::Json& object) {
    std::vector<std::string> names;
    if (object.is_object())
        for (const auto& member : object.items())
            names.push_back(member.key());
    return names;
}

/// The maps that we use, by role; of two with one role the first.
std::vector<std::pair<std::string, const core::Json*>> maps_in(const core::Json& files,
                                                               bool with_displacement) {
    std::vector<std::pair<std::string, const core::Json*>> maps;
    std::vector<std::string> roles;
    for (const auto& member : files.items()) {
        auto role = map_role(member.key());
        if (role.empty() || std::ranges::find(roles, role) != roles.end()) continue;
        roles.push_back(role);
        maps.emplace_back(std::move(role), &member.value());
    }
    std::erase_if(maps, [&](const auto& map) {
        const bool is_shaded = std::ranges::find(roles, "normal_gl") != roles.end();
        return is_superfluous(map.first, roles) ||
               (map.first == "displacement" && is_shaded && !with_displacement);
    });
    return maps;
}

core::Error no_files(const std::string& id) {
    return {core::ErrorCode::protocol, "Poly Haven tells of no files of " + id,
            "Try another asset"};
}

core::Result<void> plan_texture(Plan& plan, Bundle& bundle, const core::Json& files,
                                const ProviderImport& wanted) {
    const auto maps = maps_in(files, wanted.with_displacement);
    if (maps.empty()) return no_files(wanted.id);
    const auto there = resolutions_in(*maps.front().second);
    if (there.empty()) return no_files(wanted.id);
    auto resolution = choose_resolution(wanted, there);
    if (!resolution) return resolution.error();
    plan.resolution = std::move(*resolution);
    for (const auto& [role, forms] : maps) {
        const auto& formats = at(*forms, plan.resolution.c_str());
        // One map may lack a format that the others have; the first decides what there is.
        auto format = choose_format(plan.roles.empty() ? wanted.format : std::string(),
                                    {plan.format, "jpg", "png", "exr"}, names_in(formats));
        if (!format && plan.roles.empty()) return format.error();
        if (!format) continue;
        if (plan.roles.empty()) plan.format = *format;
        bundle.files.push_back(remote_file(at(formats, format->c_str()), {}));
        plan.roles.push_back(role);
    }
    return {};
}

core::Result<void> plan_hdri(Plan& plan, Bundle& bundle, const core::Json& files,
                             const ProviderImport& wanted) {
    const auto& forms = at(files, "hdri");
    const auto there = resolutions_in(forms);
    if (there.empty()) return no_files(wanted.id);
    auto resolution = choose_resolution(wanted, there);
    if (!resolution) return resolution.error();
    const auto& formats = at(forms, resolution->c_str());
    auto format = choose_format(wanted.format, {"hdr", "exr"}, names_in(formats));
    if (!format) return format.error();
    bundle.files.push_back(remote_file(at(formats, format->c_str()), {}));
    plan.roles.emplace_back("environment");
    plan.resolution = std::move(*resolution);
    plan.format = std::move(*format);
    return {};
}

core::Result<void> plan_model(Plan& plan, Bundle& bundle, const core::Json& files,
                              const ProviderImport& wanted) {
    auto format = choose_format(wanted.format, {"gltf", "fbx"}, [&] {
        auto names = names_in(files);
        std::erase_if(names, [](const auto& one) { return one != "gltf" && one != "fbx"; });
        return names;
    }());
    if (!format) return format.error();
    const auto& forms = at(files, format->c_str());
    const auto there = resolutions_in(forms);
    if (there.empty()) return no_files(wanted.id);
    auto resolution = choose_resolution(wanted, there);
    if (!resolution) return resolution.error();
    const auto& model = at(at(forms, resolution->c_str()), format->c_str());
    bundle.files.push_back(remote_file(model, {}));
    plan.roles.emplace_back("model");
    const auto& include = at(model, "include");
    if (include.is_object())
        for (const auto& member : include.items()) {
            bundle.files.push_back(remote_file(member.value(), member.key()));
            plan.roles.emplace_back("dependency");
        }
    plan.resolution = std::move(*resolution);
    plan.format = std::move(*format);
    return {};
}

}  // namespace

Asset polyhaven_asset(const std::string& id, const core::Json& info) {
    Asset asset;
    asset.provider = polyhaven_provider;
    asset.id = id;
    asset.name = text_at(info, "name");
    asset.kind = kind_of(info);
    asset.authors = texts_at(info, "authors");
    asset.license = public_domain();
    asset.source_url = "https://polyhaven.com/a/" + id;
    asset.preview_url = text_at(info, "thumbnail_url");
    asset.tags = texts_at(info, "tags");
    asset.categories = texts_at(info, "categories");
    asset.tags.insert(asset.tags.end(), asset.categories.begin(), asset.categories.end());
    if (const auto& size = at(info, "dimensions"); size.is_array() && !size.empty())
        if (size.front().is_number()) asset.size_m = size.front().get<double>() / 1'000.0;
    constexpr std::uint64_t most = 1'000'000'000'000;
    asset.downloads = static_cast<std::int64_t>(std::min(count_at(info, "download_count"), most));
    asset.faces = static_cast<std::int64_t>(std::min(count_at(info, "polycount"), most));
    return asset;
}

core::Result<std::vector<Asset>> polyhaven_list(const std::string& text) {
    std::vector<Asset> assets;
    // Thousands of members, which our document type would look up one by one.
    const auto members = core::RawObject::scan(text);
    if (!members) return parse_document("", polyhaven_provider).error();
    assets.reserve(members->members().size());
    for (const auto& member : members->members()) {
        const auto info = core::parse_json(member.value);
        if (!info || !info->is_object() || !guard::is_asset_id(member.name)) continue;
        assets.push_back(polyhaven_asset(member.name, *info));
    }
    return assets;
}

core::Result<Plan> polyhaven_plan(Asset asset, const core::Json& files,
                                  const ProviderImport& wanted) {
    Plan plan;
    Bundle bundle;
    const auto kind = asset.kind;
    plan.asset = std::move(asset);
    const auto planned = kind == Kind::texture ? plan_texture(plan, bundle, files, wanted)
                         : kind == Kind::hdri  ? plan_hdri(plan, bundle, files, wanted)
                                               : plan_model(plan, bundle, files, wanted);
    if (!planned) return planned.error();
    plan.source = std::move(bundle);
    return plan;
}

PolyHaven::PolyHaven(core::Timers& timers, Http& http, Background& background, std::string url)
    : timers_(timers),
      http_(http),
      background_(background),
      site_{std::move(url), {".polyhaven.com", ".polyhaven.org"}} {}

asio::awaitable<core::Result<core::Json>> PolyHaven::ask(std::string_view what, std::string id,
                                                         core::CancelToken cancel) {
    auto builder = guard::UrlBuilder::at(site_.base);
    const auto url = builder.segment(what).segment(id).build();
    if (!url) co_return url.error();
    HttpRequest request{*url, site_};
    const auto text = co_await http_.get(std::move(request), largest_answer, std::move(cancel));
    if (!text)
        co_return text.error().code == core::ErrorCode::not_found ? no_such_asset(name(), id)
                                                                  : text.error();
    co_return parse_document(*text, name());
}

asio::awaitable<core::Result<PolyHaven::Assets>> PolyHaven::list(Kind kind,
                                                                 core::CancelToken cancel) {
    auto& kept = lists_[static_cast<std::size_t>(kind)];
    if (kept.assets && timers_.now() - kept.since < list_lifetime) co_return kept.assets;
    auto builder = guard::UrlBuilder::at(site_.base);
    const auto url =
        builder.segment("assets").query("type", list_names[static_cast<std::size_t>(kind)]).build();
    if (!url) co_return url.error();
    HttpRequest request{*url, site_};
    auto text = co_await http_.get(std::move(request), largest_list, cancel);
    if (!text) co_return text.error();
    auto job = [text = std::move(*text)](const std::atomic<bool>&) { return polyhaven_list(text); };
    auto assets = co_await background_.run(std::move(job), cancel);
    if (!assets) co_return assets.error();
    kept = {std::make_shared<const std::vector<Asset>>(std::move(*assets)), timers_.now()};
    co_return kept.assets;
}

asio::awaitable<core::Result<ProviderPage>> PolyHaven::search(ProviderSearch wanted,
                                                              core::CancelToken cancel) {
    std::vector<Assets> lists;
    for (const auto kind : {Kind::texture, Kind::hdri, Kind::model}) {
        if (wanted.kind && *wanted.kind != kind) continue;
        auto one = co_await list(kind, cancel);
        if (!one) co_return one.error();
        lists.push_back(std::move(*one));
    }
    auto job = [lists, wanted](const std::atomic<bool>&) -> core::Result<ProviderPage> {
        std::vector<Asset> all;
        for (const auto& one : lists)
            all.insert(all.end(), one->begin(), one->end());
        const auto left = filtered(polyhaven_provider, std::move(all), wanted.filters);
        if (!left) return left.error();
        auto found = ranked(*left, wanted.query);
        ProviderPage page;
        page.total = found.size();
        const auto begin = std::min(wanted.place.offset, found.size());
        const auto end = std::min(begin + wanted.limit, found.size());
        for (auto index = begin; index < end; ++index)
            page.assets.push_back(std::move(found[index]));
        return page;
    };
    co_return co_await background_.run(std::move(job), cancel);
}

asio::awaitable<core::Result<Asset>> PolyHaven::details(std::string id, core::CancelToken cancel) {
    if (!guard::is_asset_id(id)) co_return no_such_asset(name(), id);
    const auto info = co_await ask("info", id, std::move(cancel));
    if (!info) co_return info.error();
    auto asset = polyhaven_asset(id, *info);
    if (asset.preview_url.empty())
        asset.preview_url = fmt::format(
            "https://cdn.polyhaven.com/asset_img/thumbs/{}.png?width=256&height=256", id);
    co_return asset;
}

asio::awaitable<core::Result<Plan>> PolyHaven::plan(ProviderImport wanted,
                                                    core::CancelToken cancel) {
    auto asset = co_await details(wanted.id, cancel);
    if (!asset) co_return asset.error();
    const auto files = co_await ask("files", wanted.id, cancel);
    if (!files) co_return files.error();
    auto planned = polyhaven_plan(std::move(*asset), *files, wanted);
    if (planned) std::get<Bundle>(planned->source).site = site_;
    co_return planned;
}

asio::awaitable<core::Result<std::string>> PolyHaven::preview(Asset asset,
                                                              core::CancelToken cancel) {
    return fetch_picture(http_, site_, std::move(asset), std::move(cancel));
}

}  // namespace blender_mcpd::assets
