#include "addon_package.hpp"

#include "temp_folder.hpp"

#include <blender_mcpd/blender/runtime_files.hpp>
#include <blender_mcpd/core/json.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <minizip/unzip.h>
#include <support/catch.hpp>

using namespace blender_mcpd;

namespace {

std::map<std::string, std::string> package() {
    std::map<std::string, std::string> files;
    for (const auto& file : app::addon_package())
        files[file.path] = file.text;
    return files;
}

core::Json list() {
    auto read = core::parse_json(package().at(std::string(app::addon_list)));
    REQUIRE(read.has_value());
    return *read;
}

bool says(const std::string& text, const std::string& what) {
    return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("the add-on has the runtime of this version under a name of its own") {
    const auto files = package();
    const auto hash = std::string(blender::runtime_hash());
    const auto folder = "blender_mcpd_runtime_" + hash.substr(0, 16) + "/";
    CHECK(says(files.at("runtime_version.py"), "RUNTIME = \"" + hash + "\""));
    std::size_t count = 0;
    for (const auto& file : blender::runtime_files()) {
        constexpr std::string_view own = "blender_mcpd_runtime/";
        if (!file.path.starts_with(own)) continue;
        CHECK(files.at(folder + std::string(file.path.substr(own.size()))) == file.text);
        ++count;
    }
    CHECK(count > 50);
    CHECK_FALSE(files.contains("start.py"));
}

TEST_CASE("add-on, extension and program have the same version") {
    const auto files = package();
    const auto version = list().at("version").get<std::string>();
    auto tuple = version;
    for (std::size_t at = 0; (at = tuple.find('.', at)) != std::string::npos;)
        tuple.replace(at, 1, ", ");
    CHECK(says(files.at("__init__.py"), "\"version\": (" + tuple + ")"));
    CHECK(says(files.at("blender_manifest.toml"), fmt::format("\nversion = \"{}\"\n", version)));
}

TEST_CASE("the list names all files, itself included") {
    const auto files = package();
    CHECK(list().at("addon") == "blender-mcpd");
    std::set<std::string> named;
    const auto read = list();
    for (const auto& name : read.at("files"))
        named.insert(name.get<std::string>());
    std::set<std::string> there;
    for (const auto& [path, text] : files)
        there.insert(path);
    CHECK(named == there);
}

TEST_CASE("the archive has one folder with all files, and is the same each time") {
    const test::TempFolder folder;
    const auto path = folder / "addon.zip";
    REQUIRE(app::write_addon_zip(path).has_value());
    const auto archive = unzOpen64(path.c_str());
    REQUIRE(archive != nullptr);
    const auto files = package();
    unz_global_info64 about{};
    CHECK(unzGetGlobalInfo64(archive, &about) == UNZ_OK);
    CHECK(about.number_entry == files.size());
    for (const auto& [name, text] : files) {
        CAPTURE(name);
        REQUIRE(unzLocateFile(archive, ("blender_mcpd/" + name).c_str(), 1) == UNZ_OK);
        REQUIRE(unzOpenCurrentFile(archive) == UNZ_OK);
        std::string read(text.size() + 1, '\0');
        const auto count =
            unzReadCurrentFile(archive, read.data(), static_cast<unsigned>(read.size()));
        read.resize(static_cast<std::size_t>(std::max(count, 0)));
        CHECK(read == text);
        CHECK(unzCloseCurrentFile(archive) == UNZ_OK);  // with its checksum
    }
    unzClose(archive);
    const auto first = test::read_file(path);
    REQUIRE(app::write_addon_zip(path).has_value());  // in its place
    CHECK(test::read_file(path) == first);
}

TEST_CASE("an archive that cannot be written is an error") {
    const test::TempFolder folder;
    const auto written = app::write_addon_zip(folder / "missing/addon.zip");
    REQUIRE_FALSE(written.has_value());
    CHECK(says(written.error().message, "No such file or directory"));
    CHECK_FALSE(app::write_addon_zip(folder / "").has_value());
    CHECK(std::filesystem::is_empty(folder / ""));
}
