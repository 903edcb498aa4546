#include "sketchfab.hpp"

#include "keyed_library.hpp"

#include <algorithm>
#include <filesystem>

#include <support/catch.hpp>

namespace blender_mcpd::assets {
namespace {

namespace fs = std::filesystem;

const std::string glb = "glTF, or so it begins";

SearchRequest chairs(SearchFilters filters = {}) {
    SearchRequest request{"chair", {"sketchfab"}};
    request.filters = std::move(filters);
    return request;
}

TEST_CASE("models of Sketchfab come with their licence and author") {
    KeyedLibrary library;
    const auto found = library.search(chairs()).value();
    CHECK(found.assets.size() == 20);
    const auto& chair = found.assets.at(0);
    CHECK(chair.id == FakeSketchfab::id(1));
    CHECK(chair.kind == Kind::model);
    CHECK(chair.authors == Names{"Ada Example"});
    CHECK(chair.license.name == "CC-BY-4.0");
    CHECK(chair.license.url == "https://creativecommons.org/licenses/by/4.0/");
    CHECK(chair.source_url == "https://sketchfab.com/3d-models/" + chair.id);
    CHECK(chair.faces == 100);
    CHECK(chair.animated == true);
    CHECK(chair.tags == Names{"wood"});
    const auto& request = library.server.requests.at(0);
    CHECK(parameter(request, "type") == "models");
    CHECK(parameter(request, "downloadable") == "true");
    CHECK(parameter(request, "q") == "chair");
}

TEST_CASE("its licences are known by number, word or label") {
    struct Row {
        Json license;
        const char* name;
    };
    const auto row =
        GENERATE(Row{{{"slug", "cc0"}}, "CC0-1.0"}, Row{{{"label", "CC Attribution"}}, "CC-BY-4.0"},
                 Row{{{"uid", "b9ddc40b93e34cdca1fc152f39b9f375"}}, "CC-BY-SA-4.0"},
                 Row{{{"slug", "by-nd"}}, "CC-BY-ND-4.0"}, Row{{{"slug", "by-nc"}}, "CC-BY-NC-4.0"},
                 Row{{{"slug", "by-nc-sa"}}, "CC-BY-NC-SA-4.0"},
                 Row{{{"slug", "by-nc-nd"}}, "CC-BY-NC-ND-4.0"},
                 Row{{{"label", "Editorial"}}, "Sketchfab Editorial"},
                 Row{{{"label", "Something New"}}, "Something New"}, Row{nullptr, ""}, Row{7, ""});
    CAPTURE(row.name);
    const auto found =
        core::parse_json(Json{{"uid", FakeSketchfab::id(1)}, {"license", row.license}}.dump());
    CHECK(sketchfab_asset(*found)->license.name == row.name);
}

TEST_CASE("pages of Sketchfab follow each other without gaps or repeats") {
    KeyedLibrary library;
    auto request = chairs();
    request.limit = GENERATE(7, 24, 25, 100);
    const auto all = library.walk(request);
    CHECK(all.size() == 30);
    CHECK(all.front() == "Chair 1");
    CHECK(all.back() == "Chair 30");
    auto sorted = all;
    std::ranges::sort(sorted);
    CHECK(std::ranges::adjacent_find(sorted) == sorted.end());
}

TEST_CASE("both providers page beside each other") {
    KeyedLibrary library;
    SearchRequest request{"tree"};
    request.limit = 15;
    CHECK(library.walk(request).size() == 70);
}

TEST_CASE("filters go to Sketchfab in its words") {
    KeyedLibrary library;
    struct Row {
        SearchFilters filters;
        const char* sent;
    };
    const auto row = GENERATE(
        Row{{.category = "Cars & Vehicles"}, "&categories=cars-vehicles&"},
        Row{{.license = LicenseFilter::commercial}, "&licenses=cc0&licenses=by&licenses=by-sa&"},
        Row{{.license = LicenseFilter::cc0}, "&licenses=cc0&count"},
        Row{{.animated = true}, "&animated=true&"}, Row{{.animated = false}, "&animated=false&"},
        Row{{.max_faces = 500}, "&max_face_count=500&"});
    CAPTURE(row.sent);
    REQUIRE(library.search(chairs(row.filters)).has_value());
    CHECK_THAT(library.server.targets.at(0), ContainsSubstring(row.sent));
}

TEST_CASE("what Sketchfab gives although it was filtered out is left out") {
    KeyedLibrary library;
    CHECK(library.search(chairs({.license = LicenseFilter::cc0})).value().assets.empty());
    CHECK(library.walk(chairs({.max_faces = 500})).size() == 5);
    CHECK(library.walk(chairs({.animated = false})).size() == 15);
}

TEST_CASE("a category that Sketchfab does not have is refused with those that it has") {
    KeyedLibrary library;
    const auto refused = library.search(chairs({.category = "brick"}));
    REQUIRE(!refused);
    CHECK(refused.error().code == core::ErrorCode::invalid);
    CHECK_THAT(refused.error().message, ContainsSubstring("no category brick"));
    CHECK_THAT(refused.error().remedy, ContainsSubstring("furniture-home"));
    CHECK(library.server.targets.empty());
}

TEST_CASE("it has models alone") {
    KeyedLibrary library;
    auto request = chairs();
    request.kind = GENERATE(Kind::texture, Kind::hdri);
    CHECK(library.search(request).value().assets.empty());
    CHECK(library.server.targets.empty());
}

TEST_CASE("a model of Sketchfab comes as GLB where there is one, once, whatever its URL") {
    KeyedLibrary library;
    library.sketchfab.offer(3, {{"glb", library.sketchfab.file("3.glb", glb)},
                                {"gltf", library.sketchfab.file("3.zip", "")}});
    const auto prepared = library.prepare({"sketchfab", FakeSketchfab::id(3)}).value();
    CHECK(prepared.format == "glb");
    REQUIRE(prepared.files.size() == 1);
    CHECK(prepared.files.at(0).role == "model");
    CHECK(library.text_of(prepared.files.at(0).path) == glb);
    library.sketchfab.offer(3, {{"glb", library.sketchfab.file("3.glb", glb)}});  // signed anew
    REQUIRE(library.prepare({"sketchfab", FakeSketchfab::id(3)}).has_value());
    CHECK(library.server.count("/dl/3.glb") == 1);
    CHECK(library.server.count("/dl/3.zip") == 0);
}

TEST_CASE("a model that was changed since is fetched anew") {
    KeyedLibrary library;
    library.sketchfab.offer(3, {{"glb", library.sketchfab.file("3.glb", glb)}});
    REQUIRE(library.prepare({"sketchfab", FakeSketchfab::id(3)}).has_value());
    library.sketchfab.models[2]["updatedAt"] = "2026-11-01T10:00:00";
    REQUIRE(library.prepare({"sketchfab", FakeSketchfab::id(3)}).has_value());
    CHECK(library.server.count("/dl/3.glb") == 2);
}

TEST_CASE("its glTF is an archive, checked as those of others") {
    KeyedLibrary library;
    const auto id = FakeSketchfab::id(4);
    SECTION("and unpacked") {
        const auto archive =
            zip({{"scene.gltf", "{}"}, {"scene.bin", "mesh"}, {"textures/a.png", image("a")}});
        library.sketchfab.offer(4, {{"gltf", library.sketchfab.file("4.zip", archive)}});
        const auto prepared = library.prepare({"sketchfab", id}).value();
        CHECK(prepared.format == "gltf");
        CHECK(prepared.files.at(0).path.filename() == "scene.gltf");
        CHECK(prepared.files.at(0).role == "model");
        CHECK(prepared.files.size() == 3);
    }
    SECTION("that may not lead elsewhere") {
        const auto archive = zip({{"scene.gltf", "{}"}, {"../../evil.png", image("evil")}});
        library.sketchfab.offer(4, {{"gltf", library.sketchfab.file("4.zip", archive)}});
        CHECK(library.prepare({"sketchfab", id}).error().code == core::ErrorCode::protocol);
        CHECK(!fs::exists(library.folder / "evil.png"));
    }
    SECTION("that may be damaged") {
        auto archive = zip({{"scene.gltf", "{\"asset\": {\"version\": \"2.0\"}}"}});
        archive.resize(archive.size() / 2);
        library.sketchfab.offer(4, {{"gltf", library.sketchfab.file("4.zip", archive)}});
        CHECK(library.prepare({"sketchfab", id}).error().code == core::ErrorCode::protocol);
    }
}

TEST_CASE("files that are not what was promised are thrown away") {
    KeyedLibrary library;
    auto told = library.sketchfab.file("5.glb", glb);
    SECTION("by their size") {
        told["size"] = glb.size() + 1;
    }
    SECTION("by their content") {
        told = library.sketchfab.file("5.glb", "<html>not here</html>");
    }
    library.sketchfab.offer(5, {{"glb", told}});
    CHECK(library.prepare({"sketchfab", FakeSketchfab::id(5)}).error().code ==
          core::ErrorCode::protocol);
}

TEST_CASE("files on other servers are not fetched") {
    KeyedLibrary library;
    HttpServer foreign(library.io);
    foreign.on("/6.glb", Answer{200, glb});
    auto told = library.sketchfab.file("6.glb", glb);
    SECTION("when they are named") {
        told["url"] = foreign.url("/6.glb");
    }
    SECTION("when a redirect leads there") {
        library.server.on("/dl/6.glb", Answer{302, "", {"Location: " + foreign.url("/6.glb")}});
    }
    library.sketchfab.offer(6, {{"glb", told}});
    const auto refused = library.prepare({"sketchfab", FakeSketchfab::id(6)});
    REQUIRE(!refused);
    CHECK(refused.error().code == core::ErrorCode::invalid);
    CHECK_THAT(refused.error().message, ContainsSubstring("may not be fetched"));
    CHECK(refused.error().message.find("signature") == std::string::npos);
    CHECK(foreign.requests.empty());
}

TEST_CASE("what its author does not give away is said to be so") {
    KeyedLibrary library;
    library.sketchfab.models[6]["isDownloadable"] = false;
    const auto refused = library.prepare({"sketchfab", FakeSketchfab::id(7)});
    REQUIRE(!refused);
    CHECK(refused.error().code == core::ErrorCode::unavailable);
    CHECK_THAT(refused.error().message, ContainsSubstring("Chair 7"));
}

TEST_CASE("a picture of Sketchfab is as large as one wants to see it") {
    KeyedLibrary library;
    const auto picture = library.preview("sketchfab", FakeSketchfab::id(1)).value();
    CHECK(picture.mime_type == "image/jpeg");
    CHECK(library.server.targets.back() == "/thumb.jpg");
    library.sketchfab.models[0].erase("thumbnails");
    CHECK(library.preview("sketchfab", FakeSketchfab::id(1)).error().code ==
          core::ErrorCode::not_found);
}

TEST_CASE("there are no models without the id of one") {
    KeyedLibrary library;
    for (const auto& id :
         {std::string("../me"), std::string(), std::string("a?b"), FakeSketchfab::id(99)})
        CHECK(library.prepare({"sketchfab", id}).error().code == core::ErrorCode::not_found);
}

TEST_CASE("answers of Sketchfab in another shape are an error of it") {
    KeyedLibrary library;
    const std::string body = GENERATE("", "[]", "{", "{}", R"({"results":7})", "<html>");
    library.server.on("/v3/search", Answer{200, body});
    CHECK(library.search(chairs()).error().code == core::ErrorCode::protocol);
    library.sketchfab.offer(8, Json::object());
    CHECK(!library.prepare({"sketchfab", FakeSketchfab::id(8)}));
}

}  // namespace
}  // namespace blender_mcpd::assets
