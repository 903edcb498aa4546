#include "local_folders.hpp"

#include "file_type.hpp"
#include "filters.hpp"
#include "maps.hpp"
#include "ranking.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>
#include <tuple>
#include <utility>

#include <sha256.h>

namespace blender_mcpd::assets {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_files = 100'000;
constexpr int deepest = 8;
constexpr auto lifetime = std::chrono::seconds(30);
constexpr std::array<std::string_view, 12> model_endings{".glb",  ".gltf", ".blend", ".fbx",
                                                         ".obj",  ".usd",  ".usda",  ".usdc",
                                                         ".usdz", ".abc",  ".stl",   ".ply"};

/// The same in every run, as long as the file stays where it is.
std::string id_of(const fs::path& file) {
    const auto text = file.string();
    std::array<char, SHA256_DIGEST_STRING_LENGTH> sum{};
    SHA256Data(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), sum.data());
    return std::string(sum.data()).substr(0, 16);
}

/// "old_brick-wall" as people write it.
std::string title_of(std::string stem) {
    std::ranges::replace_if(
        stem, [](char c) { return c == '_' || c == '-'; }, ' ');
    return core::excerpt(core::trimmed(stem), 200);
}

/// The names of the folders between the library and the file: what people sort by.
std::vector<std::string> tags_of(const fs::path& folder, const fs::path& file) {
    std::vector<std::string> tags;
    for (const auto& part : file.parent_path().lexically_relative(folder))
        if (part != ".") tags.push_back(core::excerpt(part.string(), 100));
    return tags;
}

/// A picture beside it with its name, or the one that its folder has.
fs::path picture_of(const fs::path& file) {
    std::error_code error;
    for (const auto& name :
         {file.stem().string(), std::string("preview"), std::string("thumbnail")})
        for (const auto* type : {".png", ".jpg"}) {
            auto picture = file.parent_path() / (name + type);
            if (picture != file && fs::is_regular_file(picture, error)) return picture;
        }
    return {};
}

/// A link is fine when it stays inside.
bool is_inside(const fs::path& file, const fs::path& folder) {
    std::error_code error;
    const auto real = fs::canonical(file, error);
    if (error) return false;
    const auto relative = real.lexically_relative(folder);
    return !relative.empty() && *relative.begin() != "..";
}

/// The files that we may look at.
std::vector<fs::path> files_in(const fs::path& folder, const std::atomic<bool>& stop) {
    std::vector<fs::path> files;
    std::error_code error;
    auto at = fs::recursive_directory_iterator(
        folder, fs::directory_options::skip_permission_denied, error);
    for (; at != fs::recursive_directory_iterator() && !stop && files.size() < most_files;
         at.increment(error)) {
        const auto is_hidden = at->path().filename().string().starts_with('.');
        if (at->is_directory(error)) {
            if (is_hidden || at.depth() >= deepest) at.disable_recursion_pending();
            continue;
        }
        if (is_hidden || !at->is_regular_file(error)) continue;
        if (at->is_symlink(error) && !is_inside(at->path(), folder)) continue;
        files.push_back(at->path());
    }
    std::ranges::sort(files);
    return files;
}

LocalAsset start(Kind kind, const fs::path& folder, const fs::path& file, std::string name) {
    LocalAsset one;
    one.asset.provider = local_provider;
    one.asset.id = id_of(file);
    one.asset.name = std::move(name);
    one.asset.kind = kind;
    one.asset.tags = tags_of(folder, file);
    one.asset.categories = one.asset.tags;
    return one;
}

/// "2k" of "wood_2K_color.png".
std::string resolution_in(const fs::path& file) {
    const auto stem = core::lower_case(file.stem().string());
    for (const auto* one : {"16k", "8k", "4k", "2k", "1k"})
        if (stem.find(one) != std::string::npos) return one;
    return {};
}

}  // namespace

std::vector<LocalAsset> look_through(const fs::path& unresolved, const std::atomic<bool>& stop) {
    std::vector<LocalAsset> found;
    std::error_code error;
    const auto folder = fs::canonical(unresolved, error);
    if (error) return found;
    // By folder, name and resolution: one texture in two sizes is two.
    using Maps = std::vector<std::pair<fs::path, MapName>>;
    std::map<std::tuple<fs::path, std::string, std::string>, Maps> sets;
    for (const auto& file : files_in(folder, stop)) {
        const auto type = ending(file.string());
        const auto name = file.filename().string();
        if (std::ranges::find(model_endings, type) != model_endings.end()) {
            auto one = start(Kind::model, folder, file, title_of(file.stem().string()));
            one.files = {{file, "model"}};
            one.picture = picture_of(file);
            found.push_back(std::move(one));
        } else if (auto map = is_map_image(type) ? map_name(name) : std::nullopt) {
            sets[{file.parent_path(), map->set, resolution_in(file)}].emplace_back(file,
                                                                                   std::move(*map));
        } else if (type == ".hdr" || type == ".exr") {
            auto one = start(Kind::hdri, folder, file, title_of(file.stem().string()));
            one.files = {{file, "environment"}};
            one.picture = picture_of(file);
            found.push_back(std::move(one));
        }
    }
    for (const auto& [key, maps] : sets) {
        std::vector<std::string> roles;
        for (const auto& [file, map] : maps)
            roles.push_back(map.role);
        const auto& [where, set, resolution] = key;
        auto one = start(Kind::texture, folder, maps.front().first,
                         resolution.empty() ? set : fmt::format("{} {}", set, resolution));
        for (const auto& [file, map] : maps) {
            const bool is_second =
                std::ranges::find(one.files, map.role, &AssetFile::role) != one.files.end();
            if (is_second || is_superfluous(map.role, roles)) continue;
            one.files.push_back({file, map.role});
            if (map.role == "color") one.picture = file;
        }
        if (!resolution.empty()) one.asset.resolutions = {resolution};
        found.push_back(std::move(one));
    }
    return found;
}

LocalFolders::LocalFolders(core::Timers& timers, Background& background,
                           std::vector<fs::path> folders)
    : timers_(timers), background_(background), folders_(std::move(folders)) {}

asio::awaitable<core::Result<LocalFolders::All>> LocalFolders::all(core::CancelToken cancel) {
    if (kept_ && timers_.now() - since_ < lifetime) co_return kept_;
    auto job = [folders = folders_](const std::atomic<bool>& stop) {
        std::vector<LocalAsset> found;
        for (const auto& folder : folders)
            for (auto& one : look_through(folder, stop))
                found.push_back(std::move(one));
        return found;
    };
    auto found = co_await background_.run(std::move(job), cancel);
    if (cancel.cancelled()) co_return cancelled_error(cancel);
    kept_ = std::make_shared<const std::vector<LocalAsset>>(std::move(found));
    since_ = timers_.now();
    co_return kept_;
}

asio::awaitable<core::Result<LocalAsset>> LocalFolders::find(std::string id,
                                                             core::CancelToken cancel) {
    const auto there = co_await all(std::move(cancel));
    if (!there) co_return there.error();
    for (const auto& one : **there)
        if (one.asset.id == id) co_return one;
    co_return no_such_asset(name(), id);
}

asio::awaitable<core::Result<ProviderPage>> LocalFolders::search(ProviderSearch wanted,
                                                                 core::CancelToken cancel) {
    if (folders_.empty()) co_return ProviderPage();
    const auto there = co_await all(std::move(cancel));
    if (!there) co_return there.error();
    std::vector<Asset> assets;
    for (const auto& one : **there)
        if (!wanted.kind || one.asset.kind == *wanted.kind) assets.push_back(one.asset);
    const auto left = filtered(name(), std::move(assets), wanted.filters);
    if (!left) co_return left.error();
    auto found = ranked(*left, wanted.query);
    ProviderPage page;
    page.total = found.size();
    const auto begin = std::min(wanted.place.offset, found.size());
    const auto end = std::min(begin + wanted.limit, found.size());
    page.assets.assign(std::make_move_iterator(found.begin() + static_cast<std::ptrdiff_t>(begin)),
                       std::make_move_iterator(found.begin() + static_cast<std::ptrdiff_t>(end)));
    co_return page;
}

asio::awaitable<core::Result<Asset>> LocalFolders::details(std::string id,
                                                           core::CancelToken cancel) {
    auto one = co_await find(std::move(id), std::move(cancel));
    if (!one) co_return one.error();
    co_return std::move(one->asset);
}

asio::awaitable<core::Result<Plan>> LocalFolders::plan(ProviderImport wanted,
                                                       core::CancelToken cancel) {
    auto one = co_await find(wanted.id, std::move(cancel));
    if (!one) co_return one.error();
    Plan plan;
    const auto format = ending(one->files.front().path.string()).substr(1);
    if (!wanted.resolution.empty() && !one->asset.resolutions.empty())
        if (const auto chosen = choose_resolution(wanted, one->asset.resolutions); !chosen)
            co_return chosen.error();
    if (const auto chosen = choose_format(wanted.format, {format}, {format}); !chosen)
        co_return chosen.error();
    plan.format = format;
    if (!one->asset.resolutions.empty()) plan.resolution = one->asset.resolutions.front();
    plan.asset = std::move(one->asset);
    plan.source = std::move(one->files);
    co_return plan;
}

asio::awaitable<core::Result<std::string>> LocalFolders::preview(Asset asset,
                                                                 core::CancelToken cancel) {
    const auto one = co_await find(asset.id, cancel);
    if (!one) co_return one.error();
    const core::Error none{core::ErrorCode::not_found,
                           asset.name + " has no picture of at most 4 MiB",
                           "Import it and look with get_viewport_screenshot"};
    std::error_code error;
    if (one->picture.empty() || fs::file_size(one->picture, error) > largest_preview || error)
        co_return none;
    auto job = [path = one->picture](const std::atomic<bool>&) {
        std::ifstream in(path, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    co_return co_await background_.run(std::move(job), cancel);
}

}  // namespace blender_mcpd::assets
