#include <blender_mcpd/transport/token_file.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <support/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::transport {

namespace fs = std::filesystem;

namespace {

struct Folder {
    Folder() {
        std::string name = (fs::temp_directory_path() / "token-test-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    fs::path path;
};

void write(const fs::path& path, const std::string& content, mode_t mode) {
    std::ofstream(path) << content;
    ::chmod(path.c_str(), mode);
}

mode_t mode_of(const fs::path& path) {
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 0777;
}

}  // namespace

TEST_CASE("a token is made once, for the user alone") {
    const Folder folder;
    const auto path = folder.path / "state" / "blender-mcpd" / "token";
    const auto old_mask = ::umask(0);
    const auto token = load_or_create_token(path);
    ::umask(old_mask);
    REQUIRE(token.has_value());
    CHECK(token->size() == 64);
    CHECK(token->find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(mode_of(path) == 0600);
    CHECK(mode_of(path.parent_path()) == 0700);
    CHECK(load_or_create_token(path).value() == *token);
    CHECK(load_or_create_token(folder.path / "other").value() != *token);
    CHECK(std::distance(fs::directory_iterator(path.parent_path()), fs::directory_iterator()) == 1);
}

TEST_CASE("a token of the user's own is taken") {
    const Folder folder;
    const auto path = folder.path / "token";
    const std::string mine = "my-own.token_that~is+long/enough=";
    write(path, mine + "\r\n", 0400);
    CHECK(load_or_create_token(path).value() == mine);
}

TEST_CASE("a token that others may know is not taken") {
    const Folder folder;
    const auto path = folder.path / "token";
    const std::string secret(64, 's');
    for (const mode_t mode : {0640, 0604, 0660, 0601, 0620}) {
        write(path, secret, mode);
        const auto token = load_or_create_token(path);
        REQUIRE(token.has_error());
        CHECK(token.error().code == core::ErrorCode::invalid);
        CHECK_THAT(token.error().remedy, ContainsSubstring("chmod 600"));
        CHECK(core::describe(token.error()).find(secret) == std::string::npos);
    }
}

TEST_CASE("what is no token is not taken") {
    const Folder folder;
    const auto path = folder.path / "token";
    for (const auto& content : {std::string(), std::string("short"), std::string(64, ' '),
                                std::string(40, 'a') + " " + std::string(40, 'b'),
                                std::string(2'000, 'a'), std::string(40, '\0')}) {
        write(path, content, 0600);
        CHECK(load_or_create_token(path).error().code == core::ErrorCode::invalid);
    }
    fs::remove(path);
    fs::create_directory(path);
    CHECK(load_or_create_token(path).has_error());
}

TEST_CASE("a link to a token is not followed") {
    const Folder folder;
    write(folder.path / "real", std::string(64, 'a'), 0600);
    fs::create_symlink(folder.path / "real", folder.path / "token");
    CHECK(load_or_create_token(folder.path / "token").error().code == core::ErrorCode::unavailable);
}

TEST_CASE("a token file that cannot be made is an error") {
    CHECK(load_or_create_token("/proc/none/token").error().code == core::ErrorCode::unavailable);
    const Folder folder;
    write(folder.path / "file", "", 0600);
    CHECK(load_or_create_token(folder.path / "file" / "token").error().code ==
          core::ErrorCode::unavailable);
}

}  // namespace blender_mcpd::transport
