// Several Blenders: which one a client's calls go to, and what starts and ends them.
#include "instance_stage.hpp"

#include <blender_mcpd/blender/instances.hpp>
#include <blender_mcpd/blender/runtime_files.hpp>

#include <fmt/format.h>

#include <support/scripted_peer.hpp>

namespace blender_mcpd::blender {
namespace {

namespace fs = std::filesystem;

/// The runtime in a Blender of the user's, and its descriptor.
struct UsersBlender {
    UsersBlender(test::Loop& its_loop, const fs::path& folder, std::string its_session = "one")
        : loop(its_loop),
          session(std::move(its_session)),
          peer(loop.io.get_executor()),
          file(folder / (std::to_string(::getpid()) + "-" + session + ".json")) {
        boost::asio::co_spawn(loop.io, listen(), [](std::exception_ptr) {});
        describe();
    }
    void describe(const std::string& runtime = std::string(runtime_hash())) const {
        std::ofstream(file) << core::Json{{"link", 1},
                                          {"port", peer.port()},
                                          {"token", "secret"},
                                          {"pid", ::getpid()},
                                          {"session", session},
                                          {"runtime", runtime},
                                          {"blender", {4, 2, 1}},
                                          {"file", "/home/me/a.blend"}};
        fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    }
    void end() {
        fs::remove(file);
        peer.stop();
    }
    boost::asio::awaitable<void> listen() {
        for (;;)
            boost::asio::co_spawn(loop.io, serve(co_await peer.accept()),
                                  [](std::exception_ptr) {});
    }
    boost::asio::awaitable<void> serve(test::PeerSession connection) {
        (void)co_await connection.welcome();
        for (;;) {
            const auto request = co_await connection.read_json();
            ++requests;
            co_await connection.write(
                test::ok_reply(test::id_of(request), R"({"from":"the user's"})"));
        }
    }

    test::Loop& loop;
    std::string session;
    test::ScriptedPeer peer;
    fs::path file;
    int requests = 0;
};

struct SeveralStage : Stage {
    SeveralStage() { fs::permissions(descriptors.path(), fs::perms::owner_all); }
    ~SeveralStage() {
        if (!several) return;
        several->stop_health_checks();
        loop.run(several->close());
        several.reset();
    }
    Instances& blenders() {
        if (!several)
            several = std::make_unique<Instances>(loop.timers, metrics,
                                                  InstancesOptions{options, descriptors.path(), 2});
        return *several;
    }
    core::Json call(std::string_view name = {}, const std::string& client = "me",
                    Operation wanted = operation("get_scene_info")) {
        auto found = blenders().find(name, client);
        if (!found) FAIL(found.error().message);
        auto reply = loop.run((*found)->call(std::move(wanted), {}, {}));
        if (!reply) FAIL(core::describe(reply.error()));
        return core::Json::parse(reply->result());
    }
    core::Result<std::string> start(StartRequest request = {}) {
        return loop.run(blenders().start(std::move(request), {}));
    }
    core::Result<void> stop(const std::string& name, bool discard = false) {
        return loop.run(blenders().stop(name, discard));
    }
    std::string current(const std::string& client = "me") {
        for (const auto& one : blenders().overview(client))
            if (one["current"] == true) return one["name"].get<std::string>();
        return {};
    }
    std::vector<std::string> names() {
        std::vector<std::string> all;
        for (const auto& one : blenders().overview("me"))
            all.push_back(one["name"].get<std::string>());
        return all;
    }
    void until(const std::vector<std::string>& there) {
        loop.drive([&] { return names() == there; });
    }

    void until_gone(const core::Json& pid) {
        loop.drive([&] { return test::gone(pid.get<pid_t>()); });
    }

    test::TempFolder descriptors;
    std::unique_ptr<Instances> several;
    const std::string users = "addon-" + std::to_string(::getpid());
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("instances: there is main, and calls go there") {
    SeveralStage stage;
    CHECK(stage.names() == Names{"main"});
    CHECK(stage.call() == stage.call("main"));
    CHECK(stage.call() == stage.call("default"));
    const auto unknown = stage.blenders().find("other", "me");
    REQUIRE(unknown.has_error());
    CHECK(unknown.error().message == "instance: there is no Blender \"other\"");
    CHECK_THAT(unknown.error().remedy, ContainsSubstring("There are: main."));
}

TEST_CASE("instances: one more is started, used by who wants it, and stopped") {
    SeveralStage stage;
    const auto file = stage.tools.write("b.blend", "");
    REQUIRE(stage.start({{}, file}).value() == "blender-2");
    CHECK(stage.names() == Names{"main", "blender-2"});
    const auto there = stage.call("blender-2");
    CHECK_THAT(there["arguments"].dump(), ContainsSubstring("b.blend"));
    CHECK(there["pid"] != stage.call()["pid"]);

    REQUIRE(stage.blenders().use("blender-2", "me").has_value());
    CHECK(stage.current() == "blender-2");
    CHECK(stage.current("another") == "main");
    CHECK(stage.call()["pid"] == there["pid"]);
    CHECK(stage.call({}, "another")["pid"] != there["pid"]);

    const auto list = stage.loop.run(stage.blenders().list("me"));
    REQUIRE(list.size() == 2);
    CHECK(list[1]["state"] == "ready");
    CHECK(list[1]["kind"] == "started");
    CHECK(list[1]["pid"] == there["pid"]);

    REQUIRE(stage.stop("blender-2").has_value());
    CHECK(stage.names() == Names{"main"});
    stage.until_gone(there["pid"]);
    const auto news = stage.blenders().take_news("me");
    REQUIRE(news.has_value());
    CHECK_THAT(news->message, ContainsSubstring("blender-2"));
    CHECK(news->outcome == core::Outcome::not_applied);
    CHECK(!stage.blenders().take_news("me"));
    CHECK(!stage.blenders().take_news("another"));
    CHECK(stage.current() == "main");
}

TEST_CASE("instances: a choice is kept, however many clients come after") {
    SeveralStage stage;
    REQUIRE(stage.start().has_value());
    REQUIRE(stage.blenders().use("blender-2", "a").has_value());
    for (int number = 0; number < 2'000; ++number)
        REQUIRE(stage.blenders().find({}, fmt::format("client-{}", number)).has_value());
    CHECK(stage.current("a") == "blender-2");
}

TEST_CASE("instances: use default goes back to the automatic choice") {
    SeveralStage stage;
    REQUIRE(stage.start().has_value());
    REQUIRE(stage.blenders().use("blender-2", "me").has_value());
    REQUIRE(stage.blenders().use("default", "me").has_value());
    CHECK(stage.current() == "main");
    const auto unknown = stage.blenders().use("nobody", "me");
    REQUIRE(unknown.has_error());
    CHECK(unknown.error().message == "name: there is no Blender \"nobody\"");
}

TEST_CASE("instances: names are unique, and there are not too many") {
    SeveralStage stage;
    REQUIRE(stage.start({"variant", {}}).value() == "variant");
    for (const auto* taken : {"variant", "main", "default"}) {
        CAPTURE(taken);
        const auto refused = stage.start({taken, {}});
        REQUIRE(refused.has_error());
        CHECK_THAT(refused.error().message, ContainsSubstring("is taken"));
    }
    REQUIRE(stage.start().value() == "blender-2");
    const auto refused = stage.start();
    REQUIRE(refused.has_error());
    CHECK_THAT(refused.error().message, ContainsSubstring("the most that there may be"));
}

TEST_CASE("instances: one that does not start is not there") {
    SeveralStage stage;
    (void)stage.blenders();
    stage.install("exits");
    const auto failed = stage.start();
    REQUIRE(failed.has_error());
    CHECK_THAT(failed.error().message, ContainsSubstring("exit"));
    CHECK(stage.names() == Names{"main"});
}

TEST_CASE("instances: unsaved changes are not lost by stopping") {
    SeveralStage stage;
    REQUIRE(stage.start().has_value());
    (void)stage.call("blender-2", "me", operation("edit", R"({"name":"Cube"})"));
    const auto refused = stage.stop("blender-2");
    REQUIRE(refused.has_error());
    CHECK(refused.error().message == "name: blender-2 has unsaved changes");
    CHECK_THAT(refused.error().remedy, ContainsSubstring("discard_changes"));
    CHECK(stage.stop("blender-2", true).has_value());
    CHECK(stage.stop("blender-2").has_error());
}

TEST_CASE("instances: main is stopped and starts anew with the next call") {
    SeveralStage stage;
    const auto first = stage.call()["pid"];
    REQUIRE(stage.stop("main").has_value());
    CHECK(stage.names() == Names{"main"});
    stage.until_gone(first);
    CHECK(stage.call()["pid"] != first);
}

TEST_CASE("instances: the death of one leaves the others alone") {
    SeveralStage stage;
    REQUIRE(stage.start().has_value());
    const auto main = stage.call()["pid"];
    const auto other = stage.call("blender-2")["pid"].get<pid_t>();
    ::kill(other, SIGKILL);
    stage.until_gone(other);
    CHECK(stage.call()["pid"] == main);
}

TEST_CASE("instances: the user's Blender is found, and is current while nothing was changed") {
    SeveralStage stage;
    (void)stage.call();  // the headless one runs, and was only looked at
    UsersBlender users(stage.loop, stage.descriptors.path());
    stage.until({"main", stage.users});
    CHECK(stage.current() == stage.users);
    CHECK(stage.call()["from"] == "the user's");
    CHECK(!stage.call("main").contains("from"));
    const auto found = stage.blenders().find({}, "me");
    const auto endpoint = stage.loop.run((*found)->status())["endpoint"];
    CHECK(endpoint["port"] == users.peer.port());
    CHECK(endpoint["carrier"] == "native");
    const auto list = stage.loop.run(stage.blenders().list("me"));
    CHECK(list[1]["kind"] == "addon");
    CHECK(list[1]["file"] == "/home/me/a.blend");
    CHECK(list[1]["version"] == "4.2.1");

    const auto refused = stage.stop(stage.users);
    REQUIRE(refused.has_error());
    CHECK_THAT(refused.error().message, ContainsSubstring("its user's Blender"));

    users.end();
    stage.until({"main"});
    const auto news = stage.blenders().take_news("me");
    REQUIRE(news.has_value());
    CHECK_THAT(news->message, ContainsSubstring("has ended"));
    CHECK(stage.current() == "main");
}

TEST_CASE("instances: once something was changed in main, the user's Blender only shows up") {
    SeveralStage stage;
    const auto edit = operation("edit", R"({"name":"Cube"})", true);
    (void)stage.call({}, "me", edit);
    UsersBlender users(stage.loop, stage.descriptors.path());
    stage.until({"main", stage.users});
    CHECK(stage.current() == "main");
    REQUIRE(stage.blenders().use(stage.users, "me").has_value());
    CHECK(stage.call()["from"] == "the user's");
    users.end();
}

TEST_CASE("instances: a daemon that is to start its own uses no other by itself") {
    SeveralStage stage;
    stage.options.mode = LaunchMode::always;
    UsersBlender users(stage.loop, stage.descriptors.path());
    stage.until({"main", stage.users});
    CHECK(stage.current() == "main");
    users.end();
}

TEST_CASE("instances: changes are told with the name of their instance") {
    SeveralStage stage;
    std::vector<std::pair<std::string, bool>> told;
    const auto subscription = stage.blenders().on_change(
        [&](const SceneChange& change) { told.emplace_back(change.instance, change.current); });
    (void)stage.call();
    REQUIRE(stage.start().has_value());
    told.clear();
    (void)stage.call("blender-2", "me", operation("edit", R"({"name":"Cube"})"));
    stage.loop.drive([&] { return !told.empty(); });
    CHECK(told.back() == std::pair<std::string, bool>{"blender-2", false});
}

}  // namespace blender_mcpd::blender
