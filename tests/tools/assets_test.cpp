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
    CHECK(sent["pack"] == false);  // it stays where it is, in the user's own folder
    CHECK(!sent.contains("provider"));
    CHECK(answer["imported"]["material"] == "oak");
    CHECK(answer["generation"] == 8);
    CHECK(answer["asset"]["name"] == "oak");
}

TEST_CASE("the images of an asset go into the file when the call says so") {
    Bench bench;
    bench.blender.result = "{}";
    (void)bench.call_with("import_asset", import_of(assets::Kind::texture, {{"pack", true}}));
    CHECK(core::Json::parse(bench.sent())["pack"] == true);
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

constexpr auto libraries = R"({"assets":[
    {"id":"a1","name":"Oak Chair","type":"Object","tags":["wood"],"author":"Ada","license":"CC-BY-4.0","library":"Mine",
     "file":"/lib/chairs.blend"},
    {"id":"a2","name":"Oak","type":"Material","library":"Mine","file":"/lib/wood.blend","catalog":"Wood/Raw"},
    {"id":"a3","name":"Dusk","type":"World","library":"Mine","file":"/lib/wood.blend"},
    {"id":"a4","name":"Lamp","type":"Collection","library":"Current File","file":""}],
    "files":2,"warnings":["broken.blend cannot be read"]})";

core::Json names_of(const core::Json& found) {
    auto names = core::Json::array();
    for (const auto& asset : found["assets"])
        names.push_back(asset["name"]);
    return names;
}

TEST_CASE(
    "Blender's libraries are searched when they are named, and the user's folders with them") {
    Bench bench;
    bench.blender.result = libraries;
    CHECK(!structured(bench.call("search_assets", "{}"))["assets"].empty());
    CHECK(bench.blender.calls.empty());

    const auto found =
        structured(bench.call("search_assets", R"({"provider":"blender","query":"OAKK"})"));
    CHECK(bench.blender.calls.at(0).operation.name == "asset.library_list");
    CHECK(!bench.blender.calls.at(0).operation.mutates);
    CHECK(core::Json::parse(bench.sent())["folders"] == core::Json{some_assets().folder.string()});
    CHECK(names_of(found) == core::Json{"Oak Chair", "Oak"});
    const auto& chair = found["assets"][0];
    CHECK(chair["provider"] == "blender");
    CHECK(chair["id"] == "a1");
    CHECK(chair["kind"] == "model");
    CHECK(chair["type"] == "Object");
    CHECK(chair["library"] == "Mine");
    CHECK(chair["license"] == "CC-BY-4.0");
    CHECK(chair["authors"] == core::Json{"Ada"});
    CHECK(found["failures"][0]["error"] == "broken.blend cannot be read");
}

TEST_CASE("a search in Blender's libraries goes by kind and in pages") {
    Bench bench;
    bench.blender.result = libraries;
    const auto of_kind = [&](const char* kind) {
        return names_of(structured(
            bench.call_with("search_assets", {{"provider", "blender"}, {"kind", kind}})));
    };
    CHECK(of_kind("texture") == core::Json{"Oak"});
    CHECK(of_kind("hdri") == core::Json{"Dusk"});
    CHECK(of_kind("model").size() == 2);

    const auto filtered = [&](const char* filter, const char* value) {
        return bench.call_with("search_assets", {{"provider", "blender"}, {filter, value}});
    };
    CHECK(names_of(structured(filtered("license", "commercial"))) == core::Json{"Oak Chair"});
    CHECK(names_of(structured(filtered("category", "wood raw"))) == core::Json{"Oak"});
    CHECK_THAT(error_text(filtered("category", "Stone")), ContainsSubstring("There are: Wood/Raw"));
    CHECK_THAT(error_text(bench.call("search_assets", R"({"provider":"blender","animated":true})")),
               ContainsSubstring("blender cannot search by animated"));

    auto page = structured(bench.call("search_assets", R"({"provider":"blender","limit":3})"));
    CHECK(page["assets"].size() == 3);
    CHECK(page["total"] == 4);
    page = structured(bench.call_with(
        "search_assets", {{"provider", "blender"}, {"limit", 3}, {"cursor", page["cursor"]}}));
    CHECK(page["assets"].size() == 1);
    CHECK(!page.contains("cursor"));
    CHECK_THAT(
        error_text(bench.call("search_assets", R"({"provider":"blender","cursor":"polyhaven.3"})")),
        ContainsSubstring("cursor is none"));
}

/// Blender lists its libraries, and answers that to all else.
class LibraryBench : public Bench {
  public:
    explicit LibraryBench(std::string then) {
        blender.results["asset.library_list"] = libraries;
        blender.result = std::move(then);
    }
    core::Json last_sent() { return core::Json::parse(blender.calls.back().operation.args); }
};

TEST_CASE("a data-block comes in from its file, with whose work it is") {
    LibraryBench bench(R"({"root":"Oak Chair","provenance":{},"changes":{},"generation":9})");
    const auto answer = structured(bench.call(
        "import_asset", R"({"provider":"blender","id":"a1","location":[1,2,3],"target_size":2})"));
    CHECK(bench.blender.calls.back().operation.name == "asset.import");
    CHECK(bench.blender.calls.back().operation.mutates);
    const auto sent = bench.last_sent();
    CHECK(sent["files"] == core::Json::parse(R"([{"path":"/lib/chairs.blend","role":"model"}])"));
    CHECK(sent["datablock"] == core::Json::parse(R"({"type":"Object","name":"Oak Chair"})"));
    CHECK(sent["location"] == core::Json{1, 2, 3});
    CHECK(sent["target_size"] == 2);
    CHECK(sent["pack"] == false);
    const auto& origin = sent["provenance"];
    CHECK(origin["provider"] == "blender");
    CHECK(origin["authors"] == core::Json{"Ada"});
    CHECK(origin["license"] == "CC-BY-4.0");
    CHECK(origin["library"] == "Mine");
    CHECK(origin["file"] == "/lib/chairs.blend");
    CHECK(answer["imported"]["root"] == "Oak Chair");
    CHECK(answer["generation"] == 9);
    CHECK(answer["files"][0]["name"] == "chairs.blend");
}

TEST_CASE("what a data-block cannot be told is refused before it comes in") {
    for (const auto* arguments :
         {R"({"provider":"blender","id":"a1","objects":["Cube"]})",
          R"({"provider":"blender","id":"a1","resolution":"2k"})",
          R"({"provider":"blender","id":"a2","location":[0,0,0]})",
          R"({"provider":"blender","id":"a2","scale":2})",
          R"({"provider":"blender","id":"a3","name":"Evening"})",
          R"({"provider":"blender","id":"a4"})", R"({"provider":"blender","id":"nothing"})"}) {
        CAPTURE(arguments);
        LibraryBench bench("{}");
        CHECK(bench.call("import_asset", arguments).is_error);
        CHECK(bench.blender.calls.size() == 1);
    }
    LibraryBench bench("{}");
    CHECK_THAT(
        error_text(bench.call("import_asset", R"({"provider":"blender","id":"a4"})")),
        ContainsSubstring("in the open file already") && ContainsSubstring("duplicate_objects"));
}

TEST_CASE("the picture of a data-block comes from its file") {
    LibraryBench bench(R"({"image":{"mime_type":"image/png","width":4,"height":2}})");
    bench.blender.blob = "\x89PNG";
    const auto result = bench.call("get_asset_preview", R"({"provider":"blender","id":"a1"})");
    CHECK(structured(result)["asset"]["name"] == "Oak Chair");
    CHECK(structured(result)["image"]["bytes"] == 4);
    CHECK(std::get<mcp::ImageContent>(result.content.at(0)).bytes == "\x89PNG");
    CHECK(bench.last_sent() ==
          core::Json::parse(R"({"path":"/lib/chairs.blend","type":"Object","name":"Oak Chair"})"));
}

}  // namespace
}  // namespace blender_mcpd::tools
