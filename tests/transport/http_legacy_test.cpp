// Sessions, event streams and resumption of the revisions through 2025-11-25.
#include "http_stage.hpp"

#include <set>

namespace blender_mcpd::transport {

using namespace std::chrono_literals;

namespace {

const std::string ping = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
const std::string initialized = R"({"jsonrpc":"2.0","method":"notifications/initialized"})";

std::string version_header(const std::string& version) {
    return "MCP-Protocol-Version: " + version + "\r\n";
}

std::vector<SentEvent> messages(const std::optional<Answer>& answer) {
    REQUIRE(answer.has_value());
    std::vector<SentEvent> found;
    for (const auto& event : events_of(answer->body))
        if (!event.data.empty()) found.push_back(event);
    return found;
}

}  // namespace

TEST_CASE("initialize begins a session with an id of its own") {
    HttpStage stage;
    const auto first = stage.ask(post(initialize_body()));
    CHECK(first.status == 200);
    CHECK(first.header("content-type") == "application/json");
    CHECK(first.json()["result"]["protocolVersion"] == "2025-11-25");
    const auto id = first.header("mcp-session-id");
    CHECK(id.size() == 64);
    CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(stage.initialize() != id);
    CHECK(stage.metric(http_sessions) == 2);
}

TEST_CASE("an initialize that fails begins no session") {
    HttpStage stage;
    const auto answer =
        stage.ask(post(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{}})"));
    CHECK(answer.json().contains("error"));
    CHECK(answer.header("mcp-session-id").empty());
    CHECK(stage.metric(http_sessions) == 0);
}

TEST_CASE("what is posted in a session, and what is answered") {
    HttpStage stage;
    const auto id = stage.initialize();
    struct Row {
        std::string name;
        std::string body;
        std::string headers;
        int status;
        std::string contains;
    };
    const std::vector<Row> rows{
        {"a request", ping, session_header(id), 200, R"("result":{})"},
        {"with a version", ping, session_header(id) + version_header("2025-06-18"), 200, "result"},
        {"a version that nobody knows", ping, session_header(id) + version_header("1999-01-01"),
         400, "not supported"},
        {"a notification", initialized, session_header(id), 202, ""},
        {"a response", R"({"jsonrpc":"2.0","id":7,"result":{}})", session_header(id), 202, ""},
        {"without the session", ping, "", 400, "Mcp-Session-Id is missing"},
        {"a notification without the session", initialized, "", 400, "Mcp-Session-Id is missing"},
        {"with a session that is none", ping, session_header(std::string(64, '0')), 404,
         "no such session"},
        {"no JSON", "{", session_header(id), 400, "-32700"},
        {"no JSON, without the session", "{", "", 400, "-32700"},
        {"nothing", "", session_header(id), 400, "-32700"},
        {"a batch", "[" + ping + "]", session_header(id), 400, "-32600"},
        {"a batch without the session", "[" + ping + "]", "", 400, "-32600"},
        {"no JSON-RPC", R"({"id":1})", session_header(id), 400, "-32600"},
        {"an unknown method", R"({"jsonrpc":"2.0","id":1,"method":"x"})", session_header(id), 200,
         "-32601"},
        {"an unknown tool", call_body(1, "x"), session_header(id), 200, "-32602"},
    };
    for (const auto& row : rows) {
        INFO(row.name);
        const auto answer = stage.ask(post(row.body, row.headers));
        CHECK(answer.status == row.status);
        CHECK_THAT(answer.body, ContainsSubstring(row.contains));
        CHECK(answer.whole);
        if (row.status == 202) CHECK(answer.body.empty());
    }
}

TEST_CASE("batches are answered where they exist") {
    HttpStage stage;
    const auto id = stage.initialize("2025-03-26");
    const auto answer = stage.ask(post("[" + ping + "," + initialized + "]", session_header(id)));
    CHECK(answer.status == 200);
    CHECK(answer.json().is_array());
    CHECK(stage.ask(post("[" + initialized + "]", session_header(id))).status == 202);
}

TEST_CASE("an answer is plain until something must be sent before it") {
    HttpStage stage;
    const auto id = stage.initialize();
    auto client = stage.connect();
    SECTION("a call that reports nothing") {
        stage.send(client, post(call_body(1, "slow"), session_header(id)));
        CHECK_FALSE(stage.answer(client).has_value());
        stage.gate("slow").set();
        const auto answer = stage.answer(client);
        REQUIRE(answer.has_value());
        CHECK(answer->header("content-type") == "application/json");
        CHECK(answer->json()["id"] == 1);
    }
    SECTION("a call that reports progress") {
        stage.send(client, post(call_body(1, "chatty"), session_header(id)));
        const auto begun = stage.answer(client);
        REQUIRE(begun.has_value());
        CHECK(begun->status == 200);
        CHECK(begun->header("content-type") == "text/event-stream");
        CHECK_FALSE(begun->whole);
        const auto first = events_of(begun->body);
        REQUIRE(first.size() == 2);
        CHECK(first[0].id == "2-0");
        CHECK(first[0].retry);
        CHECK(first[0].data.empty());
        CHECK(first[1].id == "2-1");
        CHECK_THAT(first[1].data, ContainsSubstring("notifications/progress"));

        stage.gate("chatty").set();
        const auto all = stage.answer(client);
        CHECK(all->whole);
        const auto events = events_of(all->body);
        REQUIRE(events.size() == 4);
        CHECK(events[2].id == "2-2");
        CHECK_THAT(events[3].data, ContainsSubstring("released"));

        // The connection goes on.
        stage.send(client, post(ping, session_header(id)));
        CHECK(stage.answer(client)->json()["id"] == 1);
    }
    SECTION("a call that takes long") {
        stage.send(client, post(call_body(1, "slow"), session_header(id)));
        stage.advance(15s);
        CHECK(stage.answer(client)->header("content-type") == "text/event-stream");
        stage.advance(15s);
        const auto events = events_of(stage.answer(client)->body);
        REQUIRE(events.size() == 3);
        CHECK(events[0].id == "2-0");
        CHECK(events[1].comment);
        CHECK(events[2].comment);
        stage.gate("slow").set();
        CHECK(messages(stage.answer(client)).size() == 1);
    }
}

TEST_CASE("older clients get no empty message") {
    HttpStage stage;
    const auto id = stage.initialize("2025-06-18");
    auto client = stage.connect();
    stage.send(client, post(call_body(1, "chatty"), session_header(id)));
    const auto events = events_of(stage.answer(client)->body);
    REQUIRE(events.size() == 1);
    CHECK(events[0].id == "2-1");
}

TEST_CASE("a call that its client cancelled has an empty answer") {
    HttpStage stage;
    const auto id = stage.initialize();
    auto client = stage.connect();
    const auto* tool = GENERATE("slow", "chatty");
    stage.send(client, post(call_body(5, tool), session_header(id)));
    const auto cancel = R"({"jsonrpc":"2.0","method":"notifications/cancelled",)"
                        R"("params":{"requestId":5}})";
    CHECK(stage.ask(post(cancel, session_header(id))).status == 202);
    const auto answer = stage.answer(client);
    REQUIRE(answer.has_value());
    CHECK(answer->whole);
    CHECK_THAT(answer->body, !ContainsSubstring("\"result\""));
    CHECK(stage.cancelled ==
          std::vector<std::string>{std::string(to_string(core::CancelReason::client))});
}

TEST_CASE("a client that goes away does not cancel its call") {
    HttpStage stage;
    const auto id = stage.initialize();
    auto client = stage.connect();
    SECTION("before it knows an event: the answer is nobody's") {
        stage.send(client, post(call_body(1, "slow"), session_header(id)));
        client.close();
        stage.settle();
        CHECK(stage.cancelled.empty());
        CHECK(stage.metric(mcp::calls_in_flight) == 1);
        stage.gate("slow").set();
        stage.settle();
        CHECK(stage.metric(mcp::calls_in_flight) == 0);
        CHECK(stage.ask(get_stream(id, "Last-Event-ID: 2-0\r\n")).status == 400);
    }
    SECTION("it comes back while the call runs, and gets the rest live") {
        stage.send(client, post(call_body(1, "chatty"), session_header(id)));
        CHECK(messages(stage.answer(client)).size() == 1);
        GENERATE(0, 1) == 0 ? client.close() : client.reset();
        stage.settle();
        auto again = stage.connect();
        stage.send(again, get_stream(id, "Last-Event-ID: 2-1\r\n"));
        const auto waiting = stage.answer(again);
        REQUIRE(waiting.has_value());
        CHECK(waiting->status == 200);
        CHECK(events_of(waiting->body).empty());
        stage.gate("chatty").set();
        const auto rest = messages(stage.answer(again));
        REQUIRE(rest.size() == 2);
        CHECK(rest[0].id == "2-2");
        CHECK_THAT(rest[1].data, ContainsSubstring("released"));
        CHECK(stage.cancelled.empty());
    }
    SECTION("it comes back after the call") {
        stage.send(client, post(call_body(1, "chatty"), session_header(id)));
        stage.settle();
        client.close();
        stage.settle();
        stage.gate("chatty").set();
        stage.settle();
        const auto all = stage.ask(get_stream(id, "Last-Event-ID: 2-0\r\n"));
        CHECK(all.whole);
        CHECK(messages(all).size() == 3);
        const auto last = stage.ask(get_stream(id, "Last-Event-ID: 2-2\r\n"));
        REQUIRE(messages(last).size() == 1);
        CHECK_THAT(messages(last)[0].data, ContainsSubstring("released"));
        CHECK(messages(stage.ask(get_stream(id, "Last-Event-ID: 2-3\r\n"))).empty());

        stage.advance(5min + 1s);  // no longer kept
        CHECK(stage.ask(get_stream(id, "Last-Event-ID: 2-2\r\n")).status == 400);
    }
}

TEST_CASE("resumption replays only the stream that is asked for") {
    HttpStage stage;
    const auto id = stage.initialize();
    auto first = stage.connect();
    auto second = stage.connect();
    stage.send(first, post(call_body(1, "chatty"), session_header(id)));
    stage.send(second, post(call_body(2, "chatty"), session_header(id)));
    first.close();
    second.close();
    stage.gate("chatty").set();
    stage.settle();
    const auto got = messages(stage.ask(get_stream(id, "Last-Event-ID: 3-1\r\n")));
    REQUIRE(got.size() == 2);
    CHECK(got[0].id == "3-2");
    CHECK_THAT(got[1].data, ContainsSubstring("\"id\":2"));

    const auto other = stage.initialize();
    for (const auto* unknown :
         {"3-1", "9-0", "x", "", "3", "03-1", "3-1-1", "99999999999999999999-1"}) {
        INFO(unknown);
        const auto session = std::string_view(unknown) == "3-1" ? other : id;
        CHECK(stage.ask(get_stream(session, "Last-Event-ID: " + std::string(unknown) + "\r\n"))
                  .status == 400);
    }
}

TEST_CASE("what is kept for resumption is bounded") {
    HttpOptions options;
    options.max_replay_events = 2;
    HttpStage stage(options);
    const auto id = stage.initialize();
    auto client = stage.connect();
    stage.send(client, post(call_body(1, "chatty"), session_header(id)));
    client.close();
    stage.gate("chatty").set();
    stage.settle();
    const auto got = messages(stage.ask(get_stream(id, "Last-Event-ID: 2-0\r\n")));
    REQUIRE(got.size() == 2);  // the newest
    CHECK(got[0].id == "2-2");
}

TEST_CASE("the stream that belongs to no request") {
    HttpStage stage;
    const auto id = stage.initialize();
    stage.ask(post(initialized, session_header(id)));
    auto client = stage.connect();
    stage.send(client, get_stream(id));
    const auto opened = stage.answer(client);
    REQUIRE(opened.has_value());
    CHECK(opened->status == 200);
    CHECK(opened->header("content-type") == "text/event-stream");
    CHECK(events_of(opened->body).at(0).id == "0-0");
    const auto change = [&] { stage.mcp_server->registry().remove_tool("big"); };

    SECTION("carries what changes") {
        change();
        const auto got = messages(stage.answer(client));
        REQUIRE(got.size() == 1);
        CHECK(got[0].id == "0-1");
        CHECK_THAT(got[0].data, ContainsSubstring("notifications/tools/list_changed"));
    }
    SECTION("carries no answers") {
        stage.ask(post(ping, session_header(id)));
        CHECK(messages(stage.answer(client)).empty());
    }
    SECTION("is kept alive") {
        stage.advance(15s);
        CHECK(events_of(stage.answer(client)->body).back().comment);
    }
    SECTION("is the only one of its session") {
        CHECK(stage.ask(get_stream(id)).status == 409);
        CHECK(stage.ask(get_stream(stage.initialize())).status == 200);
        client.close();
        stage.settle();
        CHECK(stage.ask(get_stream(id)).status == 200);
    }
    SECTION("can be resumed") {
        client.close();
        stage.settle();
        change();
        auto again = stage.connect();
        stage.send(again, get_stream(id, "Last-Event-ID: 0-0\r\n"));
        CHECK(messages(stage.answer(again)).size() == 1);
        CHECK_FALSE(stage.ended(again));
    }
    SECTION("goes to the one who resumed it last") {
        auto again = stage.connect();
        stage.send(again, get_stream(id, "Last-Event-ID: 0-0\r\n"));
        CHECK(stage.answer(client)->whole);
        change();
        CHECK(messages(stage.answer(again)).size() == 1);
    }
    SECTION("keeps the session") {
        stage.advance(2h);
        stage.advance(2h);
        CHECK(stage.ask(post(ping, session_header(id))).status == 200);
    }
}

TEST_CASE("who may open a stream") {
    HttpStage stage;
    const auto id = stage.initialize();
    CHECK(stage.ask(get("/mcp", "Accept: text/event-stream\r\n")).status == 400);
    CHECK(stage.ask(get_stream(std::string(64, 'f'))).status == 404);
    CHECK(stage.ask(get("/mcp", session_header(id))).status == 406);
    CHECK(stage.ask(get("/mcp", "Accept: application/json\r\n" + session_header(id))).status ==
          406);
    CHECK(stage.ask(get_stream(id, version_header("1999-01-01"))).status == 400);
}

TEST_CASE("DELETE ends a session") {
    HttpStage stage;
    const auto id = stage.initialize();
    auto caller = stage.connect();
    auto listener = stage.connect();
    auto talker = stage.connect();
    stage.send(caller, post(call_body(1, "slow"), session_header(id)));
    stage.send(talker, post(call_body(2, "chatty"), session_header(id)));
    stage.send(listener, get_stream(id));
    CHECK(stage.ask(delete_session(id)).status == 204);
    CHECK(stage.cancelled.size() == 2);
    CHECK(stage.answer(caller)->status == 404);
    CHECK(stage.answer(listener)->whole);
    const auto cut = stage.answer(talker);
    CHECK(cut->whole);
    CHECK_THAT(cut->body, !ContainsSubstring("\"result\""));
    CHECK(stage.metric(http_sessions) == 0);
    for (const auto& request : {post(ping, session_header(id)), get_stream(id), delete_session(id)})
        CHECK(stage.ask(request).status == 404);
}

TEST_CASE("sessions end when nobody uses them") {
    HttpStage stage;
    const auto id = stage.initialize();
    stage.advance(29min);
    CHECK(stage.ask(post(ping, session_header(id))).status == 200);
    SECTION("from the last message on") {
        stage.advance(29min);
        CHECK(stage.ask(post(ping, session_header(id))).status == 200);
        stage.advance(30min);
        CHECK(stage.metric(http_sessions) == 0);
        CHECK(stage.ask(post(ping, session_header(id))).status == 404);
    }
    SECTION("but not while a call runs") {
        auto client = stage.connect();
        stage.send(client, post(call_body(1, "slow"), session_header(id)));
        client.close();
        stage.advance(3h);
        CHECK(stage.metric(http_sessions) == 1);
        stage.gate("slow").set();
        stage.settle();
        stage.advance(30min);
        CHECK(stage.metric(http_sessions) == 0);
    }
}

TEST_CASE("there are so many sessions and no more") {
    HttpOptions options;
    options.max_sessions = 2;
    HttpStage stage(options);
    const auto first = stage.initialize();
    stage.advance(1s);
    const auto second = stage.initialize();
    stage.advance(1s);
    SECTION("the longest idle one gives way") {
        stage.ask(post(ping, session_header(first)));
        stage.initialize();
        CHECK(stage.ask(post(ping, session_header(first))).status == 200);
        CHECK(stage.ask(post(ping, session_header(second))).status == 404);
    }
    SECTION("unless it is in use") {
        auto caller = stage.connect();
        stage.send(caller, post(call_body(1, "slow"), session_header(first)));
        stage.initialize();
        CHECK(stage.ask(post(ping, session_header(first))).status == 200);
        CHECK(stage.ask(post(ping, session_header(second))).status == 404);
    }
    SECTION("when all are, there is none for the next") {
        auto caller = stage.connect();
        auto listener = stage.connect();
        stage.send(caller, post(call_body(1, "slow"), session_header(first)));
        stage.send(listener, get_stream(second));
        const auto answer = stage.ask(post(initialize_body()));
        CHECK(answer.status == 503);
        CHECK_FALSE(answer.header("retry-after").empty());
        CHECK(stage.metric(http_refused, "sessions") == 1);
    }
    CHECK(stage.metric(http_sessions) == 2);
}

TEST_CASE("sessions are clients of their own, whatever connections they use") {
    HttpStage stage;
    const auto one = stage.initialize();
    const auto other = stage.initialize();
    auto client = stage.connect();
    stage.gate("slow").set();
    for (const auto& id : {one, other, one}) {
        stage.send(client, post(call_body(1, "slow"), session_header(id)));
        CHECK(stage.answer(client)->status == 200);
    }
    REQUIRE(stage.clients.size() == 3);
    CHECK(stage.clients[0] == stage.clients[2]);
    CHECK(stage.clients[0] != stage.clients[1]);
}

}  // namespace blender_mcpd::transport
