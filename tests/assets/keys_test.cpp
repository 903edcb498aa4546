// What is done with the keys of the user's accounts, and what is not.
#include "keyed_library.hpp"

#include <filesystem>
#include <fstream>

#include <support/catch.hpp>
#include <sys/stat.h>

namespace blender_mcpd::assets {
namespace {

using std::chrono::seconds;

bool tells(const std::string& text) {
    return text.find(FakeSketchfab::token) != std::string::npos ||
           text.find(FakePolyPizza::key) != std::string::npos;
}

bool tells(const core::Error& error) {
    return tells(core::describe(error) + error.details);
}

Names failed(const SearchAnswer& answer) {
    Names names;
    for (const auto& one : answer.failures)
        names.push_back(one.provider);
    return names;
}

TEST_CASE("a key goes with requests to the interface, and with nothing else") {
    KeyedLibrary library;
    library.sketchfab.offer(1, {{"glb", library.sketchfab.file("1.glb", "glTF 1")}});
    REQUIRE(library.search({"tree"}).has_value());
    REQUIRE(library.prepare({"sketchfab", FakeSketchfab::id(1)}).has_value());
    REQUIRE(library.preview("sketchfab", FakeSketchfab::id(1)).has_value());
    REQUIRE(library.prepare({"polypizza", "tree-1"}).has_value());
    REQUIRE(library.preview("polypizza", "tree-1").has_value());
    for (const auto& request : library.server.requests) {
        CAPTURE(request.path);
        CHECK(request["Authorization"].empty() == !request.path.starts_with("/v3/"));
        CHECK(request["x-auth-token"].empty());
        CHECK(!tells(request.path));
    }
    for (const auto& request : library.second.requests) {
        CAPTURE(request.path);
        CHECK(request["x-auth-token"].empty() == !request.path.starts_with("/v1.1/"));
        CHECK(request["Authorization"].empty());
        CHECK(!tells(request.path));
    }
    CHECK(!tells(library.log.text()));
}

TEST_CASE("without a key a provider is asked only by name, and says what is missing") {
    KeyedLibrary library;
    library.options.sketchfab_token.value.clear();
    SECTION("others are asked as always") {
        const auto found = library.search({"tree"}).value();
        CHECK(found.assets.size() == 20);
        CHECK(failed(found).empty());
    }
    SECTION("who names it hears what to do") {
        const auto refused = GENERATE(0, 1, 2);
        const auto id = FakeSketchfab::id(1);
        const auto error = refused == 0   ? library.search({"chair", {"sketchfab"}}).error()
                           : refused == 1 ? library.prepare({"sketchfab", id}).error()
                                          : library.preview("sketchfab", id).error();
        CHECK(error.code == core::ErrorCode::unavailable);
        CHECK(error.message == "the token of Sketchfab is missing");
        for (const auto* part : {"https://sketchfab.example/settings", "chmod 600",
                                 "assets.sketchfab_token_file", "SKETCHFAB_TOKEN"})
            CHECK_THAT(error.remedy, ContainsSubstring(part));
    }
    SECTION("and beside others it is a failure") {
        const auto found = library.search({"tree", {"sketchfab", "polypizza"}}).value();
        CHECK(failed(found) == Names{"sketchfab"});
    }
    SECTION("of none that could be asked") {
        library.options.polypizza_key.value.clear();
        CHECK_THAT(library.search({"tree"}).error().message,
                   ContainsSubstring("key that it needs"));
    }
    CHECK(library.server.requests.empty());
}

TEST_CASE("a key file that will do is read anew by each call, another one is told of") {
    KeyedLibrary library;
    auto& token = library.options.sketchfab_token;
    token.value.clear();
    token.file = library.folder / "token";
    const auto search = [&] { return library.search({"chair", {"sketchfab"}}); };
    CHECK_THAT(search().error().message, ContainsSubstring("there is no file"));
    std::ofstream(token.file) << FakeSketchfab::token << '\n';
    ::chmod(token.file.c_str(), 0600);
    CHECK(search().has_value());
    ::chmod(token.file.c_str(), 0644);
    const auto refused = search();
    REQUIRE(!refused);
    CHECK_THAT(refused.error().remedy, ContainsSubstring("chmod 600"));
    CHECK(!tells(refused.error()));
    CHECK(failed(library.search({"tree"}).value()) == Names{"sketchfab"});  // it was set up
}

TEST_CASE("a key that is refused is told of, and not told") {
    const int status = GENERATE(401, 403);
    KeyedLibrary library;
    library.server.on("/v3/search", [&](const HttpServer::Request& request) {
        return Answer{status, "the token " + request["Authorization"] + " is bad"};
    });
    const auto refused = library.search({"chair", {"sketchfab"}});
    REQUIRE(!refused);
    CHECK(refused.error().code == core::ErrorCode::unavailable);
    CHECK_THAT(refused.error().message, ContainsSubstring(std::to_string(status)));
    for (const auto* part : {"the token of Sketchfab", "assets.sketchfab_token_file",
                             "https://sketchfab.example/settings"})
        CHECK_THAT(refused.error().remedy, ContainsSubstring(part));
    CHECK(!tells(refused.error()));
    CHECK(!tells(library.log.text()));
    CHECK(library.server.requests.size() == 1);
}

TEST_CASE("a site that asks to come back soon is asked again, with the key") {
    KeyedLibrary library;
    int asked = 0;
    library.server.on("/v3/search", [&](const auto&) {
        return ++asked == 1 ? Answer{429, "", {"Retry-After: 7"}}
                            : Answer{200, R"({"results":[]})"};
    });
    std::optional<core::Result<SearchAnswer>> found;
    library.start(library.assets().search({"chair", {"sketchfab"}}, {}), found);
    library.pass(seconds(7), "asset-retry");
    library.drive([&] { return found.has_value(); });
    CHECK(found->has_value());
    REQUIRE(library.server.requests.size() == 2);
    CHECK(!library.server.requests.at(1)["Authorization"].empty());
    CHECK(library.log.count("again in 7000 ms") == 1);
    CHECK(!tells(library.log.text()));
}

TEST_CASE("a site that asks to come back much later is a failure beside others") {
    KeyedLibrary library;
    library.server.on("/v3/search", Answer{429, "", {"Retry-After: 3600"}});
    const auto found = library.search({"tree"}).value();
    CHECK(failed(found) == Names{"sketchfab"});
    CHECK(found.failures.at(0).error.code == core::ErrorCode::busy);
    CHECK(found.assets.size() == 20);
}

TEST_CASE("an interface that leads elsewhere does not take the key along") {
    KeyedLibrary library;
    HttpServer foreign(library.io);
    library.server.on("/v3/search", Answer{302, "", {"Location: " + foreign.url("/v3/search")}});
    const auto refused = library.search({"chair", {"sketchfab"}});
    REQUIRE(!refused);
    CHECK(refused.error().code == core::ErrorCode::invalid);
    CHECK(foreign.requests.empty());
    CHECK(!tells(library.log.text()));
}

}  // namespace
}  // namespace blender_mcpd::assets
