#include "envelope.hpp"

#include "frame.hpp"
#include "print.hpp"

#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

#include <support/catch.hpp>
#include <unistd.h>

using namespace blender_mcpd;
using core::ErrorCode;
using core::Outcome;
using namespace std::chrono_literals;

namespace {

core::Json json_of(const std::string& frame) {
    return core::parse_json(std::string_view(frame).substr(link::frame_header_size)).value();
}

}  // namespace

TEST_CASE("a reply is read without touching its result") {
    const std::string json =
        R"({"id":7,"ok":true,"gen":42,"ms":0.12,"result":{"a": [1, "}\u00e9"],"ok":false}})";
    const auto envelope = link::read_envelope(json).value();
    const auto& reply = std::get<link::ReplyEnvelope>(envelope);
    CHECK(reply.id == 7);
    CHECK(reply.ok);
    CHECK(reply.generation == 42);
    CHECK(reply.body == R"({"a": [1, "}\u00e9"],"ok":false})");
    CHECK(reply.body.data() > json.data());
}

TEST_CASE("members may come in any order, unknown ones are skipped") {
    const auto envelope =
        link::read_envelope(
            R"({"warnings":["result.x"],"result":1,"ok":true,"id":18446744073709551615})")
            .value();
    const auto& reply = std::get<link::ReplyEnvelope>(envelope);
    CHECK(reply.id == 18446744073709551615u);
    CHECK_FALSE(reply.generation);
    CHECK(reply.body == "1");
}

TEST_CASE("progress events are read") {
    const auto full =
        link::read_envelope(
            R"({"event":"progress","id":7,"value":3.5,"total":16,"message":"Sample \"3\""})")
            .value();
    const auto& event = std::get<link::ProgressEnvelope>(full);
    CHECK(event.id == 7);
    CHECK(event.progress.value == 3.5);
    CHECK(event.progress.total == 16.0);
    CHECK(event.progress.message == "Sample \"3\"");

    const auto bare = link::read_envelope(R"({"event":"progress","id":7,"value":1})").value();
    CHECK_FALSE(std::get<link::ProgressEnvelope>(bare).progress.total);
    CHECK(std::get<link::ProgressEnvelope>(bare).progress.message.empty());
}

TEST_CASE("scene events are read, with so many names and no more") {
    const auto full =
        link::read_envelope(
            R"({"event":"scene","gen":42,"changed":["Cube","a\"b"],"more":true,"file":"/a"})")
            .value();
    const auto& event = std::get<link::SceneEvent>(full);
    CHECK(event.generation == 42);
    CHECK(event.changed == std::vector<std::string>{"Cube", "a\"b"});
    CHECK(event.more);
    CHECK(event.file == "/a");

    for (const std::size_t count : {256U, 257U, 50'000U}) {
        core::Json many{{"event", "scene"}, {"gen", 1}};
        for (std::size_t name = 0; name < count; ++name)
            many["changed"].push_back("Object." + std::to_string(name));
        const auto read = link::read_envelope(core::dump(many)).value();
        CHECK(std::get<link::SceneEvent>(read).changed.size() == 256);
        CHECK(std::get<link::SceneEvent>(read).more == (count > 256));
    }
}

TEST_CASE("what is no envelope is refused") {
    const struct {
        const char* name;
        std::string json;
    } table[]{
        {"no JSON", "hello"},
        {"no object", "[1]"},
        {"cut off", R"({"id":1,"ok":true,"result":{)"},
        {"text behind", R"({"id":1,"ok":true,"result":{}}x)"},
        {"invalid UTF-8", "{\"id\":1,\"ok\":true,\"result\":\"\xff\"}"},
        {"truncated UTF-8", "{\"id\":1,\"ok\":true,\"result\":\"\xe2\x82\"}"},
        {"NaN", R"({"id":1,"ok":true,"result":NaN})"},
        {"too deep",
         R"({"id":1,"ok":true,"result":)" + std::string(200, '[') + std::string(200, ']') + "}"},
        {"much too deep", R"({"id":1,"ok":true,"result":)" + std::string(1000000, '[')},
        {"line feed", "{\"id\":1,\n\"ok\":true,\"result\":{}}"},
        {"no id", R"({"ok":true,"result":{}})"},
        {"id of text", R"({"id":"1","ok":true,"result":{}})"},
        {"negative id", R"({"id":-1,"ok":true,"result":{}})"},
        {"fractional id", R"({"id":1.0,"ok":true,"result":{}})"},
        {"id too large", R"({"id":18446744073709551616,"ok":true,"result":{}})"},
        {"no ok", R"({"id":1,"result":{}})"},
        {"ok is no boolean", R"({"id":1,"ok":1,"result":{}})"},
        {"no result", R"({"id":1,"ok":true,"error":{}})"},
        {"no error", R"({"id":1,"ok":false,"result":{}})"},
        {"error is text", R"({"id":1,"ok":false,"error":"x"})"},
        {"bad generation", R"({"id":1,"ok":true,"gen":-1,"result":{}})"},
        {"unknown event", R"({"event":"party","id":1,"value":1})"},
        {"event is no text", R"({"event":1,"id":1,"value":1})"},
        {"progress without id", R"({"event":"progress","value":1})"},
        {"scene without generation", R"({"event":"scene","changed":[]})"},
        {"scene of a bad generation", R"({"event":"scene","gen":-1,"changed":[]})"},
        {"scene without changes", R"({"event":"scene","gen":1})"},
        {"changes are no list", R"({"event":"scene","gen":1,"changed":"Cube"})"},
        {"a change without a name", R"({"event":"scene","gen":1,"changed":["Cube",null]})"},
        {"a scene event without end",
         R"({"event":"scene","gen":1,"changed":[")" + std::string(1U << 20U, 'x') + R"("]})"},
        {"progress without value", R"({"event":"progress","id":1,"value":"x"})"},
    };
    for (const auto& row : table) {
        INFO(row.name);
        const auto envelope = link::read_envelope(row.json);
        REQUIRE_FALSE(envelope);
        CHECK(envelope.error().code == ErrorCode::protocol);
        CHECK(envelope.error().message.size() < 300);
    }
}

TEST_CASE("hellos are read") {
    CHECK(link::read_hello(R"({"hello":{"link":1,"blender":[3,4,1]}})").value() ==
          R"({"link":1,"blender":[3,4,1]})");
    for (const auto* bad : {"{}", R"({"hello":1})", R"({"hello":{}})", R"({"hello":{"link":2}})",
                            R"({"hello":{"link":"1"}})", "GET /"}) {
        INFO(bad);
        CHECK(link::read_hello(bad).error().code == ErrorCode::protocol);
    }
}

TEST_CASE("every kind of error has its code and outcome") {
    const struct {
        const char* kind;
        ErrorCode code;
        Outcome outcome;  // of an edit
    } table[]{
        {"invalid", ErrorCode::invalid, Outcome::not_applied},
        {"not_found", ErrorCode::not_found, Outcome::not_applied},
        {"blender", ErrorCode::blender, Outcome::not_applied},
        {"script", ErrorCode::blender, Outcome::unknown},
        {"partial", ErrorCode::blender, Outcome::unknown},
        {"interrupted", ErrorCode::cancelled, Outcome::unknown},
        {"deadline", ErrorCode::timeout, Outcome::unknown},
        {"not_started", ErrorCode::cancelled, Outcome::not_applied},
        {"unknown_op", ErrorCode::protocol, Outcome::not_applied},
        {"internal", ErrorCode::internal, Outcome::unknown},
        {"new in a later version", ErrorCode::internal, Outcome::unknown},
    };
    for (const auto& row : table) {
        INFO(row.kind);
        const auto raw = R"({"kind":")" + std::string(row.kind) +
                         R"(","message":"No \"Cub\"","remedy":"Try Cube","field":"names[0]"})";
        const auto error = link::to_error(raw, true);
        CHECK(error.code == row.code);
        CHECK(error.outcome == row.outcome);
        CHECK(error.message == "No \"Cub\"");
        CHECK(error.remedy == "Try Cube");
        CHECK(error.details == raw);
        CHECK(link::to_error(raw, false).outcome == Outcome::not_applied);
        const auto undone = raw.substr(0, raw.size() - 1) + R"(,"undone":true})";
        CHECK(link::to_error(undone, true).outcome == Outcome::not_applied);
    }
}

TEST_CASE("an error without text still says something") {
    CHECK_THAT(link::to_error(R"({"kind":"deadline"})", false).message,
               ContainsSubstring("deadline"));
    CHECK(link::to_error("{}", true).code == ErrorCode::internal);
}

TEST_CASE("requests are written as agreed") {
    link::Request request;
    request.op = "get_object_info";
    request.args = R"({"names":["Würfel"]})";
    request.uuid = "u\"1";
    request.timeout = 1500ms;
    CHECK(
        link::request_frame(7, request).substr(link::frame_header_size) ==
        R"({"id":7,"uuid":"u\"1","op":"get_object_info","args":{"names":["Würfel"]},"deadline_ms":1500})");
    CHECK(json_of(link::control_frame(8, "interrupt", R"({"uuid":"u"})")) ==
          core::Json::parse(R"({"id":8,"op":"interrupt","args":{"uuid":"u"}})"));
    const auto hello = json_of(link::hello_frame("t\"oken"))["hello"];
    CHECK(hello["link"] == 1);
    CHECK(hello["token"] == "t\"oken");
    CHECK(hello["name"] == "blender-mcpd");
    CHECK(hello["pid"] == ::getpid());
}
