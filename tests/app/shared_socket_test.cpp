#include "shared_socket.hpp"

#include "temp_folder.hpp"

#include <filesystem>
#include <map>
#include <string>

#include <support/catch.hpp>
#include <unistd.h>

using namespace blender_mcpd;

namespace {

boost::asio::awaitable<int> look(const std::string& path, bool& there) {
    there = std::filesystem::is_socket(path);
    co_return 0;
}

}  // namespace

TEST_CASE("where the socket is") {
    struct Row {
        std::string setting;
        std::map<std::string, std::string> environment;
        std::string path;
    };
    const auto fallback = "/tmp/blender-mcpd-" + std::to_string(geteuid()) + "/daemon.sock";
    const auto row = GENERATE_COPY(values<Row>({
        {"", {{"XDG_RUNTIME_DIR", "/run/user/1"}}, "/run/user/1/blender-mcpd/daemon.sock"},
        {"/a/b.sock", {{"XDG_RUNTIME_DIR", "/run/user/1"}}, "/a/b.sock"},
        {"", {}, fallback},
        {"", {{"XDG_RUNTIME_DIR", ""}, {"TMPDIR", "/somewhere"}}, fallback},
        {"", {{"XDG_RUNTIME_DIR", "relative"}}, fallback},
    }));
    app::Config config;
    config.socket.path = row.setting;
    CHECK(app::socket_path(config, row.environment) == row.path);
}

TEST_CASE("a daemon shares its socket from start() to its shutdown") {
    const test::TempFolder folder;
    app::Config config;
    config.blender.launch = app::Launch::never;
    config.socket.path = folder / "daemon.sock";
    app::Daemon daemon(config);
    app::SharedSocket shared(daemon);
    bool there = false;
    SECTION("when it is enabled") {
        REQUIRE(shared.start(config).has_value());
        app::SharedSocket second(daemon);
        const auto started = second.start(config);
        REQUIRE_FALSE(started.has_value());
        CHECK(started.error().code == core::ErrorCode::busy);
        CHECK(daemon.run(look(config.socket.path, there)) == 0);
        CHECK(there);
    }
    SECTION("unless it is disabled") {
        config.socket.enabled = false;
        REQUIRE(shared.start(config).has_value());
        CHECK(daemon.run(look(config.socket.path, there)) == 0);
        CHECK_FALSE(there);
    }
    CHECK_FALSE(std::filesystem::exists(config.socket.path));
}
