#include "addon_commands.hpp"

#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

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
    }));
    const auto command = addon_request(Dialect::ahujasid, request(row.op, row.args));
    REQUIRE(command.has_value());
    CHECK(command->op == row.type);
    CHECK(command->args == row.params);
    CHECK(command->uuid == "u");
}

TEST_CASE("add-on commands: a script goes to each add-on in its words, and cannot get past it") {
    struct Row {
        Dialect dialect;
        const char* op;
        const char* more;
    };
    const auto row = GENERATE(values<Row>({
        {Dialect::ahujasid, "execute_code", "{}"},
        {Dialect::lab, "execute", R"({"strict_json":true})"},
        {Dialect::djeada, "python.execute", R"({"timeout_seconds":60.0})"},
        {Dialect::ageless, "blender.execute_script", R"({"timeout":60.0})"},
    }));
    const auto command = addon_request(
        row.dialect,
        request("execute_blender_code", R"({"code":"print('é')\n","namespace":"fresh"})"));
    REQUIRE(command.has_value());
    CHECK(command->op == row.op);
    auto args = core::Json::parse(command->args);
    const auto code = args.at("code").get<std::string>();
    args.erase("code");
    CHECK(args == core::Json::parse(row.more));
    CHECK(code.starts_with("import bpy\n"));  // not every add-on has it there
    CHECK_THAT(code,
               ContainsSubstring(R"(print('é')\\n)") && ContainsSubstring("except BaseException"));
}

TEST_CASE("add-on commands: the scene and its objects, by add-ons without commands for them") {
    struct Row {
        Dialect dialect;
        const char* member;
    };
    const auto row = GENERATE(values<Row>({{Dialect::lab, "stdout"}, {Dialect::djeada, "stdout"}}));
    const auto scene = addon_request(row.dialect, request("get_scene_info", "{}"));
    REQUIRE(scene.has_value());
    CHECK_THAT(scene->args, ContainsSubstring("bpy.context.scene"));
    const auto object =
        addon_request(row.dialect, request("get_object_info", R"({"names":["A \"b\""]})"));
    REQUIRE(object.has_value());
    CHECK_THAT(object->args, ContainsSubstring("Object not found"));
    CHECK(object->args.size() < 2'000);

    const auto told = [&](const std::string& printed) {
        return reply(core::dump({{"status", "ok"}, {"result", {}}, {row.member, printed}}));
    };
    const auto answer = addon_reply(
        row.dialect, "get_scene_info",
        told("noise\n<blender-mcpd>{\"name\": \"S\", \"object_count\": 2}</blender-mcpd>\n"));
    CHECK(answer.value().result() == R"({"scene":"S","object_count":2,"generation":0})");
    CHECK(addon_reply(row.dialect, "get_object_info",
                      told("<blender-mcpd>{\"name\": \"A\"}</blender-mcpd>"))
              .value()
              .result() == R"({"objects":[{"name": "A"}]})");
    for (const auto* printed :
         {"", "{}", "<blender-mcpd>{}", "</blender-mcpd><blender-mcpd>",
          "<blender-mcpd>{\"x\": NaN}</blender-mcpd>", "<blender-mcpd>7</blender-mcpd>"})
        CHECK(addon_reply(row.dialect, "get_object_info", told(printed)).error().code ==
              ErrorCode::protocol);
}

TEST_CASE("add-on commands: ageless has commands for the scene and its objects") {
    CHECK(addon_request(Dialect::ageless, request("get_scene_info", "{}"))->op ==
          "blender.get_scene");
    CHECK(addon_request(Dialect::ageless, request("get_object_info", R"({"names":["A"]})"))->args ==
          R"({"name":"A"})");
    CHECK(addon_reply(Dialect::ageless, "get_scene_info",
                      reply(R"({"stats":{"scene_name":"S","object_count":2}})"))
              .value()
              .result() == R"({"scene":"S","object_count":2,)"
                           R"("stats":{"scene_name":"S","object_count":2},"generation":0})");
    CHECK(addon_reply(Dialect::ageless, "get_scene_info", reply("{}")).error().code ==
          ErrorCode::protocol);
    CHECK(addon_reply(Dialect::ageless, "execute_blender_code",
                      reply(R"({"success":true,"return_value":null,"output":"1\n"})"))
              .value()
              .result() ==
          R"({"stdout":"1\n","stderr":"","result":null,"changes":{},"generation":0})");
}

TEST_CASE("add-on commands: what was printed, also when it is nothing") {
    CHECK(printed_in(Dialect::lab, R"({"status":"ok","result":{}})").value().empty());
    CHECK(printed_in(Dialect::lab, R"({"status":"ok","result":{},"stdout":"a\n"})").value() ==
          "a\n");
    CHECK(printed_in(Dialect::djeada, R"({"stdout":"a","stderr":"b"})").value() == "a");
    CHECK_FALSE(printed_in(Dialect::djeada, "{}").has_value());
    CHECK_FALSE(printed_in(Dialect::ahujasid, "7").has_value());
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
