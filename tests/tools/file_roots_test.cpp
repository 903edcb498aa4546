// Which files tools may touch.
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
        std::ofstream(base / "root/sky.hdr") << "x";
        std::ofstream(base / "project/sky.hdr") << "x";
        std::ofstream(base / "elsewhere/sky.hdr") << "x";
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

namespace {

/// A tool that reads a file.
struct Reader {
    std::string tool;
    core::Json (*arguments)(const std::string& path);
    std::string where;
};

const std::vector<Reader> readers{
    {"set_material",
     [](const std::string& path) -> core::Json {
         return {{"objects", {"A"}}, {"material", {{"textures", {{"base_color", path}}}}}};
     },
     "material.textures.base_color"},
    {"set_scene",
     [](const std::string& path) -> core::Json {
         return {{"world", {{"image", path}}}};
     },
     "world.image"},
    {"edit_nodes",
     [](const std::string& path) -> core::Json {
         return {{"tree", {{"kind", "world"}}},
                 {"operations",
                  core::Json::array({{{"remove", "*"}}, {{"set", "A"}, {"image", path}}})}};
     },
     "operations[1].image"},
};

}  // namespace

TEST_CASE("files to read: inside of the roots and the project, also in steps of a batch") {
    const Folders folders;
    struct Row {
        std::string path;  // below the base, or relative with "./" or "//"
        std::string sent;  // below the base; empty: refused
    };
    const std::vector<Row> rows{
        {"root/sky.hdr", "root/sky.hdr"},  {"project/sky.hdr", "project/sky.hdr"},
        {"./sky.hdr", "project/sky.hdr"},  {"//sky.hdr", "project/sky.hdr"},
        {"elsewhere/sky.hdr", ""},         {"root/link/sky.hdr", ""},
        {"root/../elsewhere/sky.hdr", ""}, {"root/missing.hdr", ""},
        {"//../elsewhere/sky.hdr", ""},    {"root", ""},
    };
    for (const auto& reader : readers) {
        for (const auto& row : rows) {
            CAPTURE(reader.tool, row.path);
            auto options = Bench::generous();
            options.roots = {folders.base / "root"};
            Bench bench(options);
            bench.blender.project = folders.base / "project";
            auto path = row.path;
            if (path.starts_with("./"))
                path = path.substr(2);
            else if (!path.starts_with("//"))
                path = (folders.base / path).string();
            const auto arguments = reader.arguments(path);
            const core::Json step = {{"tool", reader.tool}, {"arguments", arguments}};
            const core::Json look = {{"tool", "get_scene_info"},
                                     {"arguments", core::Json::object()}};
            const auto alone = bench.call_with(reader.tool, arguments);
            const auto sent_alone = bench.blender.calls.empty() ? "" : bench.sent();
            const auto in_batch =
                bench.call_with("batch", {{"steps", core::Json::array({look, step})}});
            CHECK(alone.is_error == row.sent.empty());
            CHECK(in_batch.is_error == row.sent.empty());
            if (row.sent.empty()) {
                CHECK(bench.blender.calls.empty());
                CHECK(error_text(alone).starts_with(reader.where + ": "));
                CHECK(
                    error_text(in_batch).starts_with("steps[1].arguments." + reader.where + ": "));
            } else {
                const auto expected = reader.arguments((folders.base / row.sent).string());
                CHECK(core::Json::parse(sent_alone) == expected);
                CHECK(core::Json::parse(bench.sent())["steps"][1]["arguments"] == expected);
            }
        }
    }
}

}  // namespace blender_mcpd::tools
