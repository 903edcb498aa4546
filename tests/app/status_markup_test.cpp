// What the status page says, and that nothing of others becomes markup of ours.
#include "status_markup.hpp"

#include "picture_size.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>
#include <utility>

#include <support/catch.hpp>

namespace blender_mcpd::app {

namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using tools::RecentCalls;

constexpr RecentCalls::WallTime noon{std::chrono::seconds{1'772'020'800}};  // 2026-02-25, UTC

bool has(const std::string& text, std::string_view part) {
    INFO(text.substr(0, 4'000));
    INFO(part);
    return text.find(part) != std::string::npos;
}

struct Shown {
    core::ManualClock clock;
    RecentCalls calls{clock};
    core::Json blenders = core::Json::array();

    Shown() { calls.watch(true); }
    [[nodiscard]] StatusSnapshot snapshot() const {
        return {"1.2.3", noon - 1h, noon, blenders, calls};
    }
    [[nodiscard]] std::string document(bool can_sign_out = false) const {
        return status_document(snapshot(), can_sign_out);
    }
    [[nodiscard]] core::Json event() const { return core::Json::parse(status_event(snapshot())); }
    void add(core::Json blender) {
        blender["name"] = "main";
        blenders.push_back(std::move(blender));
    }
    void call(const std::string& tool, mcp::ToolAnswer answer) {
        auto note = calls.begin(tool, "client-1");
        clock.advance(1'500ms);
        note.answered(answer);
    }
};

mcp::ToolResult with_picture(std::string bytes) {
    mcp::ToolResult result;
    result.content.emplace_back(mcp::ImageContent{std::move(bytes), "image/png"});
    return result;
}

const std::string png_320_by_240 =
    "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\x40\0\0\0\xf0 and so on"s;

}  // namespace

TEST_CASE("text in markup") {
    CHECK(escaped(R"(<b a='1' b="2">&amp;)") == "&lt;b a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;amp;");
    CHECK(escaped("caf\u00e9") == "caf\u00e9");
    CHECK(escaped("a\nb\xe2\x80\xae") == "a\\x0ab\\xe2\\x80\\xae");  // turns the text around
    CHECK(escaped(std::string(1'000, '<')).size() < 2'000);
}

TEST_CASE("sizes of pictures") {
    CHECK(png_size(png_320_by_240)->width == 320);
    CHECK(png_size(png_320_by_240)->height == 240);
    CHECK_FALSE(png_size(png_320_by_240.substr(0, 23)));
    CHECK_FALSE(png_size("GIF89a and twenty more bytes of it"));
}

TEST_CASE("a page of a daemon that has done nothing yet") {
    Shown shown;
    shown.add({{"state", "not_running"}, {"message", "No Blender is running yet"}});
    const auto page = shown.document();
    CHECK(has(page,
              "Version 1.2.3, running since <time data-date datetime=\"2026-02-25T11:00:00Z\">"
              "2026-02-25 11:00:00 UTC</time>"));
    CHECK(has(page, "As it was at <time datetime=\"2026-02-25T12:00:00Z\">12:00:00 UTC</time>"));
    CHECK(
        has(page, R"(<th scope="row">main</th><td><span class="not_running">Not running</span>)"));
    CHECK(has(page, "<small>No Blender is running yet</small>"));
    CHECK(has(page, R"(<tbody id="running"><tr><td colspan="3">None</td></tr></tbody>)"));
    CHECK(has(page, "None yet: it is the last one"));
    CHECK_FALSE(has(page, "Sign out"));
    CHECK_FALSE(has(page, "@"));
    CHECK(has(shown.document(true), "Sign out"));
}

TEST_CASE("what a Blender does") {
    Shown shown;
    shown.add({{"state", "busy"},
               {"version", {4, 2, 1}},
               {"file", "/home/anna/chair.blend"},
               {"dirty", true},
               {"running", {{"op", "set_material"}, {"for_ms", 12'400.0}}},
               {"queue", 2}});
    const auto page = shown.document();
    CHECK(has(page, "Busy"));
    CHECK(has(page, "set_material for <span data-since=\"1772020787000\">13 s</span>"));
    CHECK(has(page, "2 waiting"));
    CHECK(has(page, "<td>4.2.1</td>"));
    CHECK(has(page, "/home/anna/chair.blend<small>Unsaved changes</small>"));
    CHECK(has(page, R"(<p id="attention" role="status"></p>)"));
    // Who watches counts by themselves: nothing is sent because time passes.
    CHECK(has(shown.event()["blenders"].get<std::string>(),
              "<span data-since=\"1772020787000\"></span>"));
}

TEST_CASE("what is known of a Blender depends on its add-on") {
    Shown shown;
    shown.add({{"state", "busy"}, {"message", "Blender is working"}});
    CHECK(has(shown.document(), "<small>Blender is working</small></td><td>Something</td>"));
    shown.blenders[0]["state"] = "ready";
    CHECK(has(shown.document(),
              "Ready</span></td><td>Nothing</td><td></td><td class=\"file\"></td>"));
}

TEST_CASE("what went wrong with a Blender is said before all else") {
    Shown shown;
    shown.add({{"state", "failed"}, {"message", "Blender <ended>"}});
    shown.add({{"state", "something new"}});
    CHECK(has(shown.document(),
              R"(<p id="attention" role="status">main: Blender &lt;ended&gt;.</p>)"));
    CHECK(shown.event()["attention"] == "main: Blender <ended>.");
    CHECK(has(shown.document(), "Unknown"));
}

TEST_CASE("names of others are text, wherever they are") {
    const std::string evil = "<script>alert(1)</script>'\"";
    Shown shown;
    core::Json blender{{"state", "busy"},
                       {"message", evil},
                       {"version", evil},
                       {"file", evil + ".blend"},
                       {"queue", evil},
                       {"dirty", evil},
                       {"running", {{"op", evil}, {"for_ms", evil}}}};
    shown.add(blender);
    blender["state"] = "failed";
    shown.add(blender);
    shown.blenders.back()["name"] = evil;
    shown.call(evil, with_picture("no PNG"));
    {
        auto note = shown.calls.begin("tool", evil);
        note.answered(with_picture(png_320_by_240));
    }
    const auto running = shown.calls.begin(evil, evil);
    const auto page = shown.document();
    const auto ours = std::string("<script src=");
    for (auto at = page.find("<script"); at != std::string::npos; at = page.find("<script", at + 1))
        CHECK(page.substr(at, ours.size()) == ours);
    CHECK(has(page, "&lt;script&gt;alert(1)&lt;/script&gt;&#39;&quot;.blend"));
    CHECK_FALSE(has(page, evil));
    auto pieces = shown.event();
    CHECK(pieces.erase("attention") == 1);  // is text
    for (const auto& [name, piece] : pieces.items()) {
        INFO(name);
        CHECK_FALSE(has(piece.get<std::string>(), "<script"));
    }
}

TEST_CASE("values are not templates") {
    Shown shown;
    shown.add({{"state", "ready"}, {"file", "/@version@/@at@.blend"}});
    CHECK(has(shown.document(), "/@version@/@at@.blend"));
}

TEST_CASE("calls and what came of them") {
    Shown shown;
    shown.call("get_scene_info", mcp::ToolResult());
    shown.call("execute_blender_code", mcp::error_result("SyntaxError"));
    shown.call("delete_objects", mcp::InputRequired());
    {
        auto note = shown.calls.begin("render", "client-2");
        note.failed(core::ErrorCode::timeout);
    }
    const auto running = shown.calls.begin("create_objects", "client-3");
    const auto page = shown.document();
    CHECK(has(page,
              "<th scope=\"row\">get_scene_info</th><td><span class=\"ok\">Done</span></td>"
              "<td>1.5 s</td>"));
    CHECK(has(page, "execute_blender_code</th><td><span class=\"failed\">Failed</span></td>"));
    CHECK(has(page, "delete_objects</th><td>Asked the user</td>"));
    CHECK(has(page,
              "render</th><td><span class=\"failed\">Failed</span>: timeout</td><td>0 ms</td>"));
    CHECK(page.find("render</th>") < page.find("get_scene_info</th>"));
    CHECK(has(page, "<tbody id=\"running\"><tr><th scope=\"row\">create_objects</th>"));
    CHECK(has(page, "<td>client-3</td>"));
}

TEST_CASE("many calls at once are counted") {
    Shown shown;
    std::vector<RecentCalls::Note> notes;
    for (int i = 0; i < 45; ++i)
        notes.push_back(shown.calls.begin("render", "client-1"));
    CHECK(has(shown.document(), "and 15 more"));
}

TEST_CASE("the latest picture") {
    Shown shown;
    shown.call("render", with_picture("GIF"));
    CHECK(has(shown.document(),
              R"(<img src="/status/picture?1" alt="Picture from render for client-1">)"));
    shown.call("get_viewport_screenshot", with_picture(png_320_by_240));
    CHECK(has(
        shown.document(),
        R"(<img src="/status/picture?2" alt="Picture from get_viewport_screenshot for client-1, )"
        R"(320 × 240 pixels" width="320" height="240">)"));
    shown.call("render", with_picture(std::string(RecentCalls::largest_picture + 1, 'x')));
    CHECK_FALSE(has(shown.document(), "<img"));
    CHECK(has(shown.document(), "too large to be kept here (8.0 MiB)"));
}

TEST_CASE("the form for the token") {
    const auto first = sign_in_document("");
    CHECK_FALSE(has(first, "alert"));
    CHECK(has(first, R"(aria-describedby="hint">)"));
    const auto again = sign_in_document("Not <that>");
    CHECK(has(again, R"(<p id="problem" role="alert">Not &lt;that&gt;</p>)"));
    CHECK(has(again, R"(aria-describedby="hint problem" aria-invalid="true">)"));
}

}  // namespace blender_mcpd::app
