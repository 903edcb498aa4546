// What is said to a plain peer, and what its replies mean.
#include "allocations.hpp"
#include "plain_stage.hpp"

#include <array>

using namespace blender_mcpd;
using namespace blender_mcpd::test;
using link::Dialect;

namespace {

constexpr auto seed = Dialect::seed;
constexpr auto ahujasid = Dialect::ahujasid;

link::Request request(std::string op, std::string args) {
    link::Request request;
    request.op = std::move(op);
    request.args = std::move(args);
    return request;
}

}  // namespace

TEST_CASE("plain: requests, without what is absent") {
    const struct {
        Dialect dialect;
        const char* args;
        const char* text;
    } table[]{
        {seed, "{}", R"({"command":"op"})"},
        {seed, " { } ", R"({"command":"op"})"},
        {seed, R"({"a":{}})", R"({"command":"op","data":{"a":{}}})"},
        {ahujasid, "{}", R"({"type":"op"})"},
        {ahujasid, R"({"a":null})", R"({"type":"op","params":{"a":null}})"},
        {ahujasid, R"({"é":"中😀\n"})",
         R"({"type":"op","params":{"\u00e9":"\u4e2d\ud83d\ude00\n"}})"},
    };
    for (const auto& row : table) {
        PlainStage stage({}, row.dialect);
        const auto call = stage.call(request("op", row.args));
        CHECK(stage.request() == row.text);
        stage.run(stage.session->write(row.dialect == seed ? R"({"success":true})"
                                                           : R"({"status":"success"})"));
        CHECK(stage.finish(call).value().result() == "{}");
        CHECK(stage.connection->usable());
        CHECK(stage.connection->calls() == 1);
        CHECK(stage.timers.armed().empty());
    }
}

TEST_CASE("plain: replies that succeed") {
    const struct {
        Dialect dialect;
        const char* reply;
        const char* result;
    } table[]{
        {seed, R"({"success":true,"data":{"a":[1,2]}})", R"({"a":[1,2]})"},
        {seed, R"( { "success" : true, "data" : { "a" : "x y" } } )", R"({"a":"x y"})"},
        {seed, R"({"data":{"a":1},"id":9,"success":true,"error":""})", R"({"a":1})"},
        {seed, R"({"success":true})", "{}"},
        {seed, R"({"success":true,"data":{}})", "{}"},
        {seed, R"({"success":false,"success":true})", "{}"},
        {seed, "{\"success\":true,\"data\":{\"\\u0041\":\"\\\"},{\\\\\"}}",
         "{\"\\u0041\":\"\\\"},{\\\\\"}"},
        {seed, R"({"success":true,"data":{"error":null}})", R"({"error":null})"},
        {seed, R"({"success":true,"data":{"error":0.01}})", R"({"error":0.01})"},
        {seed, R"({"success":true,"data":{"deep":{"error":"x"}}})", R"({"deep":{"error":"x"}})"},
        {ahujasid, R"({"status":"success","result":{"name":"Cube"}})", R"({"name":"Cube"})"},
        {ahujasid, R"({"status":"success","result":[1]})", "[1]"},
        {ahujasid, R"({"status":"success","result":"done"})", "\"done\""},
        {ahujasid, R"({"status":"success"})", "{}"},
    };
    for (const auto& row : table) {
        INFO(row.reply);
        PlainStage stage({}, row.dialect);
        const auto reply = stage.reply_with(row.reply);
        REQUIRE(reply);
        CHECK(reply->result() == row.result);
        CHECK_FALSE(reply->generation());
        CHECK(reply->blob().empty());
        CHECK(stage.connection->usable());
    }
}

TEST_CASE("plain: an error of Blender's is an answer") {
    const struct {
        Dialect dialect;
        const char* reply;
        const char* message;
        const char* remedy;
    } table[]{
        {seed, R"({"success":false,"error":"No such thing"})", "No such thing", ""},
        {seed, R"({"success":false,"error":"a\nb \"c\""})", "a\nb \"c\"", ""},
        {seed, R"({"success":false})", "Blender reported an error and did not say which", ""},
        {seed, R"({"success":false,"error":""})", "Blender reported an error and did not say which",
         ""},
        {seed, R"({"success":true,"error":"half"})", "half", ""},
        {seed, R"({"success":true,"data":{"error":"inside"}})", "inside", ""},
        {seed, R"({"success":true,"data":{"\u0065rror":"inside"}})", "inside", ""},
        {seed, R"({"success":true,"data":{"error":{"code":7}}})", R"({"code":7})", ""},
        {seed, R"({"success":false,"error":"\ud800"})", R"("\ud800")", ""},
        {ahujasid, R"({"status":"error","message":"Object not found: X"})", "Object not found: X",
         ""},
        {ahujasid, R"({"status":"error"})", "Blender reported an error and did not say which", ""},
        {ahujasid, R"({"status":"success","result":{"error":"inside"}})", "inside", ""},
        {ahujasid, R"({"status":"success","result":{"succeed":false,"error":"inside"}})", "inside",
         ""},
        {ahujasid, R"({"status":"success","result":{"succeed":false}})",
         "Blender reported an error and did not say which", ""},
        {ahujasid, R"({"status":"success","result":"Error: Unknown mode!"})",
         "Error: Unknown mode!", ""},
        {ahujasid, R"({"status":"error","message":"Unknown command type: x"})",
         "Unknown command type: x", "switched off in the add-on's panel"},
    };
    for (const auto& row : table) {
        for (const bool mutates : {true, false}) {
            INFO(row.reply);
            PlainStage stage({}, row.dialect);
            const auto reply =
                stage.reply_with(row.reply, mutates ? PlainStage::edit() : PlainStage::query());
            REQUIRE_FALSE(reply);
            CHECK(reply.error().code == ErrorCode::blender);
            CHECK(reply.error().message == std::string("Command failed: ") + row.message);
            CHECK_THAT(reply.error().remedy, ContainsSubstring(row.remedy));
            const bool unknown_command = row.remedy[0] != '\0';
            CHECK(reply.error().outcome ==
                  (mutates && !unknown_command ? Outcome::unknown : Outcome::not_applied));
            CHECK(stage.connection->usable());
        }
    }
}

TEST_CASE("plain: a long error keeps its end") {
    PlainStage stage;
    const auto reply =
        stage.reply_with(R"({"success":false,"error":")" + std::string(100'000, 'x') + "éend\"}");
    REQUIRE_FALSE(reply);
    CHECK(reply.error().message.size() < 9'000);
    CHECK_THAT(reply.error().message, ContainsSubstring("éend"));
}

TEST_CASE("plain: a reply of the wrong shape is refused, and the connection with it") {
    const struct {
        Dialect dialect;
        const char* reply;
        const char* remedy;
    } table[]{
        {seed, "{}", ""},
        {seed, R"({"success":1})", ""},
        {seed, R"({"success":"true"})", ""},
        {seed, R"({"success":null})", ""},
        {seed, R"({"success":true,"error":null})", ""},
        {seed, R"({"success":false,"error":{"text":"x"}})", ""},
        {seed, R"({"success":true,"data":null})", ""},
        {seed, R"({"success":true,"data":[1]})", ""},
        {seed, R"({"success":true,"data":"x"})", ""},
        {seed, R"({"data":{"success":true}})", ""},
        {seed, R"({"status":"success","result":{}})",
         "This looks like the ahujasid add-on: set blender.dialect = \"ahujasid\""},
        {seed, R"({"status":"error","message":"Unknown command type: x"})",
         "This looks like the ahujasid add-on: set blender.dialect = \"ahujasid\""},
        {ahujasid, "{}", ""},
        {ahujasid, R"({"status":"partly"})", ""},
        {ahujasid, R"({"status":true})", ""},
        {ahujasid, R"({"status":"error","message":null})", ""},
        {ahujasid, R"({"success":false,"error":"x"})",
         "This looks like an add-on of the seed dialect: set blender.dialect = \"seed\""},
    };
    for (const auto& row : table) {
        INFO(row.reply);
        PlainStage stage({}, row.dialect);
        const auto reply = stage.reply_with(row.reply);
        REQUIRE_FALSE(reply);
        CHECK(reply.error().code == ErrorCode::protocol);
        CHECK(reply.error().outcome == Outcome::unknown);
        CHECK(reply.error().message ==
              std::string("Command failed: Invalid response structure from Blender. Expected "
                          "BlenderSocketResponse, got: ") +
                  row.reply);
        CHECK(reply.error().remedy == row.remedy);
        CHECK_FALSE(stage.connection->usable());
        stage.run(stage.session->wait_end());
    }
}

TEST_CASE("plain: the excerpt of a reply ends between characters and is escaped") {
    PlainStage stage;
    // Byte 100 is the second one of an é.
    const std::string beginning = "{\"x\x7f\":\"" + std::string(92, 'x');
    const auto reply = stage.reply_with(beginning + "éé\"}");
    REQUIRE_FALSE(reply);
    CHECK_THAT(reply.error().message,
               ContainsSubstring("got: {\"x\\x7f\":\"" + std::string(92, 'x') + "…"));
}

TEST_CASE("plain: what is no JSON object fails at once") {
    const struct {
        const char* name;
        std::string reply;
        std::string message;
        const char* remedy;
    } table[]{
        {"HTTP", "HTTP/1.1 400 Bad Request\r\n",
         "Invalid JSON response from Blender: expected an object at byte 0: HTTP/1.1 400 Bad "
         "Request\\x0d\\x0a",
         "This looks like an HTTP server, not like an add-on: check blender.host and "
         "blender.port"},
        {"garbage", "}", "Invalid JSON response from Blender: expected an object at byte 0: }", ""},
        {"UTF-8", "{\"\xff", "Invalid JSON response from Blender: invalid UTF-8 at byte 2: {\"\xff",
         ""},
        {"two replies", R"({"success":true}{"success":true})",
         "Invalid JSON response from Blender: bytes after the reply at byte 16: "
         R"({"success":true}{"success":true})",
         ""},
        {"NUL alone", std::string("\n\0", 2), "Empty response from Blender", ""},
        {"too much", "{\"" + std::string(5'000, 'x'), "Buffer exceeded max size: 4000 bytes",
         "max_reply_bytes"},
    };
    for (const auto& row : table) {
        INFO(row.name);
        PlainStage stage({.max_reply_bytes = 4'000});
        const auto reply = stage.reply_with(row.reply);  // no time passes
        REQUIRE_FALSE(reply);
        CHECK(reply.error().code ==
              (row.name == std::string("too much") ? ErrorCode::too_large : ErrorCode::protocol));
        CHECK(reply.error().outcome == Outcome::unknown);
        CHECK(reply.error().message == "Command failed: " + row.message);
        CHECK_THAT(reply.error().remedy, ContainsSubstring(row.remedy));
        CHECK_FALSE(stage.connection->usable());
        stage.run(stage.session->wait_end());
    }
}

TEST_CASE("plain: NaN and Infinity become null") {
    PlainStage stage({}, ahujasid);
    const auto reply = stage.reply_with(
        R"({"status":"success","result":{"location":[NaN,0.0,-Infinity],"x":{"y":Infinity}}})");
    CHECK(reply.value().result() == R"({"location":[null,0.0,null],"x":{"y":null}})");
}

TEST_CASE("plain: every split of a reply gives the same result") {
    PlainStage stage;
    const std::string reply = "{\"success\":true,\"data\":{\"é中😀\":[-Infinity,1.5]}}\n";
    for (std::size_t at = 0; at < reply.size(); ++at) {
        const auto call = stage.call();
        stage.request();
        stage.run(stage.session->write_split(reply, at));
        CHECK(stage.finish(call).value().result() == "{\"é中😀\":[null,1.5]}");
    }
    const auto call = stage.call();
    stage.request();
    stage.run(stage.session->write_slowly(reply));
    CHECK(stage.finish(call));
}

TEST_CASE("plain: white space and NUL after a reply may come later") {
    PlainStage stage;
    for (const auto& end : {std::string("\n"), std::string("\0", 1), std::string("\r\n \0", 4)}) {
        CHECK(stage.reply_with(R"({"success":true})"));
        stage.write(end);
        CHECK(stage.connection->usable());
    }
    CHECK(
        stage.reply_with("\n"
                         R"({"success":true})"));
    CHECK(stage.connection->calls() == 4);
}

TEST_CASE("plain: a request over the limit is refused before anything is sent") {
    const auto refused = [](link::ConnectionOptions options, std::size_t fits) {
        PlainStage stage(options);
        const std::size_t around = std::string(R"({"command":"op","data":{"t":""}})").size();
        const auto args = [&](std::size_t size) {
            return R"({"t":")" + std::string(size - around, 'x') + "\"}";
        };
        const auto reply = stage.finish(stage.call(request("op", args(fits + 1))));
        CHECK(reply.error().code == ErrorCode::too_large);
        CHECK(reply.error().outcome == Outcome::not_applied);
        CHECK(reply.error().message ==
              "Command failed: The request of " + std::to_string(fits + 1) +
                  " bytes exceeds the limit of " + std::to_string(fits) + " bytes");
        CHECK(stage.connection->usable());
        CHECK(stage.connection->calls() == 0);
        const auto call = stage.call(request("op", args(fits)));
        CHECK(stage.request().size() == fits);
        stage.run(stage.session->write(R"({"success":true})"));
        CHECK(stage.finish(call));
    };
    refused({.max_request_bytes = 1'000}, 1'000);
    refused({}, link::max_plain_request_bytes);
}

TEST_CASE("plain: escapes count for the limit of a request") {
    PlainStage stage({.max_request_bytes = 100});
    std::string text;
    for (int i = 0; i < 20; ++i)
        text += "é";
    const auto reply = stage.finish(stage.call(request("op", R"({"t":")" + text + "\"}")));
    CHECK(reply.error().code == ErrorCode::too_large);
}

TEST_CASE("plain: a large reply arrives, and takes memory of its size") {
    PlainStage stage;
    constexpr std::size_t size = 5'000'000;
    const auto reply = R"({"success":true,"data":{"x":")" + std::string(size, 'x') + "\"}}";
    const auto call = stage.call();
    stage.request();
    const PeakMemory peak;
    stage.start([](PeerSession& session, const std::string& text) -> boost::asio::awaitable<bool> {
        co_await session.write(text);  // which copies it
        co_return true;
    }(*stage.session, reply));
    CHECK(stage.finish(call).value().result().size() == size + 8);
    CHECK(peak.bytes() <= reply.size() + 2 * reply.size() + 1'000'000);
}

TEST_CASE("plain: ping looks at the socket, other control operations are not there") {
    PlainStage stage;
    const auto control = [&](const char* op) {
        return stage.finish(stage.start(stage.connection->control(op, "{}", 1s)));
    };
    CHECK(control("ping").value().result() == "{}");
    for (const auto* op : {"status", "interrupt", "outcome", "shutdown"}) {
        CHECK(control(op).error().code == ErrorCode::unavailable);
        CHECK_THAT(control(op).error().message, ContainsSubstring(op));
    }
    link::SceneHandler nobody;
    CHECK(
        stage.finish(stage.start(stage.connection->watch(nobody, 1s, core::CancelToken()))).code ==
        ErrorCode::unavailable);
    const auto call = stage.call();
    CHECK(control("ping"));
    CHECK(stage.request() == R"({"command":"create_objects"})");  // and nothing else
    stage.run(stage.session->write(R"({"success":true})"));
    CHECK(stage.finish(call));
    stage.session->close();
    CHECK(control("ping").error().code == ErrorCode::connection);
}
