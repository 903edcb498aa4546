// Blenders in a sandbox, as the daemon starts and calls them.
#include "instance_stage.hpp"
#include "sandbox_plan.hpp"

#include <string>

namespace blender_mcpd::blender {

namespace {

struct ConfinedStage : Stage {
    test::Variable cache{"XDG_CACHE_HOME", tools.path().string()};

    explicit ConfinedStage(SandboxMode mode) {
        options.mode = LaunchMode::always;
        options.launch.sandbox.mode = mode;
        options.launch.sandbox.folders = {temporary.path(),
                                          test::project_folder() / "tests/blender"};
    }
};

bool can_confine() {
    const Abilities here;
    return here.landlock > 0 && here.seccomp;
}

}  // namespace

TEST_CASE("a Blender in a sandbox is reached without a port, and so are its copies") {
    if (!can_confine()) return;
    ConfinedStage stage(SandboxMode::require);
    CHECK(stage.call(operation("echo")).has_value());
    CHECK(stage.call_on_copy(operation("echo")).has_value());
    const auto told = stage.status().at("blender").at("sandbox");
    CHECK(told.at("mode") == "require");
    CHECK(told.at("layers").size() == 2);
}

TEST_CASE("what a script starts is left alone, unless a sandbox is required") {
    ConfinedStage stage(SandboxMode::automatic);
    CHECK(stage.call(operation("echo")).has_value());
    const auto told = stage.status().at("blender").at("sandbox");
    CHECK(told.at("layers").empty());
    CHECK(told.at("reason").get<std::string>().find("require") != std::string::npos);
}

TEST_CASE("the end of a Blender in a sandbox is noticed and told") {
    if (!can_confine()) return;
    ConfinedStage stage(SandboxMode::require);
    const auto answer = stage.call(operation("die", R"({"signal":9})", true));
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == ErrorCode::connection);
    CHECK(answer.error().outcome == core::Outcome::unknown);
    CHECK(answer.error().message.find("signal 9") != std::string::npos);
}

}  // namespace blender_mcpd::blender
