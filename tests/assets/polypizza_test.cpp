#include "polypizza.hpp"

#include "keyed_library.hpp"

#include <algorithm>

#include <support/catch.hpp>

namespace blender_mcpd::assets {
namespace {

SearchRequest trees(SearchFilters filters = {}) {
    SearchRequest request{"tree", {"polypizza"}};
    request.filters = std::move(filters);
    return request;
}

TEST_CASE("models of Poly Pizza come with their licence and credit line") {
    KeyedLibrary library;
    const auto found = library.search(trees()).value();
    CHECK(found.total == 40);
    const auto& tree = found.assets.at(0);
    CHECK(tree.id == "tree-1");
    CHECK(tree.kind == Kind::model);
    CHECK(tree.authors == Names{"Bob"});
    CHECK(tree.license.name == "CC-BY-3.0");
    CHECK(tree.license.url == "https://creativecommons.org/licenses/by/3.0/");
    CHECK(tree.attribution == "Tree by Bob [CC-BY] via Poly Pizza");
    CHECK(tree.categories == Names{"Nature"});
    CHECK(tree.faces == 10);
    CHECK(tree.animated == false);
    CHECK(found.assets.at(1).license.name == "CC0-1.0");
}

TEST_CASE("pages of Poly Pizza follow each other without gaps or repeats") {
    KeyedLibrary library;
    auto request = trees();
    request.limit = GENERATE(7, 32, 33, 100);
    const auto all = library.walk(request);
    CHECK(all.size() == 40);
    auto sorted = all;
    std::ranges::sort(sorted);
    CHECK(std::ranges::adjacent_find(sorted) == sorted.end());
}

TEST_CASE("filters go to Poly Pizza in its words, and what it does not know is judged here") {
    KeyedLibrary library;
    struct Row {
        SearchFilters filters;
        const char* sent;
        std::size_t found;
    };
    const auto row = GENERATE(Row{{.category = "people characters"}, "?Category=9&Limit=32", 40},
                              Row{{.license = LicenseFilter::cc0}, "?License=1&Limit=32", 20},
                              Row{{.license = LicenseFilter::commercial}, "?Limit=32", 40},
                              Row{{.animated = true}, "?Animated=1&Limit=32", 0},
                              Row{{.max_faces = 350}, "?Limit=32", 35});
    CAPTURE(row.sent);
    auto request = trees(row.filters);
    request.limit = 6;
    CHECK(library.walk(request).size() == row.found);
    CHECK_THAT(library.second.targets.at(0), ContainsSubstring("/v1.1/search/tree"));
    CHECK_THAT(library.second.targets.at(0), ContainsSubstring(row.sent));
}

TEST_CASE("Poly Pizza needs something to search by") {
    KeyedLibrary library;
    SearchRequest request{"", {"polypizza"}};
    const auto refused = library.search(request);
    REQUIRE(!refused);
    CHECK(refused.error().code == core::ErrorCode::invalid);
    request.filters.category = "Nature";
    CHECK(library.search(request).value().assets.size() == 20);
    CHECK_THAT(library.second.targets.at(0), ContainsSubstring("/v1.1/search?Category=6"));
    CHECK(library.search({"oak tree", {"polypizza"}}).value().total == 40);
}

TEST_CASE("a category that Poly Pizza does not have is refused with those that it has") {
    KeyedLibrary library;
    const auto refused = library.search(trees({.category = "cars-vehicles"}));
    REQUIRE(!refused);
    CHECK_THAT(refused.error().remedy, ContainsSubstring("Furniture & Decor"));
    CHECK(library.second.targets.empty());
}

TEST_CASE("a model of Poly Pizza is one file") {
    KeyedLibrary library;
    const auto prepared = library.prepare({"polypizza", "tree-2"}).value();
    CHECK(prepared.format == "glb");
    REQUIRE(prepared.files.size() == 1);
    CHECK(library.text_of(prepared.files.at(0).path) == "glTF tree-2");
    CHECK(library.prepare({"polypizza", "tree-2", "", "fbx"}).error().remedy == "There are: glb");
    CHECK(library.prepare({"polypizza", "missing"}).error().code == core::ErrorCode::not_found);
    library.second.on("/static/tree-4.glb", Answer{200, "<html>please wait</html>"});
    CHECK(library.prepare({"polypizza", "tree-4"}).error().code == core::ErrorCode::protocol);
    CHECK(library.preview("polypizza", "tree-1").value().mime_type == "image/webp");
}

TEST_CASE("answers of Poly Pizza in another shape are an error of it") {
    KeyedLibrary library;
    const std::string body = GENERATE("", "[]", "{}", R"({"results":{}})", "<html>");
    library.second.on("/v1.1/search/tree", Answer{200, body});
    CHECK(library.search(trees()).error().code == core::ErrorCode::protocol);
}

}  // namespace
}  // namespace blender_mcpd::assets
