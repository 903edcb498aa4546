// Where the files of an animation go, and what is left of them when it ends early.
#include "render_output.hpp"

#include "fake_blender.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <support/catch.hpp>
#include <unistd.h>

namespace blender_mcpd::tools {
namespace {

namespace fs = std::filesystem;

struct Folders {
    Folders() {
        std::string name = fs::temp_directory_path() / "output-XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        base = fs::canonical(name);
        for (const auto* folder : {"project", "elsewhere", "root/there"})
            fs::create_directories(base / folder);
        fs::create_symlink(base / "elsewhere", base / "root/link");
        std::ofstream(base / "root/old.mp4") << "x";
    }
    ~Folders() {
        std::error_code ignored;
        fs::remove_all(base, ignored);
    }
    Folders(const Folders&) = delete;
    Folders& operator=(const Folders&) = delete;

    core::Result<RenderOutput> resolve(const std::string& output) const {
        const std::vector roots{base / "root"};
        const auto path = output.starts_with('.') ? output : (base / output).string();
        return resolve_render_output(path, base / "project", roots);
    }
    bool is_empty(const char* folder) const { return fs::is_empty(base / folder); }
    fs::path base;
};

TEST_CASE("a path means a video or numbered frames") {
    const Folders folders;
    struct Row {
        std::string output;  // below the base, or relative with "./"
        std::string path;    // below the base
        bool video = false;
    };
    for (const auto& row : std::vector<Row>{
             {"root/a.mp4", "root/a.mp4", true},
             {"root/a.MKV", "root/a.MKV", true},
             {"root/a#1.webm", "root/a#1.webm", true},
             {"root/old.mp4", "root/old.mp4", true},
             {"./a.mp4", "project/a.mp4", true},
             {"root/walk_##.png", "root/walk_##.png"},
             {"root/walk.png", "root/walk####.png"},
             {"root/walk_", "root/walk_####.png"},
             {"root/shot.v2_", "root/shot.v2_####.png"},
             {"root/walk_#", "root/walk_#.png"},
             {"root/there/", "root/there/####.png"},
             {"root/there", "root/there/####.png"},
             {"root/new/", "root/new/####.png"},
             {"root/newer//", "root/newer/####.png"},
         }) {
        CAPTURE(row.output);
        const auto output = folders.resolve(row.output);
        REQUIRE(output.has_value());
        CHECK(output->path == (folders.base / row.path).string());
        CHECK(output->video == row.video);
        CHECK(fs::is_directory(fs::path(output->path).parent_path()));
    }
}

TEST_CASE("an output that cannot be says why") {
    const Folders folders;
    const std::vector<std::pair<std::string, std::string>> rows{
        {"root/a.mov", "output: \".mov\" is not among the formats"},
        {"root/a.JPG", "output: \".jpg\" is not among the formats"},
        {"elsewhere/a.mp4", "is not inside a folder that is allowed"},
        {"elsewhere/new/", "is not inside a folder that is allowed"},
        {"elsewhere/", "is not inside a folder that is allowed"},
        {"root/link/a.mp4", "is not inside a folder that is allowed"},
        {"root/link/", "is not inside a folder that is allowed"},
        {"root/missing/a.mp4", "does not exist"},
        {"root/missing/new/", "does not exist"},
        {"root/old.mp4/", "output: "},
        {"../../../../../../../../../../..//", "output: "},
    };
    for (const auto& [path, message] : rows) {
        CAPTURE(path);
        const auto output = folders.resolve(path);
        REQUIRE(!output.has_value());
        CHECK(output.error().message.starts_with("output: "));
        CHECK_THAT(output.error().message, ContainsSubstring(message));
        CHECK(!output.error().remedy.empty());
        CHECK(output.error().outcome == core::Outcome::not_applied);
    }
    CHECK(folders.is_empty("elsewhere"));
    CHECK(folders.is_empty("project"));
}

TEST_CASE("the working folder lies beside the output and goes with all in it") {
    const Folders folders;
    const RenderOutput output{(folders.base / "project/a.mp4").string(), true};
    {
        const auto folder = WorkingFolder::create_beside(output.path, "render", "output");
        REQUIRE(folder.has_value());
        CHECK(folder->path().parent_path() == folders.base / "project");
        CHECK(folder->path().filename().string().starts_with(".blender-mcpd-render-"));
        std::ofstream(folder->path() / "video.mp4") << "half";
    }
    CHECK(folders.is_empty("project"));

    const auto missing =
        WorkingFolder::create_beside(folders.base / "none/a.mp4", "render", "output");
    REQUIRE(!missing.has_value());
    CHECK_THAT(missing.error().message, ContainsSubstring("cannot write in"));
}

TEST_CASE("an animation that ends early tells which frames stay") {
    const Folders folders;
    const auto path = (folders.base / "project/a_##.png").string();
    const RenderOutput frames{path};
    const auto folder = WorkingFolder::create_beside(frames.path, "render", "output");
    REQUIRE(folder.has_value());
    CHECK(describe_rest(*folder, frames) == "No frame was done.");
    std::ofstream(folder->path() / "frames") << "3\n";
    CHECK(describe_rest(*folder, frames) == "Frame 3 was done and stays, as " + path + ".");
    std::ofstream(folder->path() / "frames") << "3\n5\n7\n";
    CHECK(describe_rest(*folder, frames) ==
          "3 frames were done (3 to 7) and stay, as " + path + ".");
    CHECK(describe_rest(*folder, {"/a.mp4", true}) ==
          "3 frames were done (3 to 7); a video that is not whole is not kept.");
}

boost::asio::awaitable<void> keep(const mcp::Tool& tool, mcp::CallContext context,
                                  core::Json arguments, std::optional<mcp::ToolAnswer>& answer) {
    answer.emplace(co_await tool.handler(std::move(context), std::move(arguments)));
}

TEST_CASE("render, an animation: Blender gets the resolved path and a folder to work in") {
    Bench bench;
    const Folders folders;
    bench.blender.project = folders.base / "project";
    bench.blender.result = R"({"image":{"mime_type":"image/png"},"engine":"workbench"})";
    bench.blender.blob = "\x89PNG";
    core::Event release(bench.loop.timers.executor());
    bench.blender.hold = &release;
    std::optional<mcp::ToolAnswer> answer;
    mcp::CallContext context{"client-1", bench.cancel.token()};
    auto arguments = core::Json::parse(
        R"({"kind":"animation","output":"//turn_.png","frame_end":5,"timeout_s":9})");
    bench.loop.spawn(keep(bench.tool("render"), std::move(context), std::move(arguments), answer));
    bench.loop.drive([&] { return !bench.blender.calls.empty(); });
    const auto& call = bench.blender.calls.back();
    CHECK(call.on_copy);
    CHECK(!call.operation.mutates);
    CHECK(call.operation.timeout == std::chrono::seconds(9));
    const auto sent = core::Json::parse(call.operation.args);
    CHECK(sent["output"] == (folders.base / "project/turn_####.png").string());
    const fs::path working = sent["working_folder"].get<std::string>();
    CHECK(fs::is_directory(working));
    std::ofstream(working / "frames") << "1\n2\n";

    SECTION("and nothing of it stays") {
        release.set();
        bench.loop.drive([&] { return answer.has_value(); });
        const auto& result = std::get<mcp::ToolResult>(*answer);
        CHECK(!result.is_error);
        REQUIRE(result.content.size() == 1);
        CHECK(std::get<mcp::ImageContent>(result.content.front()).bytes == "\x89PNG");
    }
    SECTION("also when it fails") {
        bench.blender.error =
            core::Error{.code = core::ErrorCode::timeout, .message = "It took too long"};
        release.set();
        bench.loop.drive([&] { return answer.has_value(); });
        CHECK_THAT(error_text(std::get<mcp::ToolResult>(*answer)),
                   ContainsSubstring("It took too long. 2 frames were done (1 to 2) and stay"));
    }
    SECTION("and when it is cancelled, which a task tells") {
        bench.blender.error =
            core::Error{.code = core::ErrorCode::cancelled, .message = "Cancelled"};
        bench.cancel.cancel(core::CancelReason::client);
        release.set();
        bench.loop.drive([&] { return answer.has_value(); });
        CHECK_THAT(error_text(std::get<mcp::ToolResult>(*answer)),
                   ContainsSubstring("Cancelled. 2 frames were done (1 to 2) and stay"));
    }
    CHECK(folders.is_empty("project"));
}

TEST_CASE("render, an animation: a folder that is not allowed is refused before anything runs") {
    Bench bench;
    const auto text = error_text(
        bench.call("render", R"({"kind":"animation","output":"/etc/blender-mcpd/x.mp4"})"));
    CHECK_THAT(text, ContainsSubstring("output: "));
    CHECK_THAT(text, ContainsSubstring("is not inside a folder that is allowed"));
    CHECK(bench.blender.calls.empty());
}

}  // namespace
}  // namespace blender_mcpd::tools
