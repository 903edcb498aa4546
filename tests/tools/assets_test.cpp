// The tools for assets, on a library with one asset of each kind.
#include "fake_blender.hpp"

#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

core::Json structured(const mcp::ToolResult& result) {
    REQUIRE(error_text(result).empty());
    return core::Json::parse(result.structured);
}

core::Json import_of(assets::Kind kind, core::Json more = core::Json::object()) {
    more.update({{"provider", "local"}, {"id", some_asset(kind)}});
    return more;
}

TEST_CASE("a search tells what an import needs, and whose work it is") {
    Bench bench;
    const auto found = structured(bench.call("search_assets", R"({"query":"OAK"})"));
    REQUIRE(found["assets"].size() == 1);
    const auto& oak = found["assets"][0];
    CHECK(oak["provider"] == "local");
    CHECK(oak["id"] == some_asset(assets::Kind::texture));
    CHECK(oak["kind"] == "texture");
    CHECK(oak["license"] == "unknown");
    CHECK(found["total"] == 1);
    CHECK(!found.contains("failures"));
    CHECK(bench.blender.calls.empty());
}

TEST_CASE("a search goes on from its cursor") {
    Bench bench;
    const auto first = structured(bench.call("search_assets", R"({"limit":2})"));
    CHECK(first["assets"].size() == 2);
    const auto rest = structured(bench.call_with("search_assets", {{"cursor", first["cursor"]}}));
    CHECK(rest["assets"].size() == 1);
    CHECK(!rest.contains("cursor"));
}

TEST_CASE("arguments of a search are checked") {
    Bench bench;
    for (const auto* arguments :
         {R"({"query":""})", R"({"query":"\u200b"})", R"({"provider":"elsewhere"})",
          R"({"kind":"sound"})", R"({"limit":0})", R"({"cursor":"x"})", R"({"url":"https://x"})",
          R"({"category":""})", R"({"license":"free"})", R"({"animated":"yes"})",
          R"({"max_faces":0})", R"({"token":"secret"})"}) {
        CAPTURE(arguments);
        CHECK(bench.call("search_assets", arguments).is_error);
    }
}

TEST_CASE("a search is narrowed down, or told why not") {
    Bench bench;
    CHECK(structured(bench.call("search_assets", R"({"license":"any"})"))["assets"].size() == 3);
    for (const auto* filter : {"category", "license", "animated", "max_faces"}) {
        CAPTURE(filter);
        core::Json arguments{
            {"category", "wood"}, {"license", "cc0"}, {"animated", false}, {"max_faces", 100}};
        const auto refused =
            error_text(bench.call_with("search_assets", {{filter, arguments[filter]}}));
        CHECK_THAT(refused, ContainsSubstring(std::string("local cannot search by ") + filter));
        CHECK_THAT(refused, ContainsSubstring("Leave"));
    }
}

TEST_CASE("a picture comes by value") {
    Bench bench;
    const auto result = bench.call_with("get_asset_preview", import_of(assets::Kind::hdri));
    CHECK(structured(result)["image"]["mime_type"] == "image/png");
    const auto& image = std::get<mcp::ImageContent>(result.content.at(0));
    CHECK(image.bytes == "\x89PNG\r\n\x1a\n");
    CHECK_THAT(error_text(bench.call_with("get_asset_preview", import_of(assets::Kind::model))),
               ContainsSubstring("has no picture"));
}

TEST_CASE("an import sends Blender finished files, with their roles and their origin") {
    Bench bench;
    bench.blender.result = R"({"material":"oak","warnings":[],"provenance":{},"generation":8})";
    const auto answer = structured(bench.call_with(
        "import_asset", import_of(assets::Kind::texture, {{"objects", {"Cube"}}, {"scale", 2}})));
    CHECK(bench.blender.calls.at(0).operation.name == "asset.import");
    CHECK(bench.blender.calls.at(0).operation.mutates);
    const auto sent = core::Json::parse(bench.sent());
    CHECK(sent["kind"] == "texture");
    CHECK(sent["name"] == "oak");
    CHECK(sent["objects"] == core::Json{"Cube"});
    CHECK(sent["scale"] == 2);
    REQUIRE(sent["files"].size() == 2);
    CHECK(sent["files"][0]["path"] == (some_assets().folder / "Oak_Color.png").string());
    CHECK(sent["files"][0]["role"] == "color");
    CHECK(sent["provenance"]["provider"] == "local");
    CHECK(sent["provenance"]["retrieved"].get<std::string>().ends_with("Z"));
    CHECK(!sent.contains("provider"));
    CHECK(answer["imported"]["material"] == "oak");
    CHECK(answer["generation"] == 8);
    CHECK(answer["asset"]["name"] == "oak");
}

TEST_CASE("what makes no sense for the kind of asset is refused before anything is fetched") {
    Bench bench;
    const auto text = error_text(
        bench.call_with("import_asset", import_of(assets::Kind::hdri, {{"objects", {"Cube"}}})));
    CHECK_THAT(text, ContainsSubstring("objects: studio is a hdri, which has no objects"));
    CHECK_THAT(text, ContainsSubstring("Leave it out"));
    CHECK(bench.blender.calls.empty());
}

TEST_CASE("an asset that is not there is an error with a remedy") {
    Bench bench;
    const auto text =
        error_text(bench.call("import_asset", R"({"provider":"local","id":"nothing"})"));
    CHECK_THAT(text, ContainsSubstring("local has no asset nothing"));
    CHECK_THAT(text, ContainsSubstring("search_assets"));
    CHECK_THAT(error_text(bench.call("import_asset", R"({"provider":"polyhaven","id":"x"})")),
               ContainsSubstring("switched off"));
}

}  // namespace
}  // namespace blender_mcpd::tools
