#include "doctor_run.hpp"

#include "doctor_world.hpp"

#include <array>
#include <future>
#include <stdexcept>
#include <string>

#include <support/catch.hpp>

using namespace blender_mcpd;
using app::CheckState;
using test::has;

namespace {

std::promise<void> let_go;

app::Findings good(const app::DoctorEnvironment&, const app::Config& config) {
    return {{"good", CheckState::ok, std::to_string(config.blender.port)}};
}
app::Findings quiet(const app::DoctorEnvironment&, const app::Config&) {
    return {};
}
app::Findings broken(const app::DoctorEnvironment&, const app::Config&) {
    throw std::runtime_error("out of luck");
}
app::Findings stuck(const app::DoctorEnvironment&, const app::Config&) {
    let_go.get_future().wait();
    return {{"stuck", CheckState::ok, "at last"}};
}

}  // namespace

TEST_CASE("all that the checks find, in their order") {
    const test::DoctorWorld world;
    constexpr std::array checks{app::Check{"broken", &broken}, app::Check{"quiet", &quiet},
                                app::Check{"good", &good}};
    app::CheckRun run(checks, world.environment, world.config);
    const auto found = run.wait(std::chrono::minutes(1));
    CHECK(run.finished());
    REQUIRE(found.size() == 2);
    CHECK(found[0].state == CheckState::warning);
    CHECK(found[0].check == "broken");
    CHECK(has(found[0].message, "out of luck"));
    CHECK(found[1].message == "9876");
}

TEST_CASE("a check that does not come back is told, and holds nobody up") {
    const test::DoctorWorld world;
    constexpr std::array checks{app::Check{"stuck", &stuck}, app::Check{"good", &good}};
    app::CheckRun run(checks, world.environment, world.config);
    const auto found = run.wait(std::chrono::milliseconds(500));
    CHECK_FALSE(run.finished());
    REQUIRE(found.size() == 2);
    CHECK(found[0].check == "stuck");
    CHECK(found[0].state == CheckState::warning);
    CHECK(has(found[0].message, "longer than 0.5 s"));
    CHECK(found[1].state == CheckState::ok);

    let_go.set_value();
    CHECK(run.wait(std::chrono::minutes(1)).front().message == "at last");
}

TEST_CASE("findings for people and for programs") {
    const app::Findings found{
        {"token", CheckState::error, "a\nb", "Do that", {{"path", "/x"}}},
        {"http", CheckState::ok, "fine"},
    };
    CHECK(app::findings_as_text(found) ==
          "error    token           a\\x0ab. Do that\nok       http            fine\n");
    const auto json = *core::parse_json(app::findings_as_json(found));
    CHECK(
        json[0].dump() ==
        R"({"check":"token","state":"error","message":"a\nb","remedy":"Do that","facts":{"path":"/x"}})");
    CHECK(json[1]["facts"].dump() == "{}");
}

TEST_CASE("the configuration") {
    app::LoadedConfig loaded;
    CHECK(app::check_configuration(loaded).front().message ==
          "there is no file: the defaults hold");
    loaded.file = "/etc/x.toml";
    CHECK(app::check_configuration(loaded).front().message == "/etc/x.toml is good");
    const auto bad = app::check_configuration(
        app::ConfigErrors{{"x.toml:3", "there is no setting prot", "Did you mean port?"},
                          {"x.toml:4", "too large", ""}});
    REQUIRE(bad.size() == 2);
    CHECK(bad[0].state == CheckState::error);
    CHECK(bad[0].message == "x.toml:3: there is no setting prot");
    CHECK(bad[0].remedy == "Did you mean port?");
}
