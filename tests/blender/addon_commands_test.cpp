#include "addon_commands.hpp"

#include <ostream>
#include <string>

#include <support/catch.hpp>

namespace blender_mcpd::blender {

using core::ErrorCode;
using link::Dialect;

namespace {

link::Request request(std::string op, std::string args) {
    link::Request made;
    made.op = std::move(op);
    made.args = std::move(args);
    made.uuid = "u";
    return made;
}

link::Reply reply(const std::string& text) {
    return {text, {}, 0, text.size(), 0};
}

}  // namespace

TEST_CASE("add-on commands: the seed dialect takes operations as they are") {
    const auto command =
        addon_request(Dialect::seed, request("create_objects", R"({"objects":[]})"));
    REQUIRE(command.has_value());
    CHECK(command->op == "create_objects");
    CHECK(command->args == R"({"objects":[]})");
    CHECK(addon_reply(Dialect::seed, "create_objects", reply(R"({"a":1})")).value().result() ==
          R"({"a":1})");
}

TEST_CASE("add-on commands: what the ahujasid add-on can do, in its own words") {
    struct Row {
        const char* op;
        const char* args;
        const char* type;
        const char* params;
    };
    const auto row = GENERATE(values<Row>({
        {"get_scene_info", "{}", "get_scene_info", "{}"},
        {"get_scene_info", R"({"detail":"full","limit":5})", "get_scene_info", "{}"},
        {"get_object_info", R"({"names":["Cube é"]})", "get_object_info", R"({"name":"Cube é"})"},
        {"execute_blender_code", R"({"code":"print(1)\n"})", "execute_code",
         R"({"code":"print(1)\n"})"},
        {"execute_blender_code", R"({"code":"1","namespace":"fresh"})", "execute_code",
         R"({"code":"1"})"},
    }));
    const auto command = addon_request(Dialect::ahujasid, request(row.op, row.args));
    REQUIRE(command.has_value());
    CHECK(command->op == row.type);
    CHECK(command->args == row.params);
    CHECK(command->uuid == "u");
}

TEST_CASE("add-on commands: what the ahujasid add-on cannot do is refused") {
    struct Row {
        const char* op;
        const char* args;
        const char* message;
    };
    const auto row = GENERATE(values<Row>({
        {"create_objects", "{}", "cannot do create_objects"},
        {"render", "{}", "cannot do render"},
        {"get_viewport_screenshot", "{}", "cannot do get_viewport_screenshot"},
        {"get_scene_info", R"({"filter":{}})", "cannot list objects by filter"},
        {"get_scene_info", R"({"cursor":"x"})", "cannot list objects by cursor"},
        {"get_object_info", R"({"names":["a","b"]})", "more than one object"},
        {"get_object_info", R"({"names":["a"],"include":["mesh"]})", "with include"},
        {"execute_blender_code", R"({"code":"1","return_expression":"x"})",
         "with return_expression"},
        {"execute_blender_code", R"({"code":"1","namespace":"session"})", "keep variables"},
    }));
    const auto command = addon_request(Dialect::ahujasid, request(row.op, row.args));
    REQUIRE_FALSE(command.has_value());
    CHECK(command.error().code == ErrorCode::unavailable);
    CHECK(command.error().outcome == core::Outcome::not_applied);
    CHECK_THAT(command.error().message, ContainsSubstring("The ahujasid add-on "));
    CHECK_THAT(command.error().message, ContainsSubstring(row.message));
    CHECK_THAT(command.error().remedy,
               ContainsSubstring("blender.bootstrap") && ContainsSubstring("blender.launch"));
}

TEST_CASE("add-on commands: answers of the ahujasid add-on become those of our operations") {
    struct Row {
        const char* op;
        const char* theirs;
        const char* ours;  // empty: not understood
    };
    const auto row = GENERATE(values<Row>({
        {"get_scene_info", R"({"name":"Scene","object_count":2,"objects":[{"name":"A"}]})",
         R"({"scene":"Scene","object_count":2,"objects":[{"name":"A"}],"generation":0})"},
        {"get_object_info", R"({"name":"A","location":[null,0.0,0.0]})",
         R"({"objects":[{"name":"A","location":[null,0.0,0.0]}]})"},
        {"execute_blender_code", R"({"executed":true,"result":"1\n"})",
         R"({"stdout":"1\n","stderr":"","result":null,"changes":{},"generation":0})"},
        {"get_scene_info", R"({"name":"Scene"})", ""},
        {"get_scene_info", "[]", ""},
        {"execute_blender_code", R"({"executed":true})", ""},
        {"execute_blender_code", R"({"executed":true,"result":1})", ""},
        {"execute_blender_code", "7", ""},
    }));
    const auto answer = addon_reply(Dialect::ahujasid, row.op, reply(row.theirs));
    if (std::string(row.ours).empty()) {
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().code == ErrorCode::protocol);
        CHECK_THAT(answer.error().message, ContainsSubstring(row.theirs));
    } else {
        REQUIRE(answer.has_value());
        CHECK(answer->result() == row.ours);
    }
}

}  // namespace blender_mcpd::blender
