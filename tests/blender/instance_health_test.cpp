// What is known of a Blender without stopping its work.
#include "instance_stage.hpp"

#include <blender_mcpd/blender/health.hpp>

namespace blender_mcpd::blender {

namespace {

/// Drives the loop until the health is as it should be.
core::Json until_health(Stage& stage, const std::string& state) {
    const auto limit = std::chrono::steady_clock::now() + 60s;
    for (;;) {
        auto status = stage.status();
        if (status.contains("health") && status["health"]["state"] == state)
            return status["health"];
        if (std::chrono::steady_clock::now() > limit) FAIL("never " << state << ": " << status);
    }
}

}  // namespace

TEST_CASE("a Blender that answers is healthy; one that works is busy, and asked without a lease") {
    Stage stage;
    stage.options.health_interval = 10ms;
    CHECK_FALSE(stage.status().contains("health"));
    REQUIRE(stage.call(operation("echo")).has_value());
    auto health = until_health(stage, "healthy");
    CHECK(health["message"] == "Blender connection established");
    CHECK(health["failures_in_a_row"] == 0);
    CHECK(health["latency_ms"].get<double>() >= 0);
    // Now every connection of the pool is taken.
    const auto hangs = stage.start(operation("hang"));
    CHECK(until_health(stage, "busy")["message"] == "Blender is working");
    hangs->cancel.cancel(core::CancelReason::client);
    (void)stage.finish(hangs);
}

TEST_CASE("a Blender that lives but does not answer is busy, not dead, whoever else asks it") {
    Stage stage;
    stage.options.health_interval = 10ms;
    REQUIRE(stage.call(operation("mute_status")).has_value());
    const auto health = until_health(stage, "busy");
    CHECK(health["message"] == "Blender runs but does not answer just now");
    CHECK(stage.metrics.value(health_failures) == 0);
}

TEST_CASE("checks end with the instance") {
    Stage stage;
    stage.options.health_interval = 10ms;
    REQUIRE(stage.call(operation("echo")).has_value());
    until_health(stage, "healthy");
    stage.blender().stop_health_checks();
    const auto checks = stage.metrics.value(health_checks);
    stage.loop.run(stage.blender().close());
    CHECK(stage.metrics.value(health_checks) == checks);
}

TEST_CASE("name, generation and project of a Blender") {
    Stage stage;
    stage.options.launch.blend_file = (stage.tools.path() / "scene.blend").string();
    stage.tools.write("scene.blend", "");
    CHECK(stage.blender().instance().empty());
    CHECK(stage.loop.run(stage.blender().generation()).error().code == ErrorCode::unavailable);
    CHECK(stage.loop.run(stage.blender().project_directory()) == stage.tools.path());
    REQUIRE(stage.call(operation("echo")).has_value());
    CHECK(stage.blender().instance() == "blender-" + std::to_string(stage.pid()));
    CHECK(stage.loop.run(stage.blender().generation()).value() == std::uint64_t{1});
    CHECK(stage.loop.run(stage.blender().project_directory()).empty());
}

}  // namespace blender_mcpd::blender
