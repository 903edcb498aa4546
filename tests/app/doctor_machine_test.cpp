#include "doctor_world.hpp"

#include <string>

#include <support/catch.hpp>

using namespace blender_mcpd;
using app::CheckState;
using test::has;

TEST_CASE("what confines a started Blender") {
    test::DoctorWorld world;
    SECTION("nothing, as the kernel has nothing") {
        const auto finding = world.only(&app::check_sandbox);
        CHECK(finding.state == CheckState::warning);
        CHECK(finding.message ==
              "nothing confines a started Blender; this kernel has no Landlock and no seccomp");
    }
    SECTION("nothing, and then none is started") {
        world.config.blender.sandbox = app::Sandbox::require;
        const auto finding = world.only(&app::check_sandbox);
        CHECK(finding.state == CheckState::error);
        CHECK(has(finding.remedy, "require"));
    }
    (void)world.folder.write("proc/sys/kernel/seccomp/actions_avail",
                             "kill_process trap errno allow\n");
    SECTION("one layer") {
        const auto finding = world.only(&app::check_sandbox);
        CHECK(finding.state == CheckState::warning);
        CHECK(finding.message ==
              "a started Blender is confined by seccomp; this kernel has no Landlock");
        CHECK(has(finding.remedy, "Linux 5.13"));
    }
    world.environment.landlock_abi = [] { return 4; };
    SECTION("both layers") {
        const auto finding = world.only(&app::check_sandbox);
        CHECK(finding.state == CheckState::ok);
        CHECK(finding.message == "a started Blender is confined by Landlock 4, seccomp");
        CHECK(finding.facts == core::Json{{"landlock", 4}, {"seccomp", true}});
    }
    SECTION("nothing, as nobody wants it") {
        world.config.blender.sandbox = app::Sandbox::off;
        const auto finding = world.only(&app::check_sandbox);
        CHECK(finding.state == CheckState::note);
        CHECK(has(finding.message, "blender.sandbox is off"));
    }
}

TEST_CASE("a display and a GPU are not needed") {
    test::DoctorWorld world;
    CHECK(world.only(&app::check_display).state == CheckState::ok);
    CHECK(has(world.only(&app::check_display).message, "no GPU"));
    (void)world.folder.write("dev/dri/renderD128", "");
    world.environment.variables["DISPLAY"] = ":1";
    auto finding = world.only(&app::check_display);
    CHECK(has(finding.message, "X11 :1; 1 GPU"));
    world.environment.variables["WAYLAND_DISPLAY"] = "wayland-0";
    CHECK(has(world.only(&app::check_display).message, "Wayland wayland-0"));
}
