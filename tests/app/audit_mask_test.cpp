#include "audit_mask.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

#include <support/catch.hpp>

using namespace blender_mcpd;

namespace {

struct Row {
    std::string_view text;
    std::string_view masked;
};

std::string masked(std::string_view text) {
    return app::mask_secrets(text);
}

}  // namespace

TEST_CASE("what looks like a secret is masked in a text, the rest stays") {
    constexpr Row rows[] = {
        {"key sk-abcdefghijklmnopqrstuvwx end", "key [masked] end"},
        {"ghp_0123456789abcdefghijABCDEFGHIJ012345", "[masked]"},
        {"AKIAIOSFODNN7EXAMPLE0", "[masked]"},
        {"Authorization: Bearer abcdefgh.ijkl", "Authorization: Bearer [masked]"},
        {"https://me:hunter22@example.com/x", "https://me:[masked]@example.com/x"},
        {"t = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdef-_ghij'", "t = '[masked]'"},
        {"password = \"hunter22\"\nx = 1", "password = \"[masked]\"\nx = 1"},
        {"d['api_key'] = 'abc def'", "d['api_key'] = '[masked]'"},
        {R"({"token": "abc"})", R"({"token": "[masked]"})"},
        {"-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----",
         "-----BEGIN RSA PRIVATE KEY-----[masked]-----END RSA PRIVATE KEY-----"},
        {"password = \"never closed", "password = \"[masked]"},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        CHECK(masked(row.text) == row.masked);
    }
}

TEST_CASE("ordinary scripts stay as they are") {
    constexpr std::string_view texts[] = {
        "import bpy\nshape_key = 'Smile'\nobj.data.shape_keys.key_blocks['Basis'].value = 1",
        "author = 'me'\nurl = 'https://example.com:80/a@b'",
        "task-sk-1 risk-assessment-of-everything-there-is",
        "print('token')  # no value",
        "Basic shapes: Bearer of arms",
        "",
    };
    for (const auto text : texts)
        CHECK(masked(text) == text);
}

TEST_CASE("texts below a secret name are masked, numbers and other names not") {
    core::Json value{{"name", "Cube"},
                     {"api_token", "abc"},
                     {"Authorization", {{"scheme", "x"}, {"level", 3}}},
                     {"key", "abc"},
                     {"passwords", {"a", "b"}},
                     {"keys", {{"frame", 1}}},
                     {"code", "password = 'x1'"}};
    app::mask_secrets(value);
    CHECK(
        core::dump(value) ==
        R"({"name":"Cube","api_token":"[masked]","Authorization":{"scheme":"[masked]","level":3},)"
        R"("key":"[masked]","passwords":["[masked]","[masked]"],"keys":{"frame":1},)"
        R"("code":"password = '[masked]'"})");
}

TEST_CASE("masking takes any bytes, and time that is linear in them") {
    std::string text(200'000, '\xff');
    CHECK(masked(text) == text);
    text.clear();
    while (text.size() < 400'000)
        text += "eyJ-sk-://token-----BEGIN ";
    CHECK(!masked(text).empty());
}
