// The status page as a server sees it.
#include "status_page.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

#include <support/catch.hpp>
#include <support/loop.hpp>
#include <tools/fake_blender.hpp>
#include <tools/fake_blenders.hpp>

namespace blender_mcpd::app {

namespace {

using Kind = transport::Site::Kind;
using namespace std::chrono_literals;

struct PageStage {
    transport::Page get(const std::string& path) {
        transport::Page got;
        loop.spawn(fetch(page, path, got));
        return got;
    }
    static boost::asio::awaitable<void> fetch(StatusPage& page, std::string path,
                                              transport::Page& got) {
        got = co_await page.get(std::move(path), false);
    }
    void take_picture(std::string bytes) {
        mcp::ToolResult result;
        result.content.emplace_back(mcp::ImageContent{std::move(bytes), "image/png"});
        auto note = calls.begin("render", "client-1");
        note.answered(result);
    }

    test::ManualLoop loop;
    tools::FakeBlender blender;
    tools::FakeBlenders blenders{blender};
    tools::RecentCalls calls{loop.clock};
    StatusPage page{loop.timers, blenders, calls, "1"};
};

}  // namespace

TEST_CASE("what is where on the status page") {
    PageStage stage;
    for (const auto& [path, kind, type] : std::vector<std::tuple<std::string, Kind, std::string>>{
             {"/", Kind::page, "text/html; charset=utf-8"},
             {"/status.css", Kind::open, "text/css; charset=utf-8"},
             {"/status.js", Kind::open, "text/javascript; charset=utf-8"},
             {"/status.svg", Kind::open, "image/svg+xml"}}) {
        INFO(path);
        CHECK(stage.page.kind(path) == kind);
        const auto got = stage.get(path);
        CHECK(got.status == 200);
        CHECK(got.content_type == type);
        CHECK(got.body.size() > 50);
    }
    CHECK(stage.page.kind("/status/events") == Kind::events);
    CHECK(stage.page.kind("/status/picture") == Kind::data);
    for (const auto* path : {"", "/status.html", "/sign-in.html", "/status/", "//", "/mcp"})
        CHECK(stage.page.kind(path) == Kind::none);
}

TEST_CASE("pages hold nothing that the browser is told to refuse") {
    PageStage stage;
    const auto form = stage.page.sign_in_page(transport::Site::SignIn::wrong).body;
    for (const auto& page : {stage.get("/").body, form}) {
        CHECK(page.find("<style") == std::string::npos);
        CHECK(page.find(" style=") == std::string::npos);
        CHECK(page.find(" onclick") == std::string::npos);
        CHECK(page.find("http") == page.find("http-"));  // nothing of elsewhere
    }
}

TEST_CASE("the picture of the status page") {
    PageStage stage;
    stage.take_picture("early");
    CHECK(stage.get("/status/picture").status == 404);
    stage.calls.watch(true);
    stage.take_picture("first");
    const auto first = stage.get("/status/picture");
    CHECK(first.body == "first");
    CHECK(first.content_type == "image/png");
    CHECK(stage.get("/status/picture").etag == first.etag);
    stage.take_picture("second");
    const auto second = stage.get("/status/picture");
    CHECK(second.body == "second");
    CHECK(second.etag != first.etag);
    stage.take_picture(std::string(tools::RecentCalls::largest_picture + 1, 'x'));
    CHECK(stage.get("/status/picture").status == 404);
    stage.take_picture("third");
    stage.calls.watch(false);
    CHECK(stage.get("/status/picture").status == 404);
}

TEST_CASE("who watches the status page hears of calls") {
    PageStage stage;
    stage.calls.watch(true);
    std::vector<core::Json> told;
    stage.page.begin_events([&](std::string text) {
        CHECK(text.find('\n') == std::string::npos);
        told.push_back(core::Json::parse(text));
        return true;
    });
    stage.loop.settle();
    REQUIRE(told.size() == 1);
    CHECK(told[0]["version"] == "1");
    {
        const auto note = stage.calls.begin("create_objects", "client-1");
        stage.loop.advance(250ms);
        REQUIRE(told.size() == 2);
        CHECK(told[1]["running"].get<std::string>().find("create_objects") != std::string::npos);
    }
    stage.loop.advance(250ms);
    REQUIRE(told.size() == 3);
    CHECK(told[2]["ended"].get<std::string>().find("create_objects") != std::string::npos);
    stage.page.end_events();
    (void)stage.calls.begin("create_objects", "client-1");
    stage.loop.advance(10s);
    CHECK(told.size() == 3);
    CHECK(stage.loop.timers.armed().empty());
}

}  // namespace blender_mcpd::app
