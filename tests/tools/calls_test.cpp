// What the tools ask of Blender, and what they make of its answers.
#include "fake_blender.hpp"

#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

using namespace std::chrono_literals;

TEST_CASE("most tools forward their arguments as the operation of the same name") {
    struct Row {
        std::string tool;
        std::string arguments;
        bool mutates;
    };
    const std::vector<Row> rows{
        {"get_scene_info", R"({"detail":"objects","limit":5})", false},
        {"get_object_info", R"({"names":["Cube"]})", false},
        {"get_viewport_screenshot", R"({"view":{"azimuth":30},"max_size":400})", false},
        {"inspect_data", R"({"path":"objects[\"Cube\"].location","depth":2})", false},
        {"lookup_api", R"({"query":"mesh.bevel","fields":["affect"]})", false},
        {"create_objects", R"({"items":[{"kind":"cube"}]})", true},
        {"update_objects", R"({"items":[{"name":"A","location":[0.5,1,2]}]})", true},
        {"delete_objects", R"({"names":["A"]})", true},
        {"duplicate_objects", R"({"names":["A"],"count":3,"step":{"offset":[0.5,1,2]}})", true},
        {"set_material", R"({"objects":["A"],"material":{"metallic":0.5}})", true},
        {"edit_nodes", R"({"tree":{"kind":"world"},"layout":true})", true},
        {"set_modifiers", R"({"objects":["A"],"operations":[{"remove":"B"}]})", true},
        {"set_keyframes", R"({"target":"A","data_path":"scale","remove":{"first":1,"last":9}})",
         true},
        {"set_scene", R"({"render":{"percentage":50}})", true},
        {"history", R"({"action":"list"})", false},
        {"history", R"({"action":"undo","steps":3})", true},
        {"history", R"({"action":"checkpoint","name":"a"})", true},
        {"history", R"({"action":"restore","name":"a"})", true},
        {"history", R"({"action":"drop","name":"a"})", true},
        {"manage_file", R"({"action":"save"})", true},
        {"manage_file", R"({"action":"missing_files"})", false},
        {"manage_file", R"({"action":"recent"})", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.tool);
        Bench bench;
        bench.blender.result = R"({"as":  "it is"})";
        const auto result = bench.call(row.tool, row.arguments);
        CHECK(!result.is_error);
        CHECK(result.structured == R"({"as":  "it is"})");
        CHECK(result.content.empty());
        REQUIRE(bench.blender.calls.size() == 1);
        const auto& [operation, on_copy] = bench.blender.calls.front();
        CHECK(operation.name == row.tool);
        CHECK(operation.args == row.arguments);
        CHECK(operation.mutates == row.mutates);
        CHECK(operation.timeout == 0ms);
        CHECK(!on_copy);
    }
}

TEST_CASE("a tool can be called again and again") {
    Bench bench;
    constexpr auto good = R"({"names":["Cube"]})";
    for (int i = 0; i < 3; ++i)
        CHECK(!bench.call("delete_objects", good).is_error);
    CHECK(bench.call("delete_objects", R"({"names":"a"})").is_error);
    CHECK(!bench.call("delete_objects", good).is_error);
    CHECK(bench.blender.calls.size() == 4);
}

TEST_CASE("whole numbers arrive as integers, whatever the client wrote") {
    Bench bench;
    (void)bench.call("create_objects",
                     R"({"items":[{"kind":"sphere","segments":32.0,"location":[1.0,-0.0,0.25]}]})");
    CHECK(bench.sent() ==
          R"({"items":[{"kind":"sphere","segments":32,"location":[1,-0.0,0.25]}]})");
}

TEST_CASE("any text reaches Blender as it is") {
    Bench bench;
    (void)bench.call("execute_blender_code", R"({"code":"x = 'ä\n\u0000\"'"})");
    CHECK(core::Json::parse(bench.sent())["code"] == std::string("x = 'ä\n\0\"'", 11));
}

namespace {

boost::asio::awaitable<void> count(const mcp::Tool& tool, core::Json arguments,
                                   core::CancelToken cancel, std::size_t& answered) {
    mcp::CallContext context{"client-1", std::move(cancel), [](const mcp::Progress&) {}};
    (void)co_await tool.handler(std::move(context), std::move(arguments));
    ++answered;
}

}  // namespace

TEST_CASE("the client's cancellation reaches Blender") {
    Bench bench;
    core::Event release(bench.loop.timers.executor());
    bench.blender.hold = &release;
    std::size_t answered = 0;
    const auto start = [&](const std::string& tool, const std::string& arguments) {
        bench.loop.spawn(
            count(bench.tool(tool), core::Json::parse(arguments), bench.cancel.token(), answered));
        bench.loop.settle();
    };
    start("get_scene_info", "{}");
    start("execute_blender_code", R"({"code":"x"})");
    start("render", "{}");
    bench.cancel.cancel(core::CancelReason::client);
    bench.loop.settle();
    REQUIRE(bench.blender.tokens.size() == 3);
    for (const auto& token : bench.blender.tokens)
        CHECK(token.cancelled());
    release.set();
    bench.loop.drive([&] { return answered == 3; });
}

TEST_CASE("progress goes to the client") {
    const std::vector<std::pair<std::string, std::string>> calls{
        {"get_scene_info", "{}"}, {"execute_blender_code", R"({"code":"x"})"}, {"render", "{}"}};
    for (const auto& [tool, arguments] : calls) {
        CAPTURE(tool);
        Bench bench;
        bench.blender.steps = {{1, 16.0, "Sample 1/16"}, {2.5, std::nullopt, ""}};
        (void)bench.call(tool, arguments);
        REQUIRE(bench.progress.size() == 2);
        CHECK(bench.progress[0].value == 1);
        CHECK(bench.progress[0].total == 16.0);
        CHECK(bench.progress[0].message == "Sample 1/16");
        CHECK(bench.progress[1].value == 2.5);
        CHECK(!bench.progress[1].total);
    }
}

TEST_CASE("execute_blender_code keeps timeout_s for the daemon") {
    Bench bench;
    (void)bench.call("execute_blender_code",
                     R"({"code":"x","timeout_s":0.25,"namespace":"fresh"})");
    const auto& operation = bench.blender.calls.back().operation;
    CHECK(operation.args == R"({"code":"x","namespace":"fresh"})");
    CHECK(operation.timeout == 250ms);
    CHECK(operation.mutates);

    (void)bench.call("execute_blender_code", R"({"code":"x"})");
    CHECK(bench.blender.calls.back().operation.timeout == 120s);
}

TEST_CASE("render works on a copy and keeps timeout_s for the daemon") {
    struct Row {
        std::string arguments;
        std::chrono::milliseconds timeout;
        std::string sent;
    };
    const std::vector<Row> rows{
        {"{}", 1h, "{}"},
        {R"({"timeout_s":10,"samples":4})", 10s, R"({"samples":4})"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.arguments);
        Bench bench;
        (void)bench.call("render", row.arguments);
        const auto& [operation, on_copy] = bench.blender.calls.back();
        CHECK(operation.name == "render");
        CHECK(operation.args == row.sent);
        CHECK(operation.timeout == row.timeout);
        CHECK(!operation.mutates);
        CHECK(on_copy);
    }
}

TEST_CASE("a screenshot that Blender cannot draw itself is rendered on a copy") {
    struct Row {
        std::string arguments;
        std::string sent;
        std::chrono::milliseconds timeout;
    };
    const std::vector<Row> rows{
        {"{}", "{}", 0ms},
        {R"({"view":"top","timeout_s":2.5})", R"({"view":"top"})", 2500ms},
    };
    for (const auto& row : rows) {
        CAPTURE(row.arguments);
        Bench bench;
        bench.blender.result = R"({"plan":{"shots":[1,  2],"image":{"mime_type":"image/png"}}})";
        bench.blender.steps = {{1, 4.0, "front"}};
        CHECK(!bench.call("get_viewport_screenshot", row.arguments).is_error);
        REQUIRE(bench.blender.calls.size() == 2);
        const auto& [drawn, drawn_on_copy] = bench.blender.calls[0];
        CHECK(drawn.name == "get_viewport_screenshot");
        CHECK(drawn.args == row.sent);
        CHECK(!drawn_on_copy);
        const auto& [rendered, on_copy] = bench.blender.calls[1];
        CHECK(rendered.name == "render_viewport");
        CHECK(rendered.args == R"({"shots":[1,  2],"image":{"mime_type":"image/png"}})");
        CHECK(rendered.client == drawn.client);
        CHECK(rendered.quick);
        CHECK(on_copy);
        for (const auto* operation : {&drawn, &rendered}) {
            CHECK(operation->timeout == row.timeout);
            CHECK(!operation->mutates);
        }
        CHECK(bench.progress.size() == 2);
    }
}

TEST_CASE("a screenshot is never of before") {
    Bench bench;
    bench.blender.result = R"({"image":{"mime_type":"image/png"},"views":["current"]})";
    bench.blender.blob = "\x89PNG";
    for (int i = 0; i < 2; ++i) {
        const auto result = bench.call("get_viewport_screenshot", "{}");
        REQUIRE(result.content.size() == 1);
        CHECK(std::get<mcp::ImageContent>(result.content.front()).bytes == "\x89PNG");
    }
    CHECK(bench.blender.calls.size() == 2);
}

TEST_CASE("what may be packed is what may be read") {
    Bench bench;
    bench.blender.project = "/home/me/project";
    CHECK(!bench.call("manage_file", R"({"action":"pack"})").is_error);
    const auto& operation = bench.blender.calls.at(0).operation;
    CHECK(operation.args == R"({"action":"pack","folders":["/tmp","/home/me/project"]})");
    CHECK(operation.mutates);
}

TEST_CASE("the configured time limits hold where a call gives none") {
    Bench bench;
    auto& blender = bench.blender;
    auto& loop = bench.loop;
    const auto tools = all_tools(bench.blenders, bench.guards, {"1.2.3", 7s, 9s});
    const auto call = [&](std::string_view name, const char* arguments) {
        for (const auto& tool : tools)
            if (tool.name == name) {
                mcp::CallContext context;
                return std::get<mcp::ToolResult>(
                    loop.run(tool.handler(std::move(context), core::Json::parse(arguments))));
            }
        throw std::runtime_error("no such tool");
    };
    (void)call("execute_blender_code", R"({"code":"x"})");
    CHECK(blender.calls.back().operation.timeout == 7s);
    (void)call("render", "{}");
    CHECK(blender.calls.back().operation.timeout == 9s);
    const auto status = call("get_blender_status", "{}");
    CHECK(core::Json::parse(status.structured)["daemon"]["version"] == "1.2.3");
}

TEST_CASE("a blob becomes an image when the result speaks of one") {
    struct Row {
        std::string result;
        std::string blob;
        std::string type;  // "" for no image
    };
    const std::vector<Row> rows{
        {R"({"image":{"mime_type":"image/png","width":4},"engine":"CYCLES"})", "\x89PNG",
         "image/png"},
        {R"({"image":{"mime_type":"image/png"}})", "", ""},
        {R"({"image":{"width":4}})", "bytes", ""},
        {R"({"image":"none"})", "bytes", ""},
        {R"({"engine":"CYCLES"})", "bytes", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.result);
        Bench bench;
        bench.blender.result = row.result;
        bench.blender.blob = row.blob;
        const auto result = bench.call("render", "{}");
        CHECK(result.structured == row.result);
        REQUIRE(result.content.size() == (row.type.empty() ? 0 : 1));
        if (row.type.empty()) continue;
        const auto& image = std::get<mcp::ImageContent>(result.content.front());
        CHECK(image.bytes == row.blob);
        CHECK(image.mime_type == row.type);
    }
}

TEST_CASE("a result that Blender did not keep is no success") {
    Bench bench;
    bench.blender.result = "null";
    const auto text = error_text(bench.call("create_objects", R"({"items":[{"kind":"cube"}]})"));
    CHECK_THAT(text, ContainsSubstring("its result was not kept"));
    CHECK_THAT(text, ContainsSubstring("Look first"));
}

TEST_CASE("get_blender_status reports and asks nothing of Blender") {
    Bench bench;
    bench.blender.state["state"] = "not_running";
    bench.blender.state["message"] = "No Blender is running";
    bench.blender.state["next_step"] = "Call any tool: one is started";
    const auto result = bench.call("get_blender_status", "{}");
    CHECK(!result.is_error);
    auto expected = bench.blender.state;
    expected["daemon"] = {{"version", ""}, {"uptime_s", 0.0}};
    auto told = core::Json::parse(result.structured);
    for (const auto* own : {"limits", "cache", "metrics"})  // tested by themselves
        told.erase(own);
    CHECK(told == expected);
    CHECK(bench.blender.calls.empty());
}

}  // namespace
}  // namespace blender_mcpd::tools
