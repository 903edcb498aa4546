// The parts of a call's way, one by one, with Google Benchmark: scripts/bench --parts [its
// arguments].
#include "mcp/encode.hpp"
#include "mcp/message.hpp"
#include "tools/argument_rules.hpp"
#include "transport/line_buffer.hpp"

#include <blender_mcpd/core/clock.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/guard/cache.hpp>
#include <blender_mcpd/guard/rate_limiter.hpp>
#include <blender_mcpd/guard/script_policy.hpp>
#include <blender_mcpd/mcp/tool.hpp>

#include <string>

#include <benchmark/benchmark.h>

namespace blender_mcpd::bench {
namespace {

const std::string call =
    R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_object_info","arguments":{"names":["Light"]}}})";

/// As Blender tells of a scene.
std::string scene(std::size_t bytes) {
    std::string text = R"({"objects":[)";
    while (text.size() < bytes)
        text += R"({"name":"Cube.001","location":[1.25,-3.5,0.0],"note":"a \"box\""},)";
    text.back() = ']';
    return text + '}';
}

void set_bytes(benchmark::State& state, std::size_t bytes) {
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void split_lines(benchmark::State& state) {
    const auto line = call + '\n';
    transport::LineBuffer lines(1 << 20);
    for (auto _ : state) {
        lines.append(line);
        benchmark::DoNotOptimize(lines.next());
    }
}
BENCHMARK(split_lines);

void classify_call(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize(mcp::classify(call));
}
BENCHMARK(classify_call);

void check_arguments(benchmark::State& state) {
    tools::ArgumentRules rules(core::Json::parse(
        R"({"type":"object","properties":{"names":{"type":"array","minItems":1,"maxItems":100,"items":{"type":"string","minLength":1,"maxLength":63}}},"required":["names"],"additionalProperties":false})"));
    for (auto _ : state) {
        auto arguments = core::parse_json(R"({"names":["Light"]})");
        benchmark::DoNotOptimize(rules.apply(*arguments));
    }
}
BENCHMARK(check_arguments);

void take_a_permit(benchmark::State& state) {
    core::Metrics metrics;
    const core::SteadyClock clock;
    guard::RateLimiterOptions options;
    options.general = {guard::max_rate, guard::max_rate};
    guard::RateLimiter limiter(clock, metrics, options);
    for (auto _ : state) {
        auto permit = limiter.acquire("stdio", "get_object_info", guard::ToolClass::general);
        benchmark::DoNotOptimize(permit);
    }
}
BENCHMARK(take_a_permit);

void look_up(benchmark::State& state) {
    core::Metrics metrics;
    const core::SteadyClock clock;
    guard::ResultCache cache(clock, metrics, {});
    const guard::CacheKey key{"blender-1", "get_object_info", R"({"names":["Light"]})"};
    cache.set(cache.begin_read("blender-1"), key, guard::make_result(scene(700)),
              {.generation = 1});
    for (auto _ : state)
        benchmark::DoNotOptimize(cache.get(key, 1));
}
BENCHMARK(look_up);

void encode_result(benchmark::State& state) {
    const auto bytes = static_cast<std::size_t>(state.range(0));
    const mcp::Implementation implementation{"blender-mcpd", "", "1", ""};
    mcp::ToolResult result;
    result.structured = scene(bytes);
    const mcp::Revision revision{"2025-11-25"};
    for (auto _ : state)
        benchmark::DoNotOptimize(
            mcp::encode_tool_result("1", revision, implementation, result, {}));
    set_bytes(state, bytes);
}
BENCHMARK(encode_result)->Arg(700)->Arg(64 << 10)->Arg(16 << 20);

void check_reply(benchmark::State& state) {
    const auto text = scene(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state)
        benchmark::DoNotOptimize(core::RawObject::scan(text));
    set_bytes(state, text.size());
}
BENCHMARK(check_reply)->Arg(700)->Arg(1 << 20)->Arg(16 << 20);

void escape(benchmark::State& state) {
    const auto text = scene(1 << 20);
    std::string out;
    for (auto _ : state) {
        out.clear();
        core::append_quoted(out, text);
        benchmark::DoNotOptimize(out);
    }
    set_bytes(state, text.size());
}
BENCHMARK(escape);

void encode_image(benchmark::State& state) {
    const std::string image(1 << 20, 'x');
    std::string out;
    for (auto _ : state) {
        out.clear();
        core::append_base64(out, image);
        benchmark::DoNotOptimize(out);
    }
    set_bytes(state, image.size());
}
BENCHMARK(encode_image);

void judge_script(benchmark::State& state) {
    std::string script = "import bpy\nfrom math import radians\n";
    for (int i = 0; i < 40; ++i)
        script += "bpy.ops.mesh.primitive_cube_add(size=1.0, location=(0, 0, " + std::to_string(i) +
                  "))\nbpy.context.object.rotation_euler.x = radians(" + std::to_string(i) + ")\n";
    guard::ScriptPolicy policy({});
    for (auto _ : state)
        benchmark::DoNotOptimize(policy.judge(script));
    set_bytes(state, script.size());
}
BENCHMARK(judge_script);

void count_a_call(benchmark::State& state) {
    core::Metrics metrics;
    constexpr core::Metric calls{"bench.calls", "Calls", core::MetricKind::counter, "tool"};
    for (auto _ : state)
        metrics.add(calls, 1, "get_object_info");
}
BENCHMARK(count_a_call);

void observe_a_call(benchmark::State& state) {
    core::Metrics metrics;
    constexpr core::Metric time{"bench.time_ms", "Time", core::MetricKind::histogram, "tool"};
    for (auto _ : state)
        metrics.observe(time, 0.02, "get_object_info");
}
BENCHMARK(observe_a_call);

}  // namespace
}  // namespace blender_mcpd::bench

BENCHMARK_MAIN();
