#include "temp_folder.hpp"

#include <blender_mcpd/guard/atomic_file.hpp>

#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include <support/catch.hpp>
#include <sys/resource.h>
#include <sys/stat.h>

namespace blender_mcpd::guard {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

TEST_CASE("a file is written whole") {
    const TempFolder temp;
    const std::string bytes(300'000, '\0');
    CHECK(write_file(temp.path() / "Ä 椅.bin", bytes, Overwrite::no).has_value());
    CHECK(temp.content("Ä 椅.bin") == bytes);
    CHECK(temp.names() == Names{"Ä 椅.bin"});
    CHECK(write_file(temp.path() / "empty", "", Overwrite::no).has_value());
    CHECK(fs::file_size(temp.path() / "empty") == 0);
}

TEST_CASE("a file is replaced only when that is asked for") {
    const TempFolder temp;
    const auto path = temp.file("a", "old");
    const auto refused = write_file(path, "new", Overwrite::no);
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == core::ErrorCode::invalid);
    CHECK(refused.error().outcome == core::Outcome::not_applied);
    CHECK_THAT(refused.error().remedy, ContainsSubstring("overwrite"));
    CHECK(temp.content("a") == "old");
    CHECK(temp.names() == Names{"a"});

    fs::permissions(path, fs::perms(0640));
    CHECK(write_file(path, "new", Overwrite::yes).has_value());
    CHECK(temp.content("a") == "new");
    CHECK(fs::status(path).permissions() == fs::perms(0640));
    CHECK(temp.names() == Names{"a"});
}

TEST_CASE("a link is replaced, not followed") {
    const TempFolder temp;
    temp.file("target", "old");
    fs::create_symlink("target", temp.path() / "link");
    CHECK(write_file(temp.path() / "link", "new", Overwrite::no).has_error());
    CHECK(write_file(temp.path() / "link", "new", Overwrite::yes).has_value());
    CHECK(temp.content("target") == "old");
    CHECK(temp.content("link") == "new");
    fs::create_symlink("nowhere", temp.path() / "dangling");
    CHECK(write_file(temp.path() / "dangling", "new", Overwrite::no).has_error());
    CHECK_FALSE(fs::exists(temp.path() / "nowhere"));
}

/// No file may grow beyond so many bytes, as on a full disk.
class FullDisk {
  public:
    explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limit = before_;
        limit.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

  private:
    rlimit before_{};
    void (*handler_)(int);
};

TEST_CASE("a failed write leaves no partial file and the old one alone") {
    const TempFolder temp;
    const auto path = temp.file("a", "old");
    core::Result<void> result;
    core::Result<void> other;
    {
        const FullDisk disk(1'000);
        result = write_file(path, std::string(5'000, 'x'), Overwrite::yes);
        other = write_file(temp.path() / "b", std::string(5'000, 'x'), Overwrite::no);
    }
    REQUIRE(result.has_error());
    REQUIRE(other.has_error());
    CHECK_THAT(result.error().message, ContainsSubstring("cannot write"));
    CHECK(temp.content("a") == "old");
    CHECK(temp.names() == Names{"a"});
}

TEST_CASE("after a failed piece nothing can be committed") {
    const TempFolder temp;
    auto file = AtomicFile::create(temp.path() / "a");
    REQUIRE(file.has_value());
    CHECK(file->append("first").has_value());
    {
        const FullDisk disk(8);
        CHECK(file->append("second").has_error());
    }
    CHECK(file->commit(Overwrite::no).has_error());
    CHECK_FALSE(fs::exists(temp.path() / "a"));
}

TEST_CASE("a download that breaks off leaves nothing") {
    const TempFolder temp;
    {
        auto file = AtomicFile::create(temp.path() / "a");
        REQUIRE(file.has_value());
        CHECK(file->append("half").has_value());
        CHECK(temp.names().size() == 1);
        CHECK_FALSE(fs::exists(temp.path() / "a"));
        const auto moved = std::move(*file);
    }
    CHECK(temp.names().empty());
}

TEST_CASE("what cannot be created leaves nothing") {
    const TempFolder temp;
    const auto missing = write_file(temp.path() / "no/a", "x", Overwrite::no);
    REQUIRE(missing.has_error());
    CHECK(missing.error().code == core::ErrorCode::not_found);
    temp.folder("folder");
    CHECK(write_file(temp.path() / "folder", "x", Overwrite::yes).has_error());
    CHECK(write_file(temp.path() / "folder", "x", Overwrite::no).has_error());
    CHECK(write_file(temp.path() / "folder/", "x", Overwrite::no).has_error());
    CHECK(write_file("", "x", Overwrite::no).has_error());
    CHECK(write_file(temp.path() / std::string(300, 'x'), "x", Overwrite::no).has_error());
    CHECK(temp.names() == Names{"folder"});
    CHECK(fs::is_empty(temp.path() / "folder"));
}

TEST_CASE("two writers of one file do not mix") {
    const TempFolder temp;
    const auto path = temp.path() / "a";
    std::vector<std::thread> writers;
    std::vector<int> created(4);
    for (std::size_t i = 0; i < created.size(); ++i) {
        writers.emplace_back([&, i] {
            const std::string bytes(200'000, static_cast<char>('a' + i));
            if (write_file(path, bytes, Overwrite::no)) ++created[i];
            for (int round = 0; round < 5; ++round)
                (void)write_file(path, bytes, Overwrite::yes);
        });
    }
    for (auto& writer : writers)
        writer.join();
    int creators = 0;
    for (const int one : created)
        creators += one;
    CHECK(creators == 1);
    const auto content = temp.content("a");
    CHECK(content.size() == 200'000);
    CHECK(content == std::string(200'000, content.front()));
    CHECK(temp.names() == Names{"a"});
}

TEST_CASE("of several that create a file one succeeds") {
    const TempFolder temp;
    auto first = AtomicFile::create(temp.path() / "a");
    auto second = AtomicFile::create(temp.path() / "a");
    REQUIRE(first.has_value());
    REQUIRE(second.has_value());
    CHECK(first->append("11").has_value());
    CHECK(second->append("2222").has_value());
    CHECK(first->append("11").has_value());
    CHECK(second->commit(Overwrite::no).has_value());
    CHECK(first->commit(Overwrite::no).has_error());
    CHECK(temp.content("a") == "2222");
}

}  // namespace
}  // namespace blender_mcpd::guard
