// The add-ons that end their messages in ways of their own: the Blender Lab's with a NUL and the
// connection, djeada's with lines, ageless' with lines of progress before.
#include "plain_stage.hpp"

#include <vector>

using namespace blender_mcpd;
using namespace blender_mcpd::test;
using link::Dialect;
using namespace std::string_literals;

namespace {

link::Request execute(std::string op, std::string args, bool mutates = true) {
    link::Request request;
    request.op = std::move(op);
    request.args = std::move(args);
    request.mutates = mutates;
    return request;
}

struct CodecStage : PlainStage {
    explicit CodecStage(Dialect its) : PlainStage({}, its) {}

    /// The bytes of the next request, up to and with `last`.
    std::string request_to(char last) {
        std::string text;
        while (text.empty() || text.back() != last)
            text += run(session->read_some());
        return text;
    }
    Answer reply(std::string bytes, char last, bool then_close = false, bool mutates = true) {
        const auto task = call(execute("op", R"({"code":"x"})", mutates));
        request_to(last);
        run(session->write(std::move(bytes)));
        if (then_close) session->close();
        return finish(task);
    }
};

}  // namespace

TEST_CASE("codec: requests end as each family wants it") {
    const struct {
        Dialect dialect;
        std::string args;
        std::string text;
    } table[]{
        {Dialect::lab, R"({"code":"é","strict_json":true})",
         "{\"type\":\"op\",\"code\":\"\\u00e9\",\"strict_json\":true}\0"s},
        {Dialect::lab, "{}", "{\"type\":\"op\"}\0"s},
        {Dialect::djeada, R"({"code":"x"})",
         "{\"id\":\"1\",\"command\":\"op\",\"params\":{\"code\":\"x\"}}\n"},
        {Dialect::djeada, "{}", "{\"id\":\"1\",\"command\":\"op\",\"params\":{}}\n"},
        {Dialect::ageless, "{}",
         "{\"capability\":\"op\",\"payload\":{},\"progress_token\":\"1\"}\n"},
    };
    for (const auto& row : table) {
        INFO(row.text);
        CodecStage stage(row.dialect);
        const auto call = stage.call(execute("op", row.args));
        CHECK(stage.request_to(row.text.back()) == row.text);
        stage.session->close();
        CHECK_FALSE(stage.finish(call));
    }
}

TEST_CASE("codec: the Lab's add-on answers once, and hangs up") {
    CodecStage stage(Dialect::lab);
    const auto reply =
        stage.reply("{\"status\": \"ok\", \"result\": {\"a\": 1}, \"stdout\": \"hi\\n\"}\0"s, '\0');
    REQUIRE(reply);
    CHECK(reply->result() == R"({"status":"ok","result":{"a":1},"stdout":"hi\n"})");
    // Before its close has come: the next call must not go out on it.
    CHECK_FALSE(stage.connection->usable());
    stage.run(stage.session->wait_end());
}

TEST_CASE("codec: what ends without a NUL was cut off, and is no success") {
    for (const auto& bytes : {R"({"status": "ok", "result": {}, "stdout": "xxxxxxxx)"s,
                              R"({"status": "ok", "result": {}})"s, ""s}) {
        INFO(bytes);
        CodecStage stage(Dialect::lab);
        const auto reply = stage.reply(bytes, '\0', true);
        REQUIRE_FALSE(reply);
        CHECK(reply.error().code == ErrorCode::connection);
        CHECK(reply.error().outcome == Outcome::unknown);
        CHECK_THAT(reply.error().message, ContainsSubstring("before complete response"));
        CHECK((reply.error().remedy.find("ask for less") != std::string::npos) == !bytes.empty());
    }
}

TEST_CASE("codec: a NUL that comes late is waited for") {
    CodecStage stage(Dialect::lab);
    const auto call = stage.call(execute("op", "{}"));
    stage.request_to('\0');
    stage.write(R"({"status": "ok", "result": {}})");
    CHECK_FALSE(call->done());
    stage.run(stage.session->write("\0"s));
    CHECK(stage.finish(call));
}

TEST_CASE("codec: errors of the add-ons") {
    const struct {
        const char* name;
        Dialect dialect;
        std::string reply;
        std::string message;
        Outcome outcome;
        ErrorCode code = ErrorCode::blender;
    } table[]{
        {"lab: a traceback", Dialect::lab,
         "{\"status\": \"error\", \"message\": \"Traceback\\nNameError: x\", \"stdout\": \"a\"}\0"s,
         "Traceback\nNameError: x", Outcome::unknown},
        {"lab: read too slowly", Dialect::lab,
         "{\"status\": \"error\", \"message\": \"Client timed out\"}\0"s, "Client timed out",
         Outcome::not_applied},
        {"lab: no such request", Dialect::lab,
         "{\"status\": \"error\", \"message\": \"Unknown request type: 'op'\"}\0"s,
         "Unknown request type: 'op'", Outcome::not_applied},
        {"lab: a result that is no dict", Dialect::lab, "{\"status\": \"ok\", \"result\": 1}\0"s,
         "Invalid response structure from Blender. Expected BlenderSocketResponse, got: "
         "{\"status\":\"ok\",\"result\":1}",
         Outcome::unknown, ErrorCode::protocol},
        {"djeada: refused", Dialect::djeada,
         "{\"id\": \"1\", \"success\": false, \"error\": \"Unknown command: op\"}\n",
         "Unknown command: op", Outcome::not_applied},
        {"djeada: a script that raised", Dialect::djeada,
         "{\"id\": \"1\", \"success\": true, \"result\": {\"result\": null, \"stdout\": \"\", "
         "\"error\": \"NameError: x\", \"timed_out\": false}}\n",
         "NameError: x", Outcome::unknown},
        {"djeada: without a result", Dialect::djeada, "{\"id\": \"1\", \"success\": true}\n",
         "Invalid response structure from Blender. Expected BlenderSocketResponse, got: "
         "{\"id\":\"1\",\"success\":true}",
         Outcome::unknown, ErrorCode::protocol},
        {"ageless: refused", Dialect::ageless,
         "{\"ok\": false, \"result\": null, \"error\": {\"code\": \"x\", \"message\": \"No\"}}\n",
         "No", Outcome::unknown},
        {"ageless: switched off", Dialect::ageless,
         "{\"ok\": false, \"error\": {\"code\": \"script_disabled\", \"message\": \"Off\"}}\n",
         "Off", Outcome::not_applied},
        {"ageless: it gave up, and goes on", Dialect::ageless,
         "{\"ok\": false, \"result\": null, \"error\": {\"code\": \"timeout\", \"message\": "
         "\"Main-thread dispatch timed out after 60s\"}}\n",
         "Main-thread dispatch timed out after 60s", Outcome::unknown, ErrorCode::timeout},
    };
    for (const auto& row : table) {
        INFO(row.name);
        CodecStage stage(row.dialect);
        const auto reply = stage.reply(row.reply, row.dialect == Dialect::lab ? '\0' : '\n');
        check_error(reply, row.code, row.outcome, row.message);
    }
}

TEST_CASE("codec: lines go on with the same connection") {
    for (const auto dialect : {Dialect::djeada, Dialect::ageless}) {
        CodecStage stage(dialect);
        const auto text = dialect == Dialect::djeada
                              ? "{\"id\": \"1\", \"success\": true, \"result\": {\"n\": 1}}\n"s
                              : "{\"ok\": true, \"result\": {\"n\": 1}, \"timing_ms\": 2}\n"s;
        for (int i = 0; i < 2; ++i) {
            const auto reply = stage.reply(text, '\n');
            REQUIRE(reply);
            CHECK(reply->result() == R"({"n":1})");
        }
        CHECK(stage.connection->usable());
    }
}

TEST_CASE("codec: progress comes in lines of its own, however they are split") {
    const auto bytes =
        "{\"type\": \"progress\", \"token\": \"1\", \"progress\": 1, \"total\": 4, \"message\": "
        "\"one\"}\n{\"type\": \"progress\", \"token\": \"1\", \"progress\": 2.5, \"total\": null, "
        "\"message\": null}\n{\"ok\": true, \"result\": [1]}\n"s;
    for (const bool slowly : {false, true}) {
        CodecStage stage(Dialect::ageless);
        std::vector<link::Progress> told;
        const auto call = stage.start(stage.connection->call(
            execute("op", "{}"), {}, [&](const link::Progress& each) { told.push_back(each); }));
        stage.request_to('\n');
        stage.run(slowly ? stage.session->write_slowly(bytes) : stage.session->write(bytes));
        CHECK(stage.finish(call).value().result() == "[1]");
        REQUIRE(told.size() == 2);
        CHECK(told[0].value == 1);
        CHECK(told[0].total == 4);
        CHECK(told[0].message == "one");
        CHECK(told[1].value == 2.5);
        CHECK_FALSE(told[1].total);
    }
}

TEST_CASE("codec: a reply of another family is told") {
    const struct {
        Dialect dialect;
        std::string reply;
        const char* remedy;
    } table[]{
        {Dialect::ahujasid, "{\"status\":\"ok\",\"result\":{}}", "the Blender Lab add-on"},
        {Dialect::ahujasid, "{\"ok\":false}", "the ageless add-on"},
        {Dialect::seed, "{\"id\":1,\"success\":1,\"ok\":true}", "blender.dialect = \"ageless\""},
        {Dialect::djeada, "{\"status\":\"error\",\"message\":\"x\"}\n", "the ahujasid add-on"},
        {Dialect::ageless, "{\"success\":false,\"error\":\"x\"}\n", "seed dialect"},
        {Dialect::lab, "{\"ok\":true}\0"s, "the ageless add-on"},
    };
    for (const auto& row : table) {
        INFO(row.reply);
        CodecStage stage(row.dialect);
        const bool by_line = row.dialect == Dialect::djeada || row.dialect == Dialect::ageless;
        const char last = row.dialect == Dialect::lab ? '\0' : by_line ? '\n' : '}';
        const auto reply = stage.reply(row.reply, last);
        REQUIRE_FALSE(reply);
        CHECK_THAT(reply.error().remedy, ContainsSubstring(row.remedy));
    }
}
