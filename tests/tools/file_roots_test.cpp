// Which files manage_file may touch.
#include "fake_blender.hpp"

#include <filesystem>
#include <fstream>

#include <support/catch.hpp>
#include <unistd.h>

namespace blender_mcpd::tools {
namespace {

namespace fs = std::filesystem;

struct Folders {
    Folders() {
        std::string name = fs::temp_directory_path() / "roots-XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        base = fs::canonical(name);
        for (const auto* folder : {"root", "project", "elsewhere"})
            fs::create_directory(base / folder);
        std::ofstream(base / "project/old.blend") << "x";
        std::ofstream(base / "elsewhere/secret.blend") << "x";
        fs::create_symlink(base / "elsewhere", base / "root/link");
    }
    ~Folders() {
        std::error_code ignored;
        fs::remove_all(base, ignored);
    }
    Folders(const Folders&) = delete;
    Folders& operator=(const Folders&) = delete;
    fs::path base;
};

}  // namespace

TEST_CASE("manage_file: paths inside of the roots and the project, nowhere else") {
    const Folders folders;
    struct Row {
        std::string action;
        std::string path;  // below the base, or relative with "./"
        std::string sent;  // below the base; empty: refused
    };
    for (const auto& row : std::vector<Row>{
             {"save_as", "root/new.blend", "root/new.blend"},
             {"save_as", "root/a..b.blend", "root/a..b.blend"},
             {"save_as", "project/new.blend", "project/new.blend"},
             {"save_as", "./new.blend", "project/new.blend"},
             {"save_as", "root/../root/new.blend", "root/new.blend"},
             {"open", "project/old.blend", "project/old.blend"},
             {"open", "./old.blend", "project/old.blend"},
             {"save_as", "elsewhere/new.blend", ""},
             {"save_as", "root/../elsewhere/new.blend", ""},
             {"save_as", "./../elsewhere/new.blend", ""},
             {"save_as", "root/link/new.blend", ""},
             {"open", "elsewhere/secret.blend", ""},
             {"open", "root/link/secret.blend", ""},
             {"open", "project/missing.blend", ""},
         }) {
        CAPTURE(row.action, row.path);
        auto options = Bench::generous();
        options.roots = {folders.base / "root"};
        Bench bench(options);
        bench.blender.project = folders.base / "project";
        const auto path =
            row.path.starts_with("./") ? row.path.substr(2) : (folders.base / row.path).string();
        const auto answer =
            bench.call_with("manage_file", {{"action", row.action}, {"path", path}});
        CHECK(answer.is_error == row.sent.empty());
        if (row.sent.empty()) {
            CHECK(bench.blender.calls.empty());
            CHECK_THAT(error_text(answer), ContainsSubstring("What to do: "));
        } else {
            CHECK(core::Json::parse(bench.sent())["path"] == (folders.base / row.sent).string());
        }
    }
}

TEST_CASE("manage_file: a relative path without a project says what to do") {
    Bench bench;
    const auto text =
        error_text(bench.call("manage_file", R"({"action":"save_as","path":"scene.blend"})"));
    CHECK_THAT(text, ContainsSubstring("scene.blend"));
    CHECK_THAT(text, ContainsSubstring("absolute"));
}

}  // namespace blender_mcpd::tools
