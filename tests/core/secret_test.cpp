#include <blender_mcpd/core/secret.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <support/catch.hpp>
#include <sys/stat.h>

namespace blender_mcpd::core {
namespace {

namespace fs = std::filesystem;

struct Folder {
    Folder() {
        std::string name = (fs::temp_directory_path() / "secret-test-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    fs::path path;
};

Secret secret_in(const fs::path& file) {
    return {.name = "the key of Example",
            .source = "https://example.org/keys",
            .setting = "assets.example_key_file",
            .variable = "EXAMPLE_KEY",
            .file = file,
            .value = {}};
}

void write(const fs::path& path, const std::string& content, mode_t mode = 0600) {
    std::ofstream(path) << content;
    ::chmod(path.c_str(), mode);
}

const std::string key = "q8-Zx.7/=+:_~@longEnough";

TEST_CASE("a key is read from its file each time, without the line's end") {
    const Folder folder;
    const auto secret = secret_in(folder.path / "key");
    CHECK(secret.is_given());
    write(secret.file, key + "\r\n");
    CHECK(read_secret(secret).value() == key);
    write(secret.file, "another-key\n");
    CHECK(read_secret(secret).value() == "another-key");
}

TEST_CASE("a variable goes before the file") {
    auto secret = secret_in("/nowhere");
    secret.value = key;
    CHECK(read_secret(secret).value() == key);
}

TEST_CASE("a key that is not there is an error that says how to set it") {
    CHECK(!secret_in({}).is_given());
    for (const auto& file : {fs::path(), fs::path("/nowhere/key")}) {
        const auto error = read_secret(secret_in(file)).error();
        CHECK(error.code == ErrorCode::unavailable);
        CHECK_THAT(error.message, ContainsSubstring("the key of Example is missing"));
        CHECK_THAT(error.message, ContainsSubstring(file.string()));
        for (const auto* part :
             {"https://example.org/keys", "chmod 600", "assets.example_key_file", "EXAMPLE_KEY"})
            CHECK_THAT(error.remedy, ContainsSubstring(part));
    }
}

TEST_CASE("a key that others may know is not taken") {
    const Folder folder;
    const auto secret = secret_in(folder.path / "key");
    for (const mode_t mode : {0640, 0604, 0660, 0620, 0601}) {
        write(secret.file, key, mode);
        const auto error = read_secret(secret).error();
        CHECK(error.code == ErrorCode::unavailable);
        CHECK_THAT(error.message, ContainsSubstring("may be used by others"));
        CHECK_THAT(error.remedy, ContainsSubstring("chmod 600 " + secret.file.string()));
        CHECK(describe(error).find(key) == std::string::npos);
    }
}

TEST_CASE("what is no key is not taken, and never told") {
    const Folder folder;
    struct Case {
        std::string content;
        const char* says;
    };
    const auto file = folder.path / "key";
    for (const auto& [content, says] :
         {Case{"", "is empty"}, Case{"\n  \n", "is empty"}, Case{"short12", "at least 8"},
          Case{std::string(5'000, 'k'), "more than 4096"}, Case{"two words", "characters"},
          Case{"first-line\nsecond-line", "characters"}, Case{"key\r\nX-Evil: 1", "characters"},
          Case{"schl\xc3\xbcssel-12", "characters"}, Case{std::string(20, '\0'), "characters"}}) {
        CAPTURE(says);
        write(file, content);
        auto secret = secret_in(file);
        const auto from_file = read_secret(secret).error();
        CHECK_THAT(from_file.message, ContainsSubstring(says));
        CHECK_THAT(from_file.remedy, ContainsSubstring("https://example.org/keys"));
        if (content.find_first_not_of("\n ") == std::string::npos) continue;
        secret.value = content;
        const auto from_variable = read_secret(secret).error();
        CHECK_THAT(from_variable.message, ContainsSubstring("EXAMPLE_KEY"));
        CHECK_THAT(from_variable.message, ContainsSubstring(says));
        for (const auto& error : {from_file, from_variable})
            CHECK(describe(error).find(content) == std::string::npos);
    }
}

TEST_CASE("links and folders are no files with a key") {
    const Folder folder;
    write(folder.path / "real", key);
    fs::create_symlink(folder.path / "real", folder.path / "link");
    CHECK_THAT(read_secret(secret_in(folder.path / "link")).error().remedy,
               ContainsSubstring("Name another one in assets.example_key_file"));
    CHECK_THAT(read_secret(secret_in(folder.path)).error().message,
               ContainsSubstring("is no regular file"));
}

}  // namespace
}  // namespace blender_mcpd::core
