#include "blender_assets.hpp"

#include "asset_answers.hpp"
#include "binder.hpp"
#include "seconds.hpp"

#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/core/utc_time.hpp>
#include <blender_mcpd/guard/query.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace blender_mcpd::tools {

namespace asio = boost::asio;

namespace {

/// A data-block that is marked as an asset.
struct Marked {
    assets::Asset asset;
    std::string type;      // Object, Collection, Material or World
    std::string library;   // its name
    std::string file;      // empty: the open one, which was never saved
    bool is_open = false;  // it is in the open file
};

struct Listing {
    std::vector<Marked> marked;
    std::vector<std::string> warnings;
};

constexpr auto open_file = "Current File";

assets::Kind kind_of(std::string_view type) {
    if (type == "Material") return assets::Kind::texture;
    return type == "World" ? assets::Kind::hdri : assets::Kind::model;
}

Marked read_marked(const core::Json& told) {
    Marked one;
    one.type = told.value("type", "");
    one.library = told.value("library", "");
    one.file = told.value("file", "");
    one.is_open = one.library == open_file;
    auto& asset = one.asset;
    asset.provider = blender_provider;
    asset.id = told.value("id", "");
    asset.name = told.value("name", "");
    asset.kind = kind_of(one.type);
    asset.license.name = told.value("license", "");
    if (auto author = told.value("author", ""); !author.empty())
        asset.authors.push_back(std::move(author));
    asset.tags = told.value("tags", std::vector<std::string>());
    for (const auto* place : {"catalog", "description"})
        if (auto text = told.value(place, ""); !text.empty()) asset.tags.push_back(std::move(text));
    if (auto catalog = told.value("catalog", ""); !catalog.empty())
        asset.categories.push_back(std::move(catalog));
    return one;
}

core::Json described(const Marked& one) {
    auto json = to_json(one.asset);
    json["type"] = one.type;
    json["library"] = one.library;
    if (!one.file.empty()) json["file"] = one.file;
    return json;
}

/// All that there are. Files that have not changed since are not read again.
asio::awaitable<core::Result<Listing>> list(Toolbox toolbox, mcp::CallContext context) {
    auto folders = core::Json::array();
    if (toolbox.options.assets != nullptr)
        for (const auto& folder : toolbox.options.assets->folders())
            folders.push_back(folder.string());
    core::Json arguments{{"folders", std::move(folders)}};
    auto wanted = co_await operation("asset.library_list", std::move(arguments), context);
    wanted.timeout = toolbox.options.script_timeout;
    const auto reply = co_await toolbox.blender->call(std::move(wanted), context.cancel,
                                                      forward_progress(context));
    if (!reply) co_return reply.error();
    const auto told = core::parse_json(reply->result());
    if (!told) co_return told.error();
    Listing listing;
    for (const auto& one : told->value("assets", core::Json::array()))
        listing.marked.push_back(read_marked(one));
    listing.warnings = told->value("warnings", std::vector<std::string>());
    co_return listing;
}

asio::awaitable<core::Result<Marked>> find(Toolbox toolbox, mcp::CallContext context,
                                           std::string id) {
    auto listing = co_await list(std::move(toolbox), std::move(context));
    if (!listing) co_return listing.error();
    for (auto& one : listing->marked)
        if (one.asset.id == id) co_return std::move(one);
    co_return core::Error{
        core::ErrorCode::not_found,
        fmt::format("Blender's libraries have no asset {}", core::excerpt(id)),
        R"(Take an id that search_assets gives for the provider "blender"; it is another one when the file was moved, or the asset renamed)"};
}

constexpr std::string_view cursor_mark = "blender.";

/// Where the next page begins.
core::Result<std::size_t> read_cursor(std::string_view text) {
    std::size_t offset = 0;
    if (text.empty()) return offset;
    const bool is_ours = text.starts_with(cursor_mark);
    text.remove_prefix(is_ours ? cursor_mark.size() : 0);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
    if (!is_ours || error != std::errc() || end != text.data() + text.size())
        return core::Error{core::ErrorCode::invalid,
                           "cursor is none that search_assets gave for this provider",
                           "Leave it out for the first page"};
    return offset;
}

/// Those that the arguments ask for and that have the words, the best first. Error: invalid.
core::Result<std::vector<const Marked*>> best(const std::vector<Marked>& all,
                                              const std::string& query,
                                              const core::Json& arguments) {
    const auto kind = assets::kind_named(arguments.value("kind", ""));
    std::vector<assets::Asset> candidates;
    std::unordered_map<std::string_view, const Marked*> by_id;
    for (const auto& one : all) {
        if (kind && one.asset.kind != *kind) continue;
        candidates.push_back(one.asset);
        by_id.emplace(one.asset.id, &one);
    }
    const auto left =
        assets::filtered(blender_provider, std::move(candidates), filters_of(arguments));
    if (!left) return left.error();
    std::vector<const Marked*> found;
    for (const auto& asset : assets::best_first(*left, query))
        found.push_back(by_id.at(asset.id));
    return found;
}

constexpr std::array<std::string_view, 4> of_objects{"location", "rotation", "target_size",
                                                     "collection"};
constexpr std::array<std::string_view, 1> of_materials{"objects"};

/// What an import may be told of where it goes.
std::span<const std::string_view> places_of(const Marked& one) {
    if (one.type == "Material") return of_materials;
    if (one.type == "World") return {};
    return of_objects;
}

/// Besides those of its place.
bool is_for_all(std::string_view argument, const Marked& one) {
    const bool takes_name = one.type == "Object" || one.type == "Collection";
    return argument == "provider" || argument == "id" || argument == "pack" ||
           (argument == "name" && takes_name);
}

core::Result<void> check_arguments(const core::Json& arguments, const Marked& one) {
    for (const auto& [name, value] : arguments.items())
        if (const auto places = places_of(one);
            !is_for_all(name, one) && std::ranges::find(places, name) == places.end())
            return core::Error{core::ErrorCode::invalid,
                               fmt::format("{}: {} is a {} of a library, which has no {}", name,
                                           core::excerpt(one.asset.name), one.type, name),
                               "Leave it out"};
    return {};
}

core::Json operation_arguments(const core::Json& arguments, const Marked& one) {
    core::Json provenance{{"provider", blender_provider},
                          {"id", one.asset.id},
                          {"title", one.asset.name},
                          {"authors", one.asset.authors},
                          {"license", one.asset.license.name},
                          {"retrieved", core::utc_time(std::chrono::system_clock::now())},
                          {"library", one.library},
                          {"file", one.file}};
    core::Json file{{"path", one.file}, {"role", "model"}};
    core::Json wanted{{"kind", "model"},
                      {"name", arguments.value("name", one.asset.name)},
                      {"files", core::Json::array({std::move(file)})},
                      {"datablock", {{"type", one.type}, {"name", one.asset.name}}},
                      {"provenance", std::move(provenance)},
                      {"pack", arguments.value("pack", false)}};
    for (const auto place : places_of(one))
        if (const auto found = arguments.find(place); found != arguments.end())
            wanted[place] = *found;
    return wanted;
}

core::Error is_there_already(const Marked& one) {
    return {
        core::ErrorCode::invalid,
        fmt::format("{} {} is in the open file already", one.type, core::excerpt(one.asset.name)),
        "Use it by its name: duplicate_objects, set_material"};
}

}  // namespace

asio::awaitable<core::Result<mcp::ToolAnswer>> search_in_blender(Toolbox toolbox,
                                                                 mcp::CallContext context,
                                                                 core::Json arguments) {
    auto query = arguments.value("query", "");
    if (!query.empty()) {
        auto clean = guard::clean_query(query, toolbox.guards.metrics);
        if (!clean) co_return clean.error();
        query = std::move(*clean);
    }
    const auto offset = read_cursor(arguments.value("cursor", ""));
    if (!offset) co_return offset.error();
    const auto listing = co_await list(std::move(toolbox), std::move(context));
    if (!listing) co_return listing.error();
    const auto found = best(listing->marked, query, arguments);
    if (!found) co_return found.error();
    const auto begin = std::min(*offset, found->size());
    const auto end = std::min(begin + arguments.value("limit", std::size_t{20}), found->size());
    core::Json answer{{"assets", core::Json::array()}, {"total", found->size()}};
    for (auto index = begin; index < end; ++index)
        answer["assets"].push_back(described(*(*found)[index]));
    for (const auto& warning : listing->warnings)
        answer["failures"].push_back({{"provider", blender_provider}, {"error", warning}});
    if (end < found->size()) answer["cursor"] = fmt::format("{}{}", cursor_mark, end);
    mcp::ToolResult result;
    result.structured = core::dump(answer);
    co_return result;
}

asio::awaitable<core::Result<mcp::ToolAnswer>> preview_in_blender(Toolbox toolbox,
                                                                  mcp::CallContext context,
                                                                  core::Json arguments) {
    auto id = arguments["id"].get<std::string>();
    const auto one = co_await find(toolbox, context, std::move(id));
    if (!one) co_return one.error();
    core::Json about{{"path", one->file}, {"type", one->type}, {"name", one->asset.name}};
    const auto wanted = co_await operation("asset.preview", std::move(about), context);
    auto reply = co_await toolbox.blender->call(wanted, context.cancel, forward_progress(context));
    if (!reply) co_return reply.error();
    auto picture = to_result(std::move(*reply));
    if (!picture) co_return picture.error();
    auto& image = std::get<mcp::ImageContent>(picture->content.at(0));
    picture->structured = core::dump(
        core::Json{{"asset", described(*one)},
                   {"image", {{"mime_type", image.mime_type}, {"bytes", image.bytes.size()}}}});
    co_return std::move(*picture);
}

asio::awaitable<core::Result<mcp::ToolAnswer>> import_in_blender(Toolbox toolbox,
                                                                 mcp::CallContext context,
                                                                 core::Json arguments) {
    const auto timeout = take_seconds(arguments, "timeout_s");
    auto id = arguments["id"].get<std::string>();
    const auto one = co_await find(toolbox, context, std::move(id));
    if (!one) co_return one.error();
    if (one->is_open) co_return is_there_already(*one);
    if (const auto fine = check_arguments(arguments, *one); !fine) co_return fine.error();
    auto in_blender = operation_arguments(arguments, *one);
    auto wanted = co_await operation("asset.import", std::move(in_blender), context);
    mark_as_edit(wanted, context);
    wanted.timeout = timeout.value_or(toolbox.options.script_timeout);
    const auto reply = co_await toolbox.blender->call(std::move(wanted), context.cancel,
                                                      forward_progress(context));
    if (!reply) co_return reply.error();
    core::Json file{{"name", one->file.substr(one->file.rfind('/') + 1)}, {"role", "model"}};
    core::Json answer{{"asset", described(*one)},
                      {"format", "blend"},
                      {"files", core::Json::array({std::move(file)})}};
    add_imported(answer, reply->result());
    mcp::ToolResult result;
    result.structured = core::dump(answer);
    co_return result;
}

}  // namespace blender_mcpd::tools
