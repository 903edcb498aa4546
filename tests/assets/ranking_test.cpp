#include "ranking.hpp"

#include "maps.hpp"

#include <support/catch.hpp>

namespace blender_mcpd::assets {
namespace {

Asset asset(std::string name, std::vector<std::string> tags = {}, std::int64_t downloads = 0) {
    Asset one;
    one.id = name;
    one.name = std::move(name);
    one.tags = std::move(tags);
    one.downloads = downloads;
    return one;
}

std::vector<std::string> names(const std::vector<Asset>& assets) {
    std::vector<std::string> all;
    for (const auto& one : assets)
        all.push_back(one.name);
    return all;
}

using Names = std::vector<std::string>;

TEST_CASE("the name counts more than tags, and more words more than fewer") {
    const std::vector assets{asset("Gravel", {"brick"}), asset("Brick Wall", {}, 5),
                             asset("Red Brick Wall"), asset("Oak")};
    CHECK(names(ranked(assets, "red brick")) == Names{"Red Brick Wall", "Brick Wall", "Gravel"});
    CHECK(names(ranked(assets, "wall")) == Names{"Brick Wall", "Red Brick Wall"});
    CHECK(ranked(assets, "teapot").empty());
}

TEST_CASE("without words all are there, the most fetched first") {
    const std::vector assets{asset("a", {}, 1), asset("b", {}, 3), asset("c", {}, 2)};
    CHECK(names(ranked(assets, "")) == Names{"b", "c", "a"});
}

TEST_CASE("mistyped words, other words for the same, and other forms are understood") {
    struct Row {
        const char* query;
        const char* name;
    };
    const auto row = GENERATE(Row{"concerte", "Concrete Floor"}, Row{"cobblestne", "Cobblestone"},
                              Row{"woood", "Wood"}, Row{"couch", "Sofa 02"},
                              Row{"WOODEN", "Wood Planks"}, Row{"cafe", "Café Table"},
                              Row{"Café", "Cafe Table"}, Row{"стол", "Деревянный стол"},
                              Row{"СТОЛ", "стол"}, Row{"椅子", "木の椅子"}, Row{"ｗｏｏｄ", "Wood"},
                              Row{"wood049", "Wood 049"}, Row{"planks", "wood_planks_grey"});
    CAPTURE(row.query);
    const std::vector assets{asset("Something else"), asset(row.name)};
    CHECK(names(ranked(assets, row.query)) == Names{row.name});
}

TEST_CASE("short words must be right") {
    const std::vector assets{asset("Oak"), asset("Ash")};
    CHECK(ranked(assets, "elk").empty());
}

TEST_CASE("the distance of words is that of Damerau and Levenshtein, in letters") {
    CHECK(distance("wood", "wood", 2) == 0);
    CHECK(distance("wodo", "wood", 2) == 1);
    CHECK(distance("стул", "стол", 2) == 1);
    CHECK(distance("kitten", "sitting", 3) == 3);
    CHECK(distance("kitten", "sitting", 2) == 3);
    CHECK(distance("", "abc", 2) == 3);
    CHECK(distance("a", "", 2) == 1);
}

TEST_CASE("names tell which map an image is, and of what") {
    struct Row {
        const char* name;
        const char* set;
        const char* role;
    };
    const auto row = GENERATE(Row{"Wood049_2K-JPG_Color.jpg", "wood049", "color"},
                              Row{"Wood049_2K-JPG_NormalGL.jpg", "wood049", "normal_gl"},
                              Row{"Wood049_2K-JPG_NormalDX.jpg", "wood049", "normal_dx"},
                              Row{"brick_wall_diff_4k.png", "brick wall", "color"},
                              Row{"brick_wall_nor_gl_4k.exr", "brick wall", "normal_gl"},
                              Row{"brick_wall_arm_4k.jpg", "brick wall", "arm"},
                              Row{"Old Oak Base Color.png", "old oak", "color"},
                              Row{"oak-roughness.tif", "oak", "roughness"},
                              Row{"дуб_AO.png", "дуб", "ambient_occlusion"});
    const auto found = map_name(row.name);
    REQUIRE(found.has_value());
    CHECK(found->role == row.role);
    // core::lower_case leaves other alphabets as they are.
    CHECK(found->set == row.set);
}

TEST_CASE("other images are no maps") {
    const auto* const name = GENERATE("holiday.jpg", "color.jpg", "color_chart.png", "2k.png", "");
    CHECK(!map_name(name));
}

TEST_CASE("of maps that say the same twice one is enough") {
    const Names all{"color", "normal_gl", "normal_dx", "arm", "roughness"};
    CHECK(is_superfluous("normal_dx", all));
    CHECK(is_superfluous("arm", all));
    CHECK(!is_superfluous("normal_gl", all));
    CHECK(!is_superfluous("arm", Names{"color", "arm"}));
    CHECK(!is_superfluous("normal_dx", Names{"color", "normal_dx"}));
}

TEST_CASE("the nearest resolution is the next below, else the smallest") {
    CHECK(nearest_resolution("2k", {"1k", "2k", "4k"}) == "2k");
    CHECK(nearest_resolution("2k", {"1k", "16k", "4k"}) == "1k");
    CHECK(nearest_resolution("1k", {"8k", "4k"}) == "4k");
    CHECK(resolution_word("2K") == "2k");
    CHECK(resolution_word("k").empty());
    CHECK(resolution_word("ok").empty());
}

}  // namespace
}  // namespace blender_mcpd::assets
