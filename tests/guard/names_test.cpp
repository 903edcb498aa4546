#include <blender_mcpd/guard/names.hpp>

#include <string>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::guard {
namespace {

TEST_CASE("asset ids") {
    for (const std::string id : {"a", "oak_tree-01", "-", "_", "A9"})
        CHECK(is_asset_id(id));
    CHECK(is_asset_id(std::string(50, 'a')));
    CHECK_FALSE(is_asset_id(std::string(51, 'a')));
    for (const std::string id :
         {"", "a b", "../x", "a/b", "a?b", "a#b", "a\nb", "a\n", "é", "a.b", "a%2e", "a\\b"}) {
        CAPTURE(id);
        CHECK_FALSE(is_asset_id(id));
    }
    CHECK_FALSE(is_asset_id(std::string("a\0", 2)));
}

TEST_CASE("tags and option words") {
    for (const std::string tag : {"wood", "man made", "plaster-concrete", "4k", "a_b"})
        CHECK(is_tag(tag));
    CHECK(is_tag(std::string(64, 'a')));
    CHECK_FALSE(is_tag(std::string(65, 'a')));
    for (const std::string tag :
         {"", " wood", "wood ", "a  b", "a&b", "a/b", "..", "a\nb", "-", "holz\xC3\xA4"}) {
        CAPTURE(tag);
        CHECK_FALSE(is_tag(tag));
    }
    for (const std::string word : {"4k", "high", "gltf", "EXR16"})
        CHECK(is_option_word(word));
    CHECK(is_option_word(std::string(16, 'k')));
    CHECK_FALSE(is_option_word(std::string(17, 'k')));
    for (const std::string word : {"", "4k/..", "4 k", "a.b", "4k\n", "4k?x", "-1k"}) {
        CAPTURE(word);
        CHECK_FALSE(is_option_word(word));
    }
}

TEST_CASE("names of things in Blender") {
    const auto rule = [](const std::string& name) {
        const auto result = check_blender_name(name);
        return result ? std::string() : result.error().message;
    };
    for (const std::string name : {"Cube", "Cube.001", " x ", "Würfel", "立方体",
                                   "👨‍👩‍👧", "a/b\\c", "..", "\"quoted\""})
        CHECK(rule(name).empty());
    CHECK(rule(std::string(255, 'x')).empty());
    CHECK(rule(std::string(256, 'x')) == "must have at most 255 bytes");
    std::string wide;
    for (int i = 0; i < 86; ++i)
        wide += "立";
    CHECK(rule(wide) == "must have at most 255 bytes");
    CHECK(rule("") == "must not be empty");
    CHECK(rule("a\xFF") == "must be valid UTF-8");
    for (const auto& name : {std::string("a\0b", 3), std::string("a\nb"), std::string("\x1B[31m"),
                             std::string("a\x7F"), std::string("a\xC2\x9B")})
        CHECK(rule(name) == "must not hold control characters");
}

TEST_CASE("file names that servers propose") {
    for (const std::string name :
         {"oak.blend", "Oak Tree (2).zip", "a..b", "Würfel.glb", "椅子.zip", "noextension",
          "console.txt", "COM10.txt", "a.b.c"}) {
        const auto result = safe_file_name(name);
        REQUIRE(result.has_value());
        CHECK(*result == name);
    }
    const std::vector<std::pair<std::string, std::string>> rows{
        {"", "is empty"},
        {"../evil", "names a folder"},
        {"/etc/passwd", "names a folder"},
        {"a/b", "names a folder"},
        {"a\\b", "names a folder"},
        {"..\\evil", "names a folder"},
        {".", "begins with a dot"},
        {"..", "begins with a dot"},
        {".bashrc", "begins with a dot"},
        {"a.", "ends with a dot"},
        {"a ", "begins or ends with a space"},
        {" a", "begins or ends with a space"},
        {"a\nb", "invisible"},
        {"a\r\nX: y", "invisible"},
        {std::string("a\0.zip", 6), "invisible"},
        {"gpj\u202Eexe.zip", "invisible"},
        {"a\u200B.zip", "invisible"},
        {"a\xFF.zip", "not valid UTF-8"},
        {"C:evil", "reserved character"},
        {"a?b", "reserved character"},
        {"a*b", "reserved character"},
        {"a|b", "reserved character"},
        {"con", "a device on Windows"},
        {"NUL.zip", "a device on Windows"},
        {"lpt1.tar.gz", "a device on Windows"},
    };
    for (const auto& [name, why] : rows) {
        CAPTURE(name);
        const auto result = safe_file_name(name);
        REQUIRE(result.has_error());
        CHECK(result.error().code == core::ErrorCode::invalid);
        CHECK_THAT(result.error().message, ContainsSubstring(why));
        CHECK(result.error().message.find('\n') == std::string::npos);
    }
}

TEST_CASE("long file names are cut on a character boundary and keep their extension") {
    CHECK(*safe_file_name(std::string(255, 'a')) == std::string(255, 'a'));
    CHECK(*safe_file_name(std::string(300, 'a') + ".blend") == std::string(249, 'a') + ".blend");
    CHECK(*safe_file_name(std::string(300, 'a')) == std::string(255, 'a'));
    CHECK(*safe_file_name("a." + std::string(300, 'b')) == "a." + std::string(253, 'b'));
    // The cut leaves nothing that a name may not end with, and no device.
    CHECK(*safe_file_name("x" + std::string(300, ' ') + "y") == "x");
    CHECK(*safe_file_name("x" + std::string(300, '.') + std::string(20, 'y')) == "x");
    CHECK_FALSE(safe_file_name("con" + std::string(300, ' ') + "y"));
    const auto cut = *safe_file_name(std::string(248, 'a') + "椅子.blend");
    CHECK(cut == std::string(248, 'a') + ".blend");
}

TEST_CASE("file names in Content-Disposition") {
    const std::vector<std::pair<std::string, std::string>> rows{
        {"attachment; filename=oak.zip", "oak.zip"},
        {"attachment; filename=\"oak tree.zip\"", "oak tree.zip"},
        {"ATTACHMENT;FileName = \"oak.zip\" ; size=3", "oak.zip"},
        {"attachment; filename=\"a;b.zip\"", "a;b.zip"},
        {R"(attachment; filename="a\b.zip")", "ab.zip"},
        {"attachment; filename=\"x.zip\"; filename*=UTF-8''caf%C3%A9.zip", "café.zip"},
        {"attachment; filename*=utf-8'en'oak%20tree.zip; filename=x.zip", "oak tree.zip"},
        {"attachment; filename*=ISO-8859-1''x; filename=oak.zip", "oak.zip"},
        {"attachment; filename*=UTF-8''%zz; filename=oak.zip", "oak.zip"},
        {"inline; filename=a.zip; filename=b.zip", "a.zip"},
    };
    for (const auto& [header, name] : rows) {
        CAPTURE(header);
        const auto result = file_name_in_disposition(header);
        REQUIRE(result.has_value());
        CHECK(*result == name);
    }
    for (const std::string header :
         {"", "attachment", "attachment; filename", "attachment; filename=", "filename=a.zip",
          "attachment; filename=\"../../.bashrc\"", "attachment; filename*=UTF-8''..%2F..%2Fevil",
          "attachment; filename*=UTF-8''a%00.zip", "attachment; filename*=UTF-8''a%0D%0Ab",
          "attachment; filename=\"/etc/passwd\"", "attachment; filename*=UTF-8''%FF",
          "attachment; filename=\""}) {
        CAPTURE(header);
        CHECK(file_name_in_disposition(header).has_error());
    }
}

}  // namespace
}  // namespace blender_mcpd::guard
