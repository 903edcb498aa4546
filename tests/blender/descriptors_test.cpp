// The files by which add-ons tell where their Blenders are.
#include "descriptors.hpp"

#include "processes.hpp"
#include "temp_folder.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>

#include <support/catch.hpp>
#include <unistd.h>

namespace blender_mcpd::blender {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json valid() {
    return {{"link", 1},
            {"port", 40'123},
            {"token", "abc"},
            {"pid", ::getpid()},
            {"session", "one"},
            {"runtime", "hash"},
            {"blender", {4, 2, 1}},
            {"executable", "/usr/bin/blender"},
            {"background", false},
            {"file", "/home/me/a.blend"},
            {"origin", "addon"},
            {"started", "2026-01-31T12:00:00Z"}};
}

struct Folder {
    Folder() { fs::permissions(temp.path(), fs::perms::owner_all); }
    fs::path add(const std::string& name, const std::string& text,
                 fs::perms mode = fs::perms::owner_read | fs::perms::owner_write) const {
        const auto file = temp.write(name, text);
        fs::permissions(file, mode);
        return file;
    }
    [[nodiscard]] std::vector<Descriptor> read() const { return read_descriptors(temp.path()); }
    test::TempFolder temp;
};

}  // namespace

TEST_CASE("descriptors: what an add-on tells is read") {
    const Folder folder;
    folder.add("1-one.json", valid().dump());
    const auto found = folder.read();
    REQUIRE(found.size() == 1);
    CHECK(found[0] == Descriptor{40'123, "abc", ::getpid(), "one", "hash", "4.2.1",
                                 "/usr/bin/blender", "/home/me/a.blend", false});
}

TEST_CASE("descriptors: the newest comes first") {
    const Folder folder;
    auto other = valid();
    other["session"] = "two";
    const auto older = folder.add("1-one.json", valid().dump());
    folder.add("1-two.json", other.dump());
    fs::last_write_time(older, fs::file_time_type::clock::now() - std::chrono::hours(1));
    const auto found = folder.read();
    REQUIRE(found.size() == 2);
    CHECK(found[0].session == "two");
    CHECK(found[1].session == "one");
}

TEST_CASE("descriptors: what is not whole is left out") {
    const Folder folder;
    folder.add("text.json", "nothing");
    folder.add("list.json", "[]");
    folder.add("empty.json", "");
    folder.add("large.json", std::string(20'000, ' ') + valid().dump());
    folder.add("other.txt", valid().dump());
    for (const auto* member : {"link", "port", "token", "pid", "session"}) {
        auto without = valid();
        without.erase(member);
        folder.add(std::string("no-") + member + ".json", without.dump());
        auto wrong = valid();
        wrong[member] = -1;
        folder.add(std::string("wrong-") + member + ".json", wrong.dump());
    }
    auto far = valid();
    far["port"] = 65'536;
    folder.add("far.json", far.dump());
    CHECK(folder.read().empty());
    CHECK(read_descriptors(folder.temp / "missing").empty());
}

TEST_CASE("descriptors: members that only describe may be missing or wrong") {
    const Folder folder;
    auto some = valid();
    for (const auto* member : {"runtime", "blender", "executable", "background", "file"})
        some[member] = json{{"a", 1}};
    folder.add("1-one.json", some.dump());
    const auto found = folder.read();
    REQUIRE(found.size() == 1);
    CHECK(found[0].file.empty());
    CHECK(found[0].version.empty());
    CHECK(!found[0].background);
}

TEST_CASE("descriptors: one of a process that is gone is left out, and left where it is") {
    const Folder folder;
    auto gone = valid();
    gone["pid"] = 0x7ffffff0;
    const auto file = folder.add("1-one.json", gone.dump());
    CHECK(folder.read().empty());
    CHECK(fs::exists(file));
}

TEST_CASE("descriptors: what others can read or write is not believed") {
    const Folder folder;
    const auto readable = fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read;
    folder.add("readable.json", valid().dump(), readable);
    const test::TempFolder elsewhere;
    const auto target = elsewhere.write("target.json", valid().dump());
    fs::permissions(target, fs::perms::owner_read | fs::perms::owner_write);
    fs::create_symlink(target, folder.temp / "link.json");
    fs::create_directory(folder.temp / "folder.json");
    CHECK(folder.read().empty());

    folder.add("1-one.json", valid().dump());
    CHECK(folder.read().size() == 1);
    fs::create_directory_symlink(folder.temp.path(), elsewhere / "link");
    CHECK(read_descriptors(elsewhere / "link").empty());
    fs::permissions(folder.temp.path(), fs::perms::owner_all | fs::perms::others_write);
    CHECK(folder.read().empty());
}

}  // namespace blender_mcpd::blender
