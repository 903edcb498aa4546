// Which files import_file and export_file may touch, and how their operations are asked for.
#include "fake_blender.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include <support/catch.hpp>
#include <unistd.h>

namespace blender_mcpd::tools {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

struct Files {
    Files() {
        std::string name = fs::temp_directory_path() / "models-XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        base = fs::canonical(name);
        for (const auto* folder : {"root", "project", "elsewhere"}) {
            fs::create_directory(base / folder);
            std::ofstream(base / folder / "a b.obj") << "x";
        }
        fs::create_symlink(base / "elsewhere", base / "root/link");
        auto options = Bench::generous();
        options.roots = {base / "root"};
        bench.emplace(options);
        bench->blender.project = base / "project";
    }
    ~Files() {
        std::error_code ignored;
        fs::remove_all(base, ignored);
    }
    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;

    /// `path` is below the base, or relative to the project with "./".
    mcp::ToolResult call(const std::string& tool, const std::string& path, core::Json more = {}) {
        more["path"] = resolved(path);
        return bench->call_with(tool, std::move(more));
    }
    [[nodiscard]] std::string resolved(const std::string& path) const {
        return path.starts_with("./") ? path.substr(2) : (base / path).string();
    }
    [[nodiscard]] core::Json sent() const { return core::Json::parse(bench->sent()); }
    [[nodiscard]] std::size_t count(const char* folder) const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(base / folder), fs::directory_iterator()));
    }

    fs::path base;
    std::optional<Bench> bench;
};

struct Row {
    std::string tool;
    std::string path;
    std::string sent;  // below the base; empty: refused
};

}  // namespace

TEST_CASE("imports and exports: paths inside of the roots and the project, nowhere else") {
    for (const auto& row : std::vector<Row>{
             {"import_file", "root/a b.obj", "root/a b.obj"},
             {"import_file", "./a b.obj", "project/a b.obj"},
             {"import_file", "elsewhere/a b.obj", ""},
             {"import_file", "root/link/a b.obj", ""},
             {"import_file", "./../elsewhere/a b.obj", ""},
             {"import_file", "root/missing.obj", ""},
             {"import_file", "root", ""},
             {"export_file", "root/neu ü.glb", "root/neu ü.glb"},
             {"export_file", "./new.glb", "project/new.glb"},
             {"export_file", "elsewhere/new.glb", ""},
             {"export_file", "root/link/new.glb", ""},
             {"export_file", "root/none/new.glb", ""},
         }) {
        CAPTURE(row.tool, row.path);
        Files files;
        const auto answer = files.call(row.tool, row.path);
        CHECK(answer.is_error == row.sent.empty());
        if (row.sent.empty()) {
            CHECK(files.bench->blender.calls.empty());
            CHECK_THAT(error_text(answer), ContainsSubstring("path: "));
            CHECK_THAT(error_text(answer), ContainsSubstring("What to do: "));
        } else {
            CHECK(files.sent()["path"] == (files.base / row.sent).string());
        }
    }
}

TEST_CASE("an import is an edit of the Blender that is open, with its own time") {
    Files files;
    CHECK(!files.call("import_file", "root/a b.obj", {{"timeout_s", 7}}).is_error);
    const auto& call = files.bench->blender.calls.back();
    CHECK(!call.on_copy);
    CHECK(call.operation.mutates);
    CHECK(call.operation.timeout == 7s);
    CHECK(!files.sent().contains("timeout_s"));
    // For what the file names in turn.
    CHECK(files.sent()["folders"] ==
          core::Json({(files.base / "root").string(), (files.base / "project").string()}));
}

TEST_CASE("imports as steps of a batch keep to the same folders") {
    Files files;
    const auto batch = [&](const std::string& path) {
        return files.bench->call_with(
            "batch",
            {{"steps",
              core::Json::array({{{"tool", "import_file"}, {"arguments", {{"path", path}}}}})}});
    };
    CHECK(!batch("a b.obj").is_error);
    const auto arguments = files.sent()["steps"][0]["arguments"];
    CHECK(arguments["path"] == (files.base / "project/a b.obj").string());
    CHECK(arguments["folders"].size() == 2);
    files.bench->blender.calls.clear();
    const auto refused = batch(files.resolved("elsewhere/a b.obj"));
    CHECK_THAT(error_text(refused), ContainsSubstring("steps[0].arguments.path: "));
    CHECK(files.bench->blender.calls.empty());
}

TEST_CASE("an export works on a copy, in a folder beside the file that goes with it") {
    Files files;
    CHECK(!files.call("export_file", "root/new.glb", {{"timeout_s", 7}}).is_error);
    const auto& call = files.bench->blender.calls.back();
    CHECK(call.on_copy);
    CHECK(!call.operation.mutates);
    CHECK(call.operation.timeout == 7s);
    const fs::path folder = files.sent()["working_folder"].get<std::string>();
    CHECK(folder.parent_path() == files.base / "root");
    CHECK(folder.filename().string().starts_with(".blender-mcpd-export-"));
    CHECK(files.count("root") == 2);

    files.bench->blender.error = core::Error{core::ErrorCode::cancelled, "it was cancelled"};
    CHECK(files.call("export_file", "root/new.glb").is_error);
    CHECK(files.count("root") == 2);
}

TEST_CASE("an export into a folder that cannot be written to says so") {
    if (::geteuid() == 0) return;  // to whom nothing is forbidden
    Files files;
    fs::permissions(files.base / "root", fs::perms::owner_read | fs::perms::owner_exec);
    const auto text = error_text(files.call("export_file", "root/new.glb"));
    fs::permissions(files.base / "root", fs::perms::owner_all);
    CHECK_THAT(text, ContainsSubstring("cannot write in"));
    CHECK_THAT(text, ContainsSubstring("Nothing was changed"));
}

TEST_CASE("a folder that no export can be made in: the disk itself refuses") {
    auto options = Bench::generous();
    options.roots = {"/proc/self"};
    Bench bench(options);
    const auto text = error_text(bench.call("export_file", R"({"path":"/proc/self/new.glb"})"));
    CHECK_THAT(text, ContainsSubstring("path: "));
    CHECK(bench.blender.calls.empty());
}

}  // namespace blender_mcpd::tools
