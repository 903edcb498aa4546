// Credits as people read them.
#include "credits_text.hpp"

#include <nlohmann/json.hpp>

#include <support/catch.hpp>

namespace blender_mcpd::app {
namespace {

core::Json some_credits() {
    return core::Json::parse(R"([
        {"provider": "sketchfab", "id": "c1", "title": "Oak Chair", "authors": ["Ada", "Bo"], "license": "CC-BY-4.0",
         "license_url": "https://creativecommons.org/licenses/by/4.0/", "source_url": "https://example.org/c1",
         "retrieved": "2026-11-26T10:00:00Z", "attribution": "required", "credit_line": "Chair by Ada",
         "used_by": [{"type": "OBJECT", "name": "Chair"}, {"type": "MESH", "name": "Chair"}], "used_by_total": 30},
        {"provider": "local", "id": "w1", "attribution": "unknown", "used_by": []},
        {"provider": "polyhaven", "id": "sky", "title": "Sky", "license": "CC0-1.0", "attribution": "not_required",
         "used_by": [{"type": "WORLD", "name": "Sky"}]}])");
}

TEST_CASE("a terminal shows each work, who is behind it, and what is to be done") {
    CHECK(
        credits_text(some_credits()) ==
        "* Oak Chair\n"
        "  by       Ada, Bo\n"
        "  credit   Chair by Ada\n"
        "  licence  CC-BY-4.0\n"
        "           https://creativecommons.org/licenses/by/4.0/\n"
        "  from     sketchfab (c1)\n"
        "           https://example.org/c1\n"
        "  on       2026-11-26\n"
        "  used by  object Chair, mesh Chair and 28 more\n"
        "\n"
        "? w1\n"
        "  licence  unknown\n"
        "  from     local (w1)\n"
        "\n"
        "  Sky\n"
        "  licence  CC0-1.0\n"
        "  from     polyhaven (sky)\n"
        "  used by  world Sky\n"
        "\n"
        "3 assets. 1 must be credited (marked *). 1 with a licence that is not known here (marked "
        "?): read it.\n");
}

TEST_CASE("a page names those first who must be named") {
    CHECK(credits_markdown(some_credits()) ==
          "# Credits\n"
          "\n## Attribution required\n\n"
          "- [Oak Chair](https://example.org/c1) by Ada, Bo, "
          "[CC-BY-4.0](https://creativecommons.org/licenses/by/4.0/) (sketchfab, 2026-11-26)\n"
          "\n## Licence to be read\n\n"
          "- w1, licence unknown (local)\n"
          "\n## Also used\n\n"
          "- Sky, CC0-1.0 (polyhaven)\n");
}

TEST_CASE("what is of a library goes by its name") {
    const auto credits = core::Json::parse(
        R"([{"provider": "blender", "id": "0f", "title": "Oak", "library": "Furniture", "attribution": "unknown", "used_by": []}])");
    CHECK_THAT(credits_text(credits), ContainsSubstring("from     Furniture (0f)"));
    CHECK_THAT(credits_markdown(credits), ContainsSubstring("(Furniture)"));
}

TEST_CASE("a scene without assets says so") {
    CHECK(credits_text(core::Json::array()) == "No assets whose origin is noted.\n");
    CHECK_THAT(credits_markdown(core::Json::array()), ContainsSubstring("No assets"));
}

TEST_CASE("what a file holds does nothing in a terminal or a page") {
    const auto hostile =
        core::Json::parse(R"json([{"provider": "p", "id": "i", "title": "\u001b[2Jx\n# <b>*y*",
        "authors": ["[a](http://b)", 3], "license": 7, "source_url": "javascript:alert(1)",
        "license_url": "https://x/) <b>", "attribution": "required", "used_by": [{"name": "\u202e"}]}])json");
    const auto text = credits_text(hostile);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("\xe2\x80\xae") == std::string::npos);
    CHECK_THAT(text, ContainsSubstring("\\x1b[2Jx\\x0a# <b>*y*"));
    const auto page = credits_markdown(hostile);
    CHECK(
        page ==
        "# Credits\n\n## Attribution required\n\n"
        "- \\\\x1b\\[2Jx\\\\x0a\\# \\<b\\>\\*y\\* by \\[a\\]\\(http://b\\), licence unknown (p)\n");
}

}  // namespace
}  // namespace blender_mcpd::app
