#include "offers_bench.hpp"

#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

constexpr auto object_template = "blender://{instance}/object/{name}";
constexpr auto collection_template = "blender://{instance}/collection/{name}";

core::Error runtime_error(core::ErrorCode code, std::string kind) {
    core::Error error{code, "There is no object 'Cub'. Nearest: 'Cube'.", "Use an exact name."};
    error.details = R"({"kind":")" + kind + R"("})";
    return error;
}

TEST_CASE("what there is to read is listed") {
    OffersBench bench;
    std::vector<std::string> uris;
    for (const auto& resource : bench.registry.resources()) {
        uris.push_back(resource->uri);
        CHECK(!resource->name.empty());
        CHECK(!resource->title.empty());
        CHECK(!resource->description.empty());
        CHECK(!resource->mime_type.empty());
    }
    CHECK(uris == std::vector<std::string>{"blender://status", "blender://default/scene",
                                           "blender://default/credits", "blender://default/log",
                                           "blender://config"});
    std::vector<std::string> templates;
    for (const auto& one : bench.registry.templates()) {
        templates.push_back(one->uri_template);
        CHECK(!one->title.empty());
        CHECK(!one->description.empty());
        CHECK(one->complete);
    }
    CHECK(templates ==
          std::vector<std::string>{"blender://{instance}/scene", "blender://{instance}/credits",
                                   "blender://{instance}/log", object_template, collection_template,
                                   "blender://{instance}/render/{id}"});
    CHECK(bench.blender.calls.empty());
}

TEST_CASE("what belongs to the scene is read from Blender as the tools read it") {
    struct Row {
        std::string uri;
        std::string operation;
        std::string arguments;
    };
    const std::vector<Row> rows{
        {"blender://default/scene", "get_scene_info", R"({"detail":"objects","limit":200})"},
        {"blender://default/credits", "asset.credits", "{}"},
        {"blender://default/object/Cube", "get_object_info",
         R"({"names":["Cube"],"include":["mesh","modifiers","materials","constraints","animation","children"]})"},
        {"blender://default/collection/My%20%C3%84pfel%2F1", "get_collection_info",
         R"({"name":"My Äpfel/1"})"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.uri);
        OffersBench bench;
        bench.blender.result = R"({"as":  "it is"})";
        const auto contents = bench.read(row.uri);
        CHECK(contents.uri == row.uri);
        CHECK(contents.mime_type == "application/json");
        CHECK(contents.data == R"({"as":  "it is"})");
        CHECK(!contents.binary);
        REQUIRE(bench.blender.calls.size() == 1);
        const auto& operation = bench.blender.calls.front().operation;
        CHECK(operation.name == row.operation);
        CHECK(operation.args == row.arguments);
        CHECK(!operation.mutates);
    }
}

TEST_CASE("a scene that has not changed is not read again, nor are its credits") {
    for (const auto* uri : {"blender://default/scene", "blender://default/credits"}) {
        CAPTURE(uri);
        OffersBench bench;
        bench.blender.result = R"({"total":0})";
        (void)bench.read(uri);
        CHECK(bench.read(uri).data == bench.blender.result);
        CHECK(bench.blender.calls.size() == 1);
        bench.blender.scene_generation = std::optional<std::uint64_t>(8);
        (void)bench.read(uri);
        CHECK(bench.blender.calls.size() == 2);
    }
}

TEST_CASE("status, settings and output need no Blender") {
    OffersBench bench;
    bench.blender.name.clear();
    bench.blender.state = {{"state", "not_running"}};
    bench.blender.output = "Blender 3.4.1\nSaved\n";

    const auto status = bench.read("blender://status");
    CHECK(status.mime_type == "application/json");
    const auto told = core::Json::parse(status.data);
    CHECK(told["state"] == "not_running");
    CHECK(told["daemon"]["version"] == "1.2.3");

    const auto config = bench.read("blender://config");
    CHECK(config.mime_type == "application/toml");
    CHECK(config.data == "[log]\nlevel = \"info\"\n");

    const auto log = bench.read("blender://default/log");
    CHECK(log.mime_type == "text/plain");
    CHECK(log.data == "Blender 3.4.1\nSaved\n");
    CHECK(bench.blender.calls.empty());
}

TEST_CASE("what Blender does not know is no resource") {
    for (const std::string uri :
         {"blender://default/object/Cub", "blender://default/collection/Cub"}) {
        CAPTURE(uri);
        OffersBench bench;
        bench.blender.error = runtime_error(core::ErrorCode::not_found, "not_found");
        const auto error = bench.fail(uri);
        CHECK(error.code == mcp::RpcCode::resource_not_found);
        CHECK(error.message.find("Nearest: 'Cube'") != std::string::npos);
        CHECK(error.data == R"({"uri":")" + uri + R"("})");
    }
}

TEST_CASE("there is no such resource, and Blender is not asked") {
    OffersBench bench;
    for (const std::string uri : {
             "blender://other/scene",
             "blender://other/credits",
             "blender://other/object/Cube",
             "blender://other/collection/Props",
             "blender://other/render/1",
             "blender://default/object/",
             "blender://default/object/a/b",
             "blender://default/object/%00",
             "blender://default/object/%zz",
             "blender://default/render/none",
             "blender://default/",
             "file:///etc/passwd",
         }) {
        CAPTURE(uri);
        CHECK(bench.fail(uri).code == mcp::RpcCode::resource_not_found);
    }
    CHECK(bench.fail("blender://default/object/" + std::string(256, 'x')).code ==
          mcp::RpcCode::resource_not_found);
    CHECK(bench.blender.calls.empty());
}

TEST_CASE("every other failure is an internal error with what to do, and a code") {
    OffersBench bench;
    for (auto error :
         {core::Error{core::ErrorCode::unavailable, "Blender does not start", "Look at its output"},
          core::Error{core::ErrorCode::not_found, "There is no Blender", "Install it"},
          core::Error{core::ErrorCode::timeout, "It took too long", "Try again"}}) {
        CAPTURE(error.message);
        bench.blender.error = error;
        const auto told = bench.fail("blender://default/object/Cube");
        CHECK(told.code == mcp::RpcCode::internal_error);
        CHECK(told.message.find(error.message) != std::string::npos);
        CHECK(told.message.find(error.remedy) != std::string::npos);
        CHECK(core::Json::parse(told.data)["blender-mcpd/error"]["code"] ==
              std::string(core::to_string(error.code)));
    }
}

TEST_CASE("reads need a permit") {
    auto options = Bench::generous();
    options.limits = {.enabled = true, .general = {.per_minute = 1, .burst = 0}};
    OffersBench bench(options);
    for (const std::string uri :
         {"blender://status", "blender://config", "blender://default/scene",
          "blender://default/credits", "blender://default/log", "blender://default/object/Cube",
          "blender://default/collection/Props", "blender://default/render/1"}) {
        CAPTURE(uri);
        const auto error = bench.fail(uri);
        CHECK(error.code == mcp::RpcCode::internal_error);
        CHECK(core::Json::parse(error.data)["blender-mcpd/error"]["code"] == "busy");
    }
    CHECK(bench.blender.calls.empty());
}

TEST_CASE("the client's cancellation of a read reaches Blender") {
    OffersBench bench;
    core::Event release(bench.loop.timers.executor());
    bench.blender.hold = &release;
    bench.cancel.cancel(core::CancelReason::client);
    CHECK(bench.fail("blender://default/scene").code == mcp::RpcCode::internal_error);
    release.set();
    bench.loop.settle();
}

}  // namespace
}  // namespace blender_mcpd::tools
