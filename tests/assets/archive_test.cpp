#include "archive.hpp"

#include "zip_file.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fstream>
#include <iterator>

#include <support/catch.hpp>

namespace blender_mcpd::assets {
namespace {

namespace fs = std::filesystem;

struct Folder {
    Folder() { fs::create_directories(path / "out"); }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    core::Result<std::vector<std::string>> unpack(const std::string& bytes,
                                                  const ArchiveLimits& limits = {}) const {
        std::ofstream(path / "a.zip", std::ios::binary) << bytes;
        return assets::unpack(path / "a.zip", path / "out", limits, stop);
    }
    [[nodiscard]] std::string text(const std::string& name) const {
        std::ifstream in(path / "out" / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    const fs::path path = fs::temp_directory_path() / ("archive-test-" + core::random_hex(8));
    std::atomic<bool> stop = false;
};

TEST_CASE("an archive is unpacked with its folders") {
    const Folder folder;
    const auto files = folder.unpack(
        zip({{"Wood_Color.jpg", "colour"}, {"textures/", ""}, {"textures/a.png", "image"}}));
    REQUIRE(files.has_value());
    CHECK(*files == std::vector<std::string>{"Wood_Color.jpg", "textures/a.png"});
    CHECK(folder.text("Wood_Color.jpg") == "colour");
    CHECK(folder.text("textures/a.png") == "image");
}

TEST_CASE("entries that no asset has are refused") {
    struct Row {
        const char* name;
        unsigned mode;
        const char* why;
    };
    const auto row = GENERATE(
        Row{"../evil.png", 0, "path"}, Row{"/etc/passwd", 0, "path"}, Row{"a/../../b", 0, "path"},
        Row{"a\\..\\b", 0, "path"}, Row{"C:/b", 0, "path"}, Row{".bashrc", 0, "path"},
        Row{"a\nb", 0, "path"}, Row{"../", 0, "path"}, Row{"link", 0120777, "link"},
        Row{"device", 0020666, "link"}, Row{"pipe", 0010666, "link"});
    CAPTURE(row.name);
    const Folder folder;
    const auto files = folder.unpack(zip({{"fine.png", "x"}, {row.name, "/etc/passwd", row.mode}}));
    REQUIRE(!files);
    CHECK(files.error().code == core::ErrorCode::protocol);
    CHECK(files.error().message.find(row.why) != std::string::npos);
    CHECK(!fs::exists(folder.path / "evil.png"));
}

TEST_CASE("two entries of one name are refused") {
    const Folder folder;
    const auto files = folder.unpack(zip({{"a.png", "one"}, {"a.png", "two"}}));
    REQUIRE(!files);
    CHECK(files.error().message.find("two entries") != std::string::npos);
}

TEST_CASE("bombs go off nowhere") {
    const Folder folder;
    const std::string zeros(3'000'000, '\0');
    ArchiveLimits limits;
    SECTION("by ratio") {
        limits.small = 1'000'000;
    }
    SECTION("by size") {
        limits.bytes = 2'000'000;
    }
    const auto files = folder.unpack(zip({{"a.png", zeros}}), limits);
    REQUIRE(!files);
    CHECK(files.error().code == core::ErrorCode::too_large);
}

TEST_CASE("an archive with more entries than any asset has is refused") {
    const Folder folder;
    const auto files = folder.unpack(zip({{"a", "1"}, {"b", "2"}, {"c", "3"}}), {.entries = 2});
    REQUIRE(!files);
    CHECK(files.error().code == core::ErrorCode::too_large);
}

TEST_CASE("damage is noticed") {
    const Folder folder;
    auto bytes = zip({{"a.png", "The content of the image", 0, Packing::stored}});
    SECTION("in the content") {
        bytes[bytes.find("content")] = 'C';
    }
    SECTION("cut off") {
        bytes.resize(bytes.size() / 2);
    }
    SECTION("no archive at all") {
        bytes = "<html>";
    }
    SECTION("empty") {
        bytes = zip({});
    }
    const auto files = folder.unpack(bytes);
    REQUIRE(!files);
    CHECK(files.error().code == core::ErrorCode::protocol);
}

TEST_CASE("unpacking stops when it is told to") {
    Folder folder;
    folder.stop = true;
    const auto files = folder.unpack(zip({{"a.png", "x"}}));
    REQUIRE(!files);
    CHECK(files.error().code == core::ErrorCode::cancelled);
}

}  // namespace
}  // namespace blender_mcpd::assets
