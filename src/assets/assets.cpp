#include "ambientcg.hpp"
#include "fetch_options.hpp"
#include "file_type.hpp"
#include "local_folders.hpp"
#include "maps.hpp"
#include "polyhaven.hpp"
#include "polypizza.hpp"
#include "provider.hpp"
#include "ranking.hpp"
#include "sketchfab.hpp"

#include <blender_mcpd/assets/assets.hpp>
#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/guard/names.hpp>
#include <blender_mcpd/guard/query.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace blender_mcpd::assets {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

/// What the files of an unpacked archive are.
core::Result<std::vector<AssetFile>> archive_roles(const fs::path& folder, Kind kind,
                                                   const std::string& title) {
    std::vector<fs::path> all;
    std::error_code error;
    for (fs::recursive_directory_iterator at(folder, error), end; at != end; at.increment(error))
        if (at->is_regular_file(error)) all.push_back(at->path());
    std::ranges::sort(all);
    std::vector<AssetFile> files;
    if (kind == Kind::texture) {
        for (const auto& file : all) {
            const auto map = map_name(file.filename().string());
            if (!map || !is_map_image(ending(file.string()))) continue;
            if (std::ranges::find(files, map->role, &AssetFile::role) == files.end())
                files.push_back({file, map->role});
        }
        std::vector<std::string> roles;
        for (const auto& file : files)
            roles.push_back(file.role);
        std::erase_if(files, [&](const auto& file) { return is_superfluous(file.role, roles); });
    } else if (kind == Kind::hdri) {
        for (const auto& file : all)
            if (const auto type = ending(file.string());
                files.empty() && (type == ".hdr" || type == ".exr"))
                files.push_back({file, "environment"});
    } else {
        // What Blender reads best first.
        fs::path model;
        for (const auto* type : {".glb", ".gltf", ".blend", ".fbx", ".obj", ".usdc", ".usd"})
            for (const auto& file : all)
                if (model.empty() && ending(file.string()) == type) model = file;
        if (!model.empty()) files.push_back({model, "model"});
        for (const auto& file : all)
            if (!model.empty() && file != model) files.push_back({file, "dependency"});
    }
    if (files.empty())
        return core::Error{
            core::ErrorCode::protocol,
            fmt::format("the archive of {} holds no {} that we know", title, to_string(kind)),
            "Try another asset"};
    return files;
}

/// Answers of several providers that are asked at once.
struct Gathering {
    Gathering(const asio::any_io_executor& executor, std::size_t count)
        : pages(count, ProviderPage()), left(count), done(executor) {}
    std::vector<core::Result<ProviderPage>> pages;
    std::size_t left;
    core::Event done;
};

asio::awaitable<void> gather(std::shared_ptr<Gathering> gathering, std::size_t index,
                             Provider& provider, ProviderSearch wanted, core::CancelToken cancel) {
    gathering->pages[index] = co_await provider.search(std::move(wanted), std::move(cancel));
    if (--gathering->left == 0) gathering->done.set();
}

/// The first of each, then the second of each, …; notes what was taken.
std::vector<Asset> in_turns(std::vector<ProviderPage>& pages, const std::vector<std::string>& names,
                            std::size_t limit, Places& places) {
    std::vector<Asset> assets;
    for (std::size_t row = 0, longest = 1; row < longest && assets.size() < limit; ++row)
        for (std::size_t index = 0; index < pages.size() && assets.size() < limit; ++index) {
            auto& page = pages[index].assets;
            longest = std::max(longest, page.size());
            if (row >= page.size()) continue;
            assets.push_back(std::move(page[row]));
            auto& place = places[names[index]];
            if (pages[index].after.empty())
                ++place.offset;
            else
                place = pages[index].after[row];
        }
    return assets;
}

/// Whether the provider has more than was shown, up to that place.
bool is_more_behind(const ProviderPage& page, const Place& shown) {
    if (page.assets.empty()) return page.is_more;
    if (page.after.empty()) return shown.offset < page.total;
    return page.is_more || shown != page.after.back();
}

}  // namespace

bool is_asset_id(std::string_view id) {
    return guard::is_asset_id(id);
}

std::vector<Asset> best_first(std::span<const Asset> assets, std::string_view query) {
    return ranked(assets, query);
}

struct Assets::Parts {
    Parts(core::Timers& timers, core::Metrics& metrics, const AssetsOptions& options)
        : http(timers, metrics, http_limits(options), user_agent(options)),
          store(timers, metrics, http, background, store_options(options)) {
        const auto add = [&](std::unique_ptr<Provider> provider) {
            if (std::ranges::find(options.providers, provider->name()) != options.providers.end())
                providers.push_back(std::move(provider));
        };
        add(std::make_unique<PolyHaven>(timers, http, background, options.polyhaven_url));
        add(std::make_unique<AmbientCg>(http, options.ambientcg_url));
        add(std::make_unique<LocalFolders>(timers, background, options.folders));
        add(std::make_unique<Sketchfab>(http, options.sketchfab_url, options.sketchfab_token));
        add(std::make_unique<PolyPizza>(http, options.polypizza_url, options.polypizza_key));
    }

    core::Result<Provider*> find(std::string_view name) {
        for (const auto& provider : providers)
            if (provider->name() == name) return provider.get();
        return core::Error{core::ErrorCode::invalid,
                           fmt::format("the provider {} is switched off", core::excerpt(name)),
                           "Add it to the setting assets.providers, or use another one"};
    }

    Http http;
    Background background;
    Store store;
    std::vector<std::unique_ptr<Provider>> providers;
};

Assets::Assets(core::Timers& timers, core::Metrics& metrics, AssetsOptions options)
    : timers_(timers), metrics_(metrics), options_(std::move(options)) {}

Assets::~Assets() = default;

Assets::Parts& Assets::parts() {
    if (!parts_) parts_ = std::make_unique<Parts>(timers_, metrics_, options_);
    return *parts_;
}

asio::awaitable<core::Result<SearchAnswer>> Assets::search(SearchRequest request,
                                                           core::CancelToken cancel) {
    ProviderSearch wanted{request.query, request.kind, {}, request.limit, request.filters};
    if (!request.query.empty()) {
        auto clean = guard::clean_query(request.query, metrics_);
        if (!clean) co_return clean.error();
        wanted.query = std::move(*clean);
    }
    auto places = read_cursor(request.cursor);
    if (!places) co_return places.error();
    std::vector<Provider*> asked;
    if (request.providers.empty())
        for (const auto& provider : parts().providers)
            if (provider->is_set_up()) asked.push_back(provider.get());
    for (const auto& name : request.providers) {
        const auto provider = parts().find(name);
        if (!provider) co_return provider.error();
        asked.push_back(*provider);
    }
    if (asked.empty())
        co_return core::Error{core::ErrorCode::unavailable,
                              "no provider is switched on and has the key that it needs",
                              "Set assets.providers"};
    auto gathering = std::make_shared<Gathering>(timers_.executor(), asked.size());
    for (std::size_t index = 0; index < asked.size(); ++index) {
        auto own = wanted;
        own.place = (*places)[std::string(asked[index]->name())];
        asio::co_spawn(timers_.executor(),
                       gather(gathering, index, *asked[index], std::move(own), cancel),
                       asio::detached);
    }
    co_await gathering->done.wait();
    if (cancel.cancelled()) co_return cancelled_error(cancel);

    SearchAnswer answer;
    std::vector<ProviderPage> pages;
    std::vector<std::string> names;
    for (std::size_t index = 0; index < asked.size(); ++index) {
        auto& page = gathering->pages[index];
        const std::string name(asked[index]->name());
        if (!page) {
            answer.failures.push_back({name, page.error()});
            continue;
        }
        answer.total += page->total;
        names.push_back(name);
        pages.push_back(std::move(*page));
    }
    if (pages.empty()) co_return answer.failures.front().error;
    answer.assets = in_turns(pages, names, request.limit, *places);
    bool is_more = false;
    for (std::size_t index = 0; index < names.size(); ++index)
        is_more = is_more || is_more_behind(pages[index], (*places)[names[index]]);
    if (is_more && !answer.assets.empty()) answer.cursor = write_cursor(*places);
    co_return answer;
}

asio::awaitable<core::Result<Preview>> Assets::preview(std::string provider, std::string id,
                                                       core::CancelToken cancel) {
    const auto found = parts().find(provider);
    if (!found) co_return found.error();
    auto asset = co_await (*found)->details(std::move(id), cancel);
    if (!asset) co_return asset.error();
    auto bytes = co_await (*found)->preview(*asset, cancel);
    if (!bytes) co_return bytes.error();
    Preview preview{std::move(*asset), std::move(*bytes), {}};
    preview.mime_type = image_type(preview.bytes);
    if (preview.mime_type.empty())
        co_return core::Error{core::ErrorCode::protocol,
                              "the picture of " + preview.asset.name + " is none",
                              "Import it and look with get_viewport_screenshot"};
    co_return preview;
}

asio::awaitable<core::Result<Prepared>> Assets::prepare(ImportRequest request,
                                                        ByteProgress on_progress,
                                                        core::CancelToken cancel) {
    const auto found = parts().find(request.provider);
    if (!found) co_return found.error();
    ProviderImport wanted{std::move(request.id), resolution_word(request.resolution),
                          core::lower_case(request.format), options_.resolution,
                          request.with_displacement};
    if (wanted.resolution.empty() && !request.resolution.empty())
        co_return core::Error{core::ErrorCode::invalid, "resolution must be a number and k, as 2k"};
    auto plan = co_await (*found)->plan(std::move(wanted), cancel);
    if (!plan) co_return plan.error();
    if (request.check)
        if (const auto fine = request.check(plan->asset); !fine) co_return fine.error();
    Prepared prepared{plan->asset, plan->resolution, plan->format, {}, {}};
    if (const auto* files = std::get_if<std::vector<AssetFile>>(&plan->source)) {
        prepared.files = *files;
        co_return prepared;
    }
    auto bundle = std::get<Bundle>(std::move(plan->source));
    const auto fetched = bundle;
    auto stored = co_await parts().store.get(std::move(bundle), std::move(on_progress), cancel);
    if (!stored) co_return stored.error();
    prepared.lease = stored->lease;
    if (fetched.is_archive) {
        auto files = archive_roles(stored->folder, prepared.asset.kind, prepared.asset.name);
        if (!files) co_return files.error();
        prepared.files = std::move(*files);
        co_return prepared;
    }
    for (std::size_t index = 0; index < fetched.files.size(); ++index)
        prepared.files.push_back({stored->folder / fetched.files[index].path, plan->roles[index]});
    co_return prepared;
}

}  // namespace blender_mcpd::assets
