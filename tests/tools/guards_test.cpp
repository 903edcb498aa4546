// What every call passes before it reaches Blender.
#include "fake_blender.hpp"

#include <boost/asio/co_spawn.hpp>

#include <limits>
#include <map>

#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

using namespace std::chrono_literals;

GuardOptions limited(std::int64_t per_minute, std::int64_t concurrent = 10) {
    auto options = Bench::generous();
    options.limits.enabled = true;
    options.limits.general = {.per_minute = per_minute, .burst = per_minute};
    options.limits.script = {.per_minute = 1, .burst = 1};
    options.limits.concurrent = concurrent;
    return options;
}

/// Arguments that each tool accepts.
std::string valid_arguments(const std::string& tool) {
    static const std::map<std::string, std::string> arguments{
        {"get_object_info", R"({"names":["Cube"]})"},
        {"inspect_data", R"({"path":"scene"})"},
        {"lookup_api", R"({"query":"mesh.bevel"})"},
        {"create_objects", R"({"items":[{"kind":"cube"}]})"},
        {"update_objects", R"({"items":[{"name":"Cube","location":[0,0,0]}]})"},
        {"delete_objects", R"({"names":["Cube"]})"},
        {"duplicate_objects", R"({"names":["Cube"]})"},
        {"set_material", R"({"objects":["Cube"],"material":{"name":"Red"}})"},
        {"edit_nodes", R"({"tree":{"kind":"world"}})"},
        {"set_modifiers", R"({"objects":["Cube"],"operations":[{"remove":"B"}]})"},
        {"set_keyframes", R"({"target":"Cube","data_path":"scale","remove":{"first":1,"last":9}})"},
        {"set_scene", R"({"camera":"Camera"})"},
        {"history", R"({"action":"undo"})"},
        {"batch", R"({"steps":[{"tool":"execute_blender_code","arguments":{"code":"x = 1"}}]})"},
        {"manage_file", R"({"action":"new"})"},
        {"manage_instances", R"({"action":"list"})"},
        {"import_file", R"({"path":")" + some_file() + R"("})"},
        {"export_file", R"({"path":")" + some_file() + R"("})"},
        {"get_asset_preview",
         R"({"provider":"local","id":")" + some_asset(assets::Kind::hdri) + R"("})"},
        {"import_asset",
         R"({"provider":"local","id":")" + some_asset(assets::Kind::hdri) + R"("})"},
        {"generate_model", R"({"job":"rodin:t-1:s.k-1"})"},
        {"execute_blender_code", R"({"code":"x = 1"})"},
    };
    const auto found = arguments.find(tool);
    return found == arguments.end() ? "{}" : found->second;
}

/// Starts a call and goes on.
struct Running {
    Running(Bench& bench, const std::string& name, const std::string& arguments,
            core::CancelToken cancel = {}) {
        bench.loop.spawn(
            keep(bench.tool(name), core::Json::parse(arguments), std::move(cancel), answer));
        bench.loop.settle();
    }
    static boost::asio::awaitable<void> keep(const mcp::Tool& tool, core::Json arguments,
                                             core::CancelToken cancel,
                                             std::shared_ptr<std::optional<mcp::ToolResult>> into) {
        mcp::CallContext context{"client-1", std::move(cancel), [](const mcp::Progress&) {}};
        auto answer = co_await tool.handler(std::move(context), std::move(arguments));
        into->emplace(std::get<mcp::ToolResult>(std::move(answer)));
    }
    std::shared_ptr<std::optional<mcp::ToolResult>> answer =
        std::make_shared<std::optional<mcp::ToolResult>>();
};

}  // namespace

TEST_CASE("the names of the tools are those of the tools") {
    const Bench bench;
    std::vector<std::string_view> names;
    for (const auto& tool : bench.tools)
        names.push_back(tool.name);
    CHECK(std::vector(tool_names().begin(), tool_names().end()) == names);
}

TEST_CASE("every tool passes the rate limiter") {
    for (const auto name : tool_names()) {
        CAPTURE(name);
        Bench bench(limited(1));
        const std::string tool(name);
        CHECK(error_text(bench.call(tool, valid_arguments(tool))).empty());
        const auto refused = error_text(bench.call(tool, valid_arguments(tool)));
        CHECK_THAT(refused, ContainsSubstring("Rate limit reached"));
        CHECK_THAT(refused, ContainsSubstring("What to do: "));
        CHECK(bench.blender.calls.size() <= 1);
        bench.clock.advance(1min);
        CHECK(error_text(bench.call(tool, valid_arguments(tool))).empty());
    }
}

TEST_CASE("a failure has a code that programs can rely on") {
    struct Row {
        core::Error error;
        std::string meta;
    };
    for (const auto& row : std::vector<Row>{
             {{.code = core::ErrorCode::timeout, .outcome = core::Outcome::unknown},
              R"("blender-mcpd/error":{"code":"timeout","outcome":"unknown"})"},
             {{.code = core::ErrorCode::connection},
              R"("blender-mcpd/error":{"code":"connection","outcome":"not_applied"})"},
             {{.code = core::ErrorCode::blender, .details = R"({"kind":"script"})"},
              R"("blender-mcpd/error":{"code":"blender","outcome":"not_applied"})"},
         }) {
        Bench bench;
        bench.blender.error = row.error;
        CHECK(bench.call("create_objects", valid_arguments("create_objects")).meta == row.meta);
    }
    Bench bench(limited(1));
    CHECK(bench.call("get_scene_info", R"({"limit":"a"})").meta ==
          R"("blender-mcpd/error":{"code":"invalid","outcome":"not_applied"})");
    CHECK(bench.call("get_scene_info", "{}").meta.empty());
    CHECK(bench.call("get_scene_info", "{}").meta ==
          R"("blender-mcpd/error":{"code":"busy","outcome":"not_applied","retry_after_s":60})");
}

TEST_CASE("scripts have a limit of their own") {
    Bench bench(limited(100));
    CHECK_FALSE(bench.call("execute_blender_code", R"({"code":"x = 1"})").is_error);
    CHECK(bench.call("execute_blender_code", R"({"code":"x = 1"})").is_error);
    CHECK_FALSE(bench.call("get_scene_info", "{}").is_error);
}

TEST_CASE("a call that breaks a rule costs nothing and is counted") {
    Bench bench(limited(1));
    for (int i = 0; i < 3; ++i)
        CHECK(bench.call("get_object_info", R"({"names":[]})").is_error);
    CHECK(bench.metrics.value(validation_failures, "get_object_info") == 3);
    CHECK_FALSE(bench.call("get_object_info", R"({"names":["Cube"]})").is_error);
}

TEST_CASE("a client that sends nothing but invalid calls raises an alert") {
    Bench bench;
    core::Alerts alerts(bench.clock, bench.metrics);
    alerts.add(many_validation_failures);
    for (int i = 0; i < 30; ++i)
        (void)bench.call("get_object_info", "{}");
    CHECK(alerts.recent().empty());
    (void)bench.call("get_object_info", "{}");
    REQUIRE(alerts.recent().size() == 1);
    CHECK(alerts.recent().front().name == "many-invalid-calls");
}

TEST_CASE("numbers that Blender cannot hold are counted one by one, and ten of them are no alert") {
    Bench bench;
    core::Alerts alerts(bench.clock, bench.metrics);
    alerts.add(many_non_finite);
    const auto infinity = std::numeric_limits<double>::infinity();
    const auto call = [&] {
        return bench.call_with(
            "update_objects", {{"items", {{{"name", "Cube"}, {"location", {0, infinity, 1e39}}}}}});
    };
    for (int i = 0; i < 5; ++i)
        CHECK(call().is_error);
    CHECK(bench.metrics.value(guard::nan_infinity_blocked) == 10);
    CHECK(alerts.recent().empty());
    (void)call();
    REQUIRE(alerts.recent().size() == 1);
    CHECK(alerts.recent().front().name == "many-non-finite-numbers");
    CHECK(bench.blender.calls.empty());
}

TEST_CASE("a permit comes back however the call ends") {
    Bench bench(limited(100, 1));
    core::Event release(bench.loop.timers.executor());
    bench.blender.hold = &release;
    const Running first(bench, "create_objects", valid_arguments("create_objects"));
    CHECK(bench.guards.limiter.stats().in_progress == 1);
    CHECK_THAT(error_text(bench.call("get_scene_info", "{}")),
               ContainsSubstring("Concurrency limit reached"));
    SECTION("with a result") {}
    SECTION("with an error") {
        bench.blender.error = core::Error{.code = core::ErrorCode::timeout, .message = "late"};
    }
    release.set();
    bench.loop.drive([&] { return first.answer->has_value(); });
    CHECK(bench.guards.limiter.stats().in_progress == 0);
}

TEST_CASE("a read is answered from the cache while the scene is as it was") {
    Bench bench;
    bench.blender.result = R"({"object_count":3})";
    const auto first = bench.call("get_scene_info", R"({"detail":"objects","limit":5})");
    CHECK(bench.blender.generation_asked == 0);
    // The order of members makes no difference.
    const auto second = bench.call("get_scene_info", R"({"limit":5,"detail":"objects"})");
    CHECK(second.structured == first.structured);
    CHECK(bench.blender.calls.size() == 1);
    CHECK(bench.blender.generation_asked == 1);

    bench.blender.result = R"({"object_count":4})";
    bench.blender.scene_generation = std::optional<std::uint64_t>(8);
    bench.blender.reply_generation = 8;
    CHECK(bench.call("get_scene_info", R"({"limit":5,"detail":"objects"})").structured ==
          R"({"object_count":4})");
    CHECK(bench.blender.calls.size() == 2);
}

TEST_CASE("other arguments, another tool, another Blender: another answer") {
    Bench bench;
    (void)bench.call("get_object_info", R"({"names":["Cube"]})");
    (void)bench.call("get_object_info", R"({"names":["Cub"]})");
    (void)bench.call("get_scene_info", "{}");
    CHECK(bench.blender.calls.size() == 3);
    bench.blender.name = "blender-2";
    (void)bench.call("get_scene_info", "{}");
    CHECK(bench.blender.calls.size() == 4);
}

TEST_CASE("every tool that edits empties the cache") {
    for (const auto& tool : Bench().tools) {
        const bool keeps_scenes =
            tool.name == "render" || tool.name == "export_file" || tool.name == "manage_instances";
        if (tool.annotations.read_only || keeps_scenes) continue;
        CAPTURE(tool.name);
        Bench bench;
        (void)bench.call("get_scene_info", "{}");
        const bool fails = GENERATE(false, true);
        if (fails)
            bench.blender.error = core::Error{.code = core::ErrorCode::connection,
                                              .message = "lost",
                                              .outcome = core::Outcome::unknown};
        CHECK(bench.call(tool.name, valid_arguments(tool.name)).is_error == fails);
        bench.blender.error.reset();
        // Even when Blender, for whatever reason, tells the same generation.
        (void)bench.call("get_scene_info", "{}");
        CHECK(bench.blender.calls.size() == 3);
    }
}

TEST_CASE("a read that began before an edit is not kept after it") {
    Bench bench;
    core::Event release(bench.loop.timers.executor());
    bench.blender.hold = &release;
    bench.blender.result = R"({"object_count":3})";
    const Running read(bench, "get_scene_info", "{}");
    const Running edit(bench, "create_objects", valid_arguments("create_objects"));
    bench.blender.result = R"({"object_count":4})";
    // Nor does it answer for one that began after the edit.
    const Running later(bench, "get_scene_info", "{}");
    CHECK(bench.blender.calls.size() == 3);
    release.set();
    bench.loop.drive([&] { return read.answer->has_value() && later.answer->has_value(); });
    CHECK((*read.answer)->structured == R"({"object_count":3})");
    CHECK((*later.answer)->structured == R"({"object_count":4})");
    CHECK(bench.call("get_scene_info", "{}").structured == R"({"object_count":4})");
    CHECK(bench.blender.calls.size() == 4);
}

TEST_CASE("those who ask for the same at once get the same answer") {
    Bench bench;
    core::Event release(bench.loop.timers.executor());
    bench.blender.hold = &release;
    const Running first(bench, "get_scene_info", "{}");
    const Running second(bench, "get_scene_info", "{}");
    CHECK(bench.blender.calls.size() == 1);
    release.set();
    bench.loop.drive([&] { return first.answer->has_value() && second.answer->has_value(); });
    CHECK((*first.answer)->structured == (*second.answer)->structured);
}

TEST_CASE("failures are not kept") {
    Bench bench;
    bench.blender.error = core::Error{.code = core::ErrorCode::timeout, .message = "late"};
    CHECK(bench.call("get_scene_info", "{}").is_error);
    bench.blender.error.reset();
    CHECK_FALSE(bench.call("get_scene_info", "{}").is_error);
    CHECK(bench.blender.calls.size() == 2);
}

TEST_CASE("where Blender cannot tell its generation, the time to live decides") {
    Bench bench;
    bench.blender.reply_generation.reset();
    bench.blender.scene_generation = std::optional<std::uint64_t>();
    (void)bench.call("get_scene_info", "{}");
    (void)bench.call("get_scene_info", "{}");
    CHECK(bench.blender.calls.size() == 1);
    bench.clock.advance(2s);
    (void)bench.call("get_scene_info", "{}");
    CHECK(bench.blender.calls.size() == 2);
}

TEST_CASE("a Blender that does not tell its generation in time is asked for the scene") {
    Bench bench;
    (void)bench.call("get_scene_info", "{}");
    bench.blender.scene_generation =
        core::Error{.code = core::ErrorCode::timeout, .message = "late"};
    CHECK_FALSE(bench.call("get_scene_info", "{}").is_error);
    CHECK(bench.blender.calls.size() == 2);
}

TEST_CASE("a time to live out of range raises an alert, once an hour, one in range none") {
    auto options = Bench::generous();
    options.plain_ttl = 100ms;  // below the minimum of a second
    const bool capped = GENERATE(true, false);
    if (!capped) options.plain_ttl = 1s;
    Bench bench(options);
    core::Alerts alerts(bench.clock, bench.metrics);
    alerts.add(ttl_out_of_range);
    bench.blender.reply_generation.reset();
    (void)bench.call("get_scene_info", "{}");
    (void)bench.call("get_object_info", R"({"names":["Cube"]})");
    CHECK(bench.metrics.value(guard::ttl_capped) == (capped ? 2 : 0));
    REQUIRE(alerts.recent().size() == (capped ? 1 : 0));
    if (capped) {
        CHECK(alerts.recent().front().severity == core::Severity::info);
        CHECK_THAT(alerts.recent().front().message, ContainsSubstring("TTL capped"));
    }
}

TEST_CASE("a cache that is off keeps nothing") {
    auto options = Bench::generous();
    options.cache.enabled = false;
    Bench bench(options);
    (void)bench.call("get_scene_info", "{}");
    (void)bench.call("get_scene_info", "{}");
    CHECK(bench.blender.calls.size() == 2);
    CHECK(bench.blender.generation_asked == 0);
}

TEST_CASE("the status tells of limits, cache and metrics") {
    Bench bench(limited(5));
    (void)bench.call("get_scene_info", "{}");
    const auto status = core::Json::parse(bench.call("get_blender_status", "{}").structured);
    CHECK(status["limits"]["calls_in_progress"] == 1);
    CHECK(status["cache"]["entries"] == 1);
    CHECK(status["metrics"]["rate_limiter.admitted"] == 2);
    for (const auto* name : {"memory.timers.leaked", "validation.ttl.capped",
                             "rate_limiter.cleanup.concurrent_prevented"})
        CHECK(status["metrics"][name] == 0);
}

}  // namespace blender_mcpd::tools
