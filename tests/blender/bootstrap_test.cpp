// What an add-on is asked to execute so that our runtime gets in, and what is made of its answer.
#include "bootstrap.hpp"

#include <blender_mcpd/blender/runtime_files.hpp>

#include <algorithm>

#include <support/catch.hpp>

namespace blender_mcpd::blender {

TEST_CASE("bootstrap: the first question is short, and names version, token and mark") {
    const auto code = enter_code("t0ken", "m4rk");
    CHECK(code.size() < 1'000);
    for (const auto part : {std::string_view("t0ken"), std::string_view("m4rk"), runtime_hash()})
        CHECK_THAT(code, ContainsSubstring(std::string(part)));
    // What is printed is not what was asked: the mark is put together at run time.
    CHECK_FALSE(read_answer(code, "m4rk").has_value());
}

TEST_CASE("bootstrap: the second brings every file of the runtime along") {
    const auto code = install_code("t0ken", "m4rk");
    for (const auto* file : {"guest.py", "pump.py", "op_create.py", "__init__.py"})
        CHECK_THAT(code, ContainsSubstring(std::string("\\\"") + file + "\\\":"));
    CHECK_THAT(code, ContainsSubstring("install(given)"));
    CHECK(code.size() < (1U << 20U));  // add-ons take time that grows with its square
}

TEST_CASE("bootstrap: the answer is found in what others print") {
    const std::string answer =
        R"({"port":4711,"pid":12,"session":"ab","executable":"/opt/blender","more":1})";
    const auto read =
        read_answer("noise\n\nm4rk" + answer + "m4rk\nClient handler started", "m4rk");
    REQUIRE(read.has_value());
    REQUIRE(read->has_value());
    CHECK((*read)->port == 4711);
    CHECK((*read)->pid == 12);
    CHECK((*read)->session == "ab");
    CHECK((*read)->executable == "/opt/blender");

    const auto none = read_answer("\nm4rknullm4rk\n", "m4rk");
    REQUIRE(none.has_value());
    CHECK_FALSE(none->has_value());
}

TEST_CASE("bootstrap: whatever else is printed is no answer") {
    const auto* const printed =
        GENERATE("", "null", "m4rk", "m4rknull", "m4rk[]m4rk", "m4rk{m4rk", "m4rk{}m4rk",
                 R"(m4rk{"port":0,"pid":1,"session":"a"}m4rk)",
                 R"(m4rk{"port":65536,"pid":1,"session":"a"}m4rk)",
                 R"(m4rk{"port":"1","pid":1,"session":"a"}m4rk)",
                 R"(m4rk{"port":1,"pid":-1,"session":"a"}m4rk)",
                 R"(m4rk{"port":1,"pid":1,"session":""}m4rk)", R"(m4rk{"port":1,"pid":1}m4rk)");
    INFO(printed);
    const auto read = read_answer(printed, "m4rk");
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == core::ErrorCode::protocol);
}

TEST_CASE("bootstrap: which hosts are this one") {
    for (const auto* here : {"localhost", "LocalHost", "127.0.0.1", "127.1.2.3", "::1"})
        CHECK(is_this_host(here));
    for (const auto* elsewhere : {"blender.lan", "192.168.1.2", "0.0.0.0", "", "localhost.lan"})
        CHECK_FALSE(is_this_host(elsewhere));
}

}  // namespace blender_mcpd::blender
