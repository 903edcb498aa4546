#include "doctor_world.hpp"

#include <string>

#include <support/catch.hpp>

using namespace blender_mcpd;
using app::CheckState;
using test::has;

TEST_CASE("what a sandbox would need") {
    test::DoctorWorld world;
    SECTION("nothing is there") {
        const auto finding = world.only(&app::check_sandbox);
        CHECK(finding.state == CheckState::note);
        CHECK(finding.message ==
              "there is no bubblewrap, no Landlock, no seccomp, no user namespaces");
        CHECK(has(finding.remedy, "bubblewrap"));
    }
    (void)world.program("bin/bwrap", "");
    (void)world.folder.write("proc/sys/user/max_user_namespaces", "1000\n");
    (void)world.folder.write("proc/sys/kernel/seccomp/actions_avail",
                             "kill_process trap errno allow\n");
    world.environment.landlock_abi = [] { return 4; };
    SECTION("all is there") {
        const auto finding = world.only(&app::check_sandbox);
        CHECK(finding.state == CheckState::ok);
        CHECK(has(finding.message, "Landlock 4"));
        CHECK(finding.facts["user_namespaces"] == true);
    }
    SECTION("user namespaces are forbidden") {
        const auto setting = GENERATE(values<std::pair<std::string, std::string>>(
            {{"user/max_user_namespaces", "0"},
             {"kernel/unprivileged_userns_clone", "0"},
             {"kernel/apparmor_restrict_unprivileged_userns", "1"}}));
        CAPTURE(setting.first);
        (void)world.folder.write("proc/sys/" + setting.first, setting.second);
        CHECK(has(world.only(&app::check_sandbox).message, "no user namespaces"));
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
