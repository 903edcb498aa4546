#include <blender_mcpd/core/own_folder.hpp>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <support/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace blender_mcpd;

namespace {

struct Place {
    Place() {
        std::string name = (fs::temp_directory_path() / "own-folder-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder = name;
    }
    ~Place() { fs::remove_all(folder); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    fs::path folder;
};

mode_t mode_of(const fs::path& path) {
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 0777U;
}

}  // namespace

TEST_CASE("a folder of one's own, and what is missing above it, are closed to others") {
    const Place place;
    ::chmod(place.folder.c_str(), 0755);
    CHECK(core::make_own_folder(place.folder / "state/blender-mcpd/recovery") == 0);
    CHECK(mode_of(place.folder) == 0755);
    CHECK(mode_of(place.folder / "state") == 0700);
    CHECK(mode_of(place.folder / "state/blender-mcpd") == 0700);
    CHECK(mode_of(place.folder / "state/blender-mcpd/recovery") == 0700);
    CHECK(core::make_own_folder(place.folder / "state/blender-mcpd/recovery") == 0);
}

TEST_CASE("a folder that cannot be made is told by its reason") {
    const Place place;
    std::ofstream(place.folder / "file") << "x";
    CHECK(core::make_own_folder(place.folder / "file/below") == ENOTDIR);
    CHECK(core::make_own_folder("/proc/none/below") == ENOENT);
}
