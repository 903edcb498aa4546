#include "filters.hpp"

#include "search_place.hpp"
#include "shapes.hpp"
#include "stage.hpp"

#include <blender_mcpd/assets/assets.hpp>

#include <optional>

#include <support/catch.hpp>

namespace blender_mcpd::assets {
namespace {

using Names = std::vector<std::string>;

TEST_CASE("licences allow what their names say") {
    struct Row {
        const char* name;
        bool cc0;
        bool commercial;
    };
    const auto row = GENERATE(
        Row{"CC0-1.0", true, true}, Row{"CC-BY-4.0", false, true}, Row{"CC-BY-3.0", false, true},
        Row{"CC-BY", false, true}, Row{"CC-BY-SA-4.0", false, true},
        Row{"CC-BY-ND-4.0", false, false}, Row{"CC-BY-NC-4.0", false, false},
        Row{"CC-BY-NC-SA-4.0", false, false}, Row{"Sketchfab Standard", false, false},
        Row{"Sketchfab Editorial", false, false}, Row{"", false, false}, Row{"MIT", false, false});
    CAPTURE(row.name);
    CHECK(is_licensed({row.name}, LicenseFilter::any));
    CHECK(is_licensed({row.name}, LicenseFilter::cc0) == row.cc0);
    CHECK(is_licensed({row.name}, LicenseFilter::commercial) == row.commercial);
}

TEST_CASE("a category is the same however it is written") {
    CHECK(is_same_category("Food & Drink", "food-drink"));
    CHECK(is_same_category("CARS vehicles", "cars-vehicles"));
    CHECK(!is_same_category("food", "food-drink"));
}

TEST_CASE("of what is not known of an asset nothing is assumed") {
    Asset asset;
    CHECK(matches(asset, {}));
    CHECK(!matches(asset, {.license = LicenseFilter::cc0}));
    CHECK(!matches(asset, {.animated = false}));
    CHECK(!matches(asset, {.max_faces = 100}));
    asset.faces = 100;
    asset.animated = true;
    CHECK(matches(asset, {.animated = true, .max_faces = 100}));
    CHECK(!matches(asset, {.max_faces = 99}));
}

TEST_CASE("a cursor tells where each provider was, and nothing else is one") {
    const Places places{{"local", {3}}, {"sketchfab", {30, "cD0yMDI2+/==-.", 24}}};
    CHECK(read_cursor(write_cursor(places)).value() == places);
    CHECK(read_cursor("").value().empty());
    for (const auto* text : {"x", "local", "local.", "local.x", "local.1.2", "sketchfab.1.2.zz",
                             "sketchfab.1.2.61", "sketchfab.9.2.616", "local.1-", "-local.1",
                             "local.99999999999", "elsewhere.1", "local.-1"}) {
        CAPTURE(text);
        CHECK(read_cursor(text).error().code == core::ErrorCode::invalid);
    }
}

struct FreeLibrary : Stage {
    FreeLibrary() {
        options.folders = {folder / "own"};
        options.polyhaven_url = server.url();
        options.ambientcg_url = second.url();
        write("own/bricks/Mossy_Color.png", image("colour"));
        write("own/chairs/stool.glb", "glTF");
        polyhaven.lists["textures"]["old_bricks"]["categories"] = {"brick", "outdoor"};
        polyhaven.lists["models"]["school_chair"]["categories"] = {"furniture"};
        polyhaven.lists["models"]["school_chair"]["polycount"] = 5'000;
    }
    core::Result<SearchAnswer> search(SearchFilters filters, Names providers = {}) {
        if (!assets) assets.emplace(timers, metrics, options);
        SearchRequest request{"", std::move(providers)};
        request.filters = std::move(filters);
        return run(assets->search(std::move(request), {}));
    }
    Names found(SearchFilters filters, Names providers = {}) {
        Names names;
        for (const auto& one : search(std::move(filters), std::move(providers)).value().assets)
            names.push_back(one.name);
        return names;
    }

    HttpServer second{io};
    FakePolyHaven polyhaven{server};
    FakeAmbientCg ambientcg{second};
    AssetsOptions options;
    std::optional<Assets> assets;
};

TEST_CASE("Poly Haven is narrowed down to a category, or says which it has") {
    FreeLibrary library;
    CHECK(library.found({.category = "Brick"}, {"polyhaven"}) == Names{"Old Bricks"});
    CHECK(library.found({.category = "furniture"}, {"polyhaven"}) == Names{"School Chair"});
    const auto refused = library.search({.category = "spaceship"}, {"polyhaven"});
    REQUIRE(!refused);
    CHECK(refused.error().code == core::ErrorCode::invalid);
    CHECK_THAT(refused.error().message, ContainsSubstring("no category spaceship"));
    CHECK(refused.error().remedy == "There are: brick, furniture, made up, outdoor");
}

TEST_CASE("a licence narrows down to those that are known to have it") {
    FreeLibrary library;
    const auto answer = library.search({.license = LicenseFilter::cc0}).value();
    CHECK(answer.assets.size() == 4);
    REQUIRE(answer.failures.size() == 1);  // nobody knows those of the user's own
    CHECK(answer.failures.at(0).provider == "local");
    CHECK(answer.failures.at(0).error.message == "local cannot search by license");
}

TEST_CASE("faces are counted where the provider tells them") {
    FreeLibrary library;
    CHECK(library.found({.max_faces = 5'000}, {"polyhaven"}) == Names{"School Chair"});
    CHECK(library.found({.max_faces = 4'999}, {"polyhaven"}).empty());
}

TEST_CASE("a provider that cannot filter so says so, and the others answer") {
    FreeLibrary library;
    const auto answer = library.search({.category = "bricks"}).value();
    CHECK(answer.assets.size() == 1);  // the folder of the user's own
    Names failed;
    for (const auto& one : answer.failures)
        failed.push_back(one.provider + ": " + one.error.message);
    CHECK(failed == Names{"polyhaven: category: polyhaven has no category bricks",
                          "ambientcg: ambientcg cannot search by category"});
    const auto nobody = library.search({.animated = true});
    REQUIRE(!nobody);
    CHECK(nobody.error().code == core::ErrorCode::invalid);
    CHECK(library.second.requests.empty());
}

}  // namespace
}  // namespace blender_mcpd::assets
