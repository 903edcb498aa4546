#include "shapes.hpp"
#include "stage.hpp"

#include <blender_mcpd/assets/assets.hpp>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include <support/catch.hpp>

namespace blender_mcpd::assets {
namespace {

namespace fs = std::filesystem;

struct Library : Stage {
    Library() {
        options.cache = folder / "cache";
        options.folders = {folder / "own"};
        options.polyhaven_url = server.url();
        options.ambientcg_url = second.url();
        options.version = "1";
        write("own/bricks/Mossy_Color.png", image("colour"));
        write("own/bricks/Mossy_Normal.png", image("normal"));
        write("own/bricks/.hidden_Color.png", image("colour"));
        write("own/studio.hdr", "#?RADIANCE");
        write("own/chairs/stool.glb", "glTF");
        write("own/chairs/stool.png", image("stool"));
    }

    Assets& assets() {
        if (!assets_) assets_.emplace(timers, metrics, options);
        return *assets_;
    }
    core::Result<SearchAnswer> search(SearchRequest request) {
        return run(assets().search(std::move(request), cancel.token()));
    }
    core::Result<Prepared> prepare(ImportRequest request) {
        return run(assets().prepare(std::move(request), nullptr, cancel.token()));
    }
    [[nodiscard]] std::string own_id(const std::string& query) {
        return search({query, {"local"}}).value().assets.at(0).id;
    }

    HttpServer second{io};
    FakePolyHaven polyhaven{server};
    FakeAmbientCg ambientcg{second};
    AssetsOptions options;

  private:
    std::optional<Assets> assets_;
};

std::vector<std::string> names(const SearchAnswer& answer) {
    std::vector<std::string> all;
    for (const auto& one : answer.assets)
        all.push_back(one.provider + ":" + one.name);
    return all;
}

std::vector<std::string> roles(const Prepared& prepared) {
    std::vector<std::string> all;
    for (const auto& file : prepared.files)
        all.push_back(file.role);
    return all;
}

using Names = std::vector<std::string>;

TEST_CASE("without a call there is no thread and no folder") {
    const auto threads = [] {
        return std::distance(fs::directory_iterator("/proc/self/task"), fs::directory_iterator());
    };
    Library library;
    const auto before = threads();
    library.assets();
    CHECK(threads() == before);
    CHECK_FALSE(fs::exists(library.options.cache));
    (void)library.search({"stool", {"local"}});
    CHECK(threads() > before);
}

TEST_CASE("a search asks all providers, and their best come in turns") {
    Library library;
    const auto found = library.search({"bricks"}).value();
    CHECK(names(found) == Names{"polyhaven:Old Bricks", "ambientcg:Planks 012", "local:mossy"});
    CHECK(found.failures.empty());
    CHECK(found.total == 3);
    CHECK(found.cursor.empty());
    const auto& bricks = found.assets.at(0);
    CHECK(bricks.authors == Names{"Ada Example"});
    CHECK(bricks.license.name == "CC0-1.0");
    CHECK(bricks.source_url == "https://polyhaven.com/a/old_bricks");
}

TEST_CASE("a query is sent cleaned, and encoded once") {
    Library library;
    REQUIRE(library.search({" дуб\t& oak ", {"ambientcg"}}).has_value());
    CHECK(library.second.targets.at(0).find("q=%D0%B4%D1%83%D0%B1%20%26%20oak") !=
          std::string::npos);
    const auto refused = library.search({"\x01"});
    REQUIRE(!refused);
    CHECK(refused.error().code == core::ErrorCode::invalid);
}

TEST_CASE("a provider that fails does not hide what others have") {
    Library library;
    library.second.on("/api/v2/full_json", Answer{404});
    const auto found = library.search({"bricks"}).value();
    CHECK(names(found) == Names{"polyhaven:Old Bricks", "local:mossy"});
    REQUIRE(found.failures.size() == 1);
    CHECK(found.failures.at(0).provider == "ambientcg");
    SECTION("and is the answer when there is no other") {
        const auto none = library.search({"bricks", {"ambientcg"}});
        REQUIRE(!none);
        CHECK(none.error().code == core::ErrorCode::not_found);
    }
}

TEST_CASE("answers in another shape are an error of the provider") {
    Library library;
    const std::string body = GENERATE("", "[]", "{", "{\"foundAssets\":7}", "<html>");
    library.second.on("/api/v2/full_json", Answer{200, body});
    const auto found = library.search({"x", {"ambientcg"}});
    REQUIRE(!found);
    CHECK(found.error().code == core::ErrorCode::protocol);
}

TEST_CASE("kinds are told apart") {
    Library library;
    const auto kind = GENERATE(Kind::texture, Kind::hdri, Kind::model);
    SearchRequest request;
    request.providers = {"polyhaven", "local"};
    request.kind = kind;
    const auto found = library.search(request).value();
    CHECK(found.assets.size() == 2);
    for (const auto& one : found.assets)
        CHECK(one.kind == kind);
}

TEST_CASE("pages follow each other without gaps or repeats") {
    Library library;
    SearchRequest request;
    request.limit = 2;
    Names all;
    for (int page = 0; page < 10; ++page) {
        const auto found = library.search(request).value();
        for (const auto& name : names(found))
            all.push_back(name);
        request.cursor = found.cursor;
        if (request.cursor.empty()) break;
    }
    CHECK(request.cursor.empty());
    CHECK(all.size() == 7);
    std::ranges::sort(all);
    CHECK(std::ranges::adjacent_find(all) == all.end());
    request.cursor = GENERATE("x", "local.x", "local", "local.99999999999", "..-");
    CHECK(library.search(request).error().code == core::ErrorCode::invalid);
}

TEST_CASE("lists are asked for once an hour") {
    Library library;
    REQUIRE(library.search({"bricks", {"polyhaven"}, Kind::texture}).has_value());
    REQUIRE(library.search({"wall", {"polyhaven"}, Kind::texture}).has_value());
    CHECK(library.server.count("/assets") == 1);
    library.advance(std::chrono::hours(2));
    REQUIRE(library.search({"wall", {"polyhaven"}, Kind::texture}).has_value());
    CHECK(library.server.count("/assets") == 2);
}

TEST_CASE("a list of thousands is read") {
    Library library;
    auto& list = library.polyhaven.lists["textures"];
    const Json info = list["old_bricks"];
    for (int index = 0; index < 3'000; ++index)
        list.push_back({"brick_" + std::to_string(index), info});
    list.push_back({"../evil", info});
    CHECK(library.search({"brick", {"polyhaven"}, Kind::texture}).value().total == 3'001);
}

TEST_CASE("a texture of Poly Haven comes with the maps that are used, and no others") {
    Library library;
    const auto prepared = library.prepare({"polyhaven", "old_bricks"}).value();
    CHECK(roles(prepared) == Names{"color", "normal_gl", "roughness"});
    CHECK(prepared.resolution == "2k");
    CHECK(prepared.format == "jpg");
    CHECK(library.text_of(prepared.files.at(0).path) == photo("diffuse"));
    CHECK(library.server.count("/dl/old_bricks_nor_dx_1k.jpg") == 0);
    SECTION("with its displacement, when that is asked for") {
        ImportRequest request{"polyhaven", "old_bricks"};
        request.with_displacement = true;
        CHECK(roles(library.prepare(request).value()) ==
              Names{"color", "normal_gl", "roughness", "displacement"});
    }
    SECTION("unless something speaks against it") {
        ImportRequest request{"polyhaven", "school_chair"};
        request.check = [](const Asset& asset) -> core::Result<void> {
            return core::Error{core::ErrorCode::invalid, asset.name};
        };
        CHECK(library.prepare(request).error().message == "School Chair");
        CHECK(library.server.count("/dl/chair_1k.gltf") == 0);
    }
    SECTION("once") {
        const auto asked = library.server.targets.size();
        REQUIRE(library.prepare({"polyhaven", "old_bricks"}).has_value());
        CHECK(library.server.targets.size() == asked + 2);  // /info and /files
    }
}

TEST_CASE("an HDRI and a model of Poly Haven") {
    Library library;
    const auto small = library.prepare({"polyhaven", "quiet_sky"}).value();
    CHECK(roles(small) == Names{"environment"});
    CHECK(small.resolution == "1k");
    const auto chair = library.prepare({"polyhaven", "school_chair"}).value();
    CHECK(roles(chair) == Names{"model", "dependency", "dependency"});
    CHECK(chair.files.at(1).path ==
          chair.files.at(0).path.parent_path() / "textures/chair_diff_1k.jpg");
    CHECK(fs::exists(chair.files.at(1).path));
}

TEST_CASE("what there is not is said, with what there is") {
    Library library;
    const auto resolution = library.prepare({"polyhaven", "old_bricks", "16k"});
    REQUIRE(!resolution);
    CHECK(resolution.error().remedy == "There are: 1k, 2k");
    const auto format = library.prepare({"polyhaven", "old_bricks", "1k", "exr"});
    REQUIRE(!format);
    CHECK(format.error().remedy == "There are: jpg");
    for (const auto* id : {"nothing", "../evil", "a?b", ""})
        CHECK(library.prepare({"polyhaven", id}).error().code == core::ErrorCode::not_found);
    CHECK(library.prepare({"polyhaven", "old_bricks", "big"}).error().code ==
          core::ErrorCode::invalid);
}

TEST_CASE("a material of ambientCG is unpacked, and its maps are known by name") {
    Library library;
    const auto prepared = library.prepare({"ambientcg", "Planks012", "1k"}).value();
    auto found = roles(prepared);
    std::ranges::sort(found);
    CHECK(found == Names{"color", "normal_gl", "roughness"});
    CHECK(prepared.asset.source_url == "https://ambientcg.com/view?id=Planks012");
    CHECK(library.second.targets.back() == "/cdn/Planks012.zip");
    CHECK(library.prepare({"ambientcg", "Missing1"}).error().code == core::ErrorCode::not_found);
}

TEST_CASE("an archive that would write elsewhere writes nothing") {
    Library library;
    library.ambientcg.archive = zip({{"../../evil.png", image("evil")}});
    const auto prepared = library.prepare({"ambientcg", "Planks012", "1k"});
    REQUIRE(!prepared);
    CHECK(prepared.error().code == core::ErrorCode::protocol);
    CHECK(!fs::exists(library.folder / "evil.png"));
}

TEST_CASE("the user's own folders are a provider") {
    Library library;
    const auto texture = library.prepare({"local", library.own_id("mossy")}).value();
    CHECK(roles(texture) == Names{"color", "normal_gl"});
    CHECK(texture.files.at(0).path == fs::canonical(library.folder) / "own/bricks/Mossy_Color.png");
    CHECK(texture.asset.tags == Names{"bricks"});
    CHECK(roles(library.prepare({"local", library.own_id("studio")}).value()) ==
          Names{"environment"});
    CHECK(roles(library.prepare({"local", library.own_id("stol")}).value()) == Names{"model"});
    CHECK(library.server.targets.empty());
}

TEST_CASE("links out of the user's folders are not followed") {
    Library library;
    library.write("secret/secret.hdr", "#?RADIANCE");
    fs::create_symlink(library.folder / "secret/secret.hdr", library.folder / "own/linked.hdr");
    fs::create_directory_symlink(library.folder / "secret", library.folder / "own/folder");
    CHECK(library.search({"linked", {"local"}}).value().assets.empty());
    CHECK(library.search({"secret", {"local"}}).value().assets.empty());
}

TEST_CASE("pictures are shown by value") {
    Library library;
    const auto preview = [&](const std::string& provider, const std::string& id) {
        return library.run(library.assets().preview(provider, id, {}));
    };
    CHECK(preview("polyhaven", "old_bricks").value().bytes == image("thumb"));
    CHECK(preview("ambientcg", "Planks012").value().mime_type == "image/png");
    CHECK(preview("local", library.own_id("stool")).value().bytes == image("stool"));
    CHECK(preview("local", library.own_id("studio")).error().code == core::ErrorCode::not_found);
    library.server.on("/thumb.png", Answer{200, "<html>"});
    CHECK(preview("polyhaven", "old_bricks").error().code == core::ErrorCode::protocol);
}

TEST_CASE("a provider that is switched off is asked nothing") {
    Library library;
    library.options.providers = {"local"};
    CHECK(library.search({"bricks"}).value().assets.size() == 1);
    CHECK(library.server.targets.empty());
    const auto refused = library.prepare({"polyhaven", "old_bricks"});
    REQUIRE(!refused);
    CHECK(refused.error().message.find("switched off") != std::string::npos);
}

}  // namespace
}  // namespace blender_mcpd::assets
