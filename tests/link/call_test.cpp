// Calls and control operations over a healthy connection.
#include "stage.hpp"

#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <vector>

using namespace blender_mcpd;
using namespace blender_mcpd::test;

TEST_CASE("a call carries its request there and the result and blob back") {
    OpenStage stage;
    CHECK(stage.connection->peer_hello() ==
          R"({"link":1,"name":"blender","pid":4711,"blender":[3,4,1],"background":true})");
    CHECK(stage.connection->calls() == 0);

    link::Request request;
    request.op = "render";
    request.args = R"({"samples":4})";
    request.uuid = "abc";
    request.timeout = 9s;
    const auto call = stage.call(std::move(request));
    const auto sent = core::parse_json(stage.run(stage.session->read_json())).value();
    CHECK(sent["op"] == "render");
    CHECK(sent["args"]["samples"] == 4);
    CHECK(sent["uuid"] == "abc");
    CHECK(sent["deadline_ms"] == 9000);

    const auto id = sent["id"].get<std::uint64_t>();
    stage.run(stage.session->write(frame(
        R"({"id":)" + std::to_string(id) + R"(,"ok":true,"gen":42,"ms":1,"result":{"größe":[1]}})",
        std::string("\0\xff", 2))));
    auto reply = stage.finish(call).value();
    CHECK(reply.result() == R"({"größe":[1]})");
    CHECK(reply.generation() == 42);
    CHECK(reply.take_blob() == std::string("\0\xff", 2));
    CHECK(stage.connection->calls() == 1);
    CHECK(stage.connection->usable());
}

TEST_CASE("a request without uuid gets one") {
    OpenStage stage;
    const auto call = stage.call();
    const auto sent = core::parse_json(stage.run(stage.session->read_json())).value();
    CHECK(sent["uuid"].get<std::string>().size() == 32);
    stage.run(stage.session->write(ok_reply(id_of(sent.dump()))));
    CHECK(stage.finish(call));
}

TEST_CASE("a connection carries call after call, and errors of the application do not spoil it") {
    OpenStage stage;
    for (const auto* kind : {"invalid", "not_found", "blender", "script", "internal"}) {
        const auto call = stage.call();
        const auto id = id_of(stage.run(stage.session->read_json()));
        stage.run(stage.session->write(
            error_reply(id, R"({"kind":")" + std::string(kind) + R"(","message":"no"})")));
        CHECK(stage.finish(call).error().message == "no");
        CHECK(stage.connection->usable());
    }
    CHECK(stage.connection->calls() == 5);
}

TEST_CASE("errors after which the sides may disagree spoil the connection") {
    for (const auto* kind : {"interrupted", "deadline", "not_started", "unknown_op"}) {
        INFO(kind);
        OpenStage stage;
        const auto call = stage.call();
        const auto id = id_of(stage.run(stage.session->read_json()));
        stage.run(stage.session->write(
            error_reply(id, R"({"kind":")" + std::string(kind) + R"(","message":"no"})")));
        CHECK(stage.finish(call).error().message == "no");
        CHECK_FALSE(stage.connection->usable());
        const auto again = stage.finish(stage.call());
        CHECK(again.error().code == ErrorCode::connection);
        CHECK(again.error().outcome == Outcome::not_applied);
    }
}

TEST_CASE("a reply is the same at every split, multi-byte text included") {
    OpenStage stage;
    const std::string result = R"({"n":"ä立🧊"})";
    const auto size = ok_reply(1, result).size();
    for (std::size_t at = 0; at < size; ++at) {
        const auto call = stage.call();
        const auto id = id_of(stage.run(stage.session->read_json()));
        stage.run(stage.session->write_split(ok_reply(id, result), at));
        CHECK(stage.finish(call).value().result() == result);
    }
    CHECK(stage.connection->usable());
}

TEST_CASE("a reply may come byte by byte") {
    OpenStage stage;
    const auto call = stage.call();
    const auto id = id_of(stage.run(stage.session->read_json()));
    stage.run(stage.session->write_slowly(
        frame(R"({"id":)" + std::to_string(id) + R"(,"ok":true,"result":"ä立🧊"})", "blob")));
    const auto reply = stage.finish(call).value();
    CHECK(reply.result() == R"("ä立🧊")");
    CHECK(reply.blob() == "blob");
}

TEST_CASE("large requests and replies pass") {
    OpenStage stage;
    const std::string text(std::size_t{20} << 20, 'x');
    link::Request request;
    request.op = "echo";
    request.args = R"({"text":")" + text + "\"}";
    const auto call = stage.call(std::move(request));
    const auto sent = stage.run(stage.session->read_json());
    CHECK(sent.size() > text.size());
    const auto writing =
        stage.start([](auto& session, auto id, auto& body) -> boost::asio::awaitable<bool> {
            co_await session.write(ok_reply(id, "\"" + body + "\""));
            co_return true;
        }(*stage.session, id_of(sent), text));
    CHECK(stage.finish(call).value().result().size() == text.size() + 2);
    CHECK(stage.finish(writing));
}

TEST_CASE("progress reaches the handler, in order, before the reply") {
    OpenStage stage;
    std::vector<std::string> seen;
    link::Request request;
    request.op = "render";
    const auto call = stage.call(std::move(request), {}, [&](const link::Progress& progress) {
        seen.push_back(progress.message + "/" + std::to_string(static_cast<int>(*progress.total)));
    });
    const auto id = id_of(stage.run(stage.session->read_json()));
    stage.run(
        stage.session->write(progress_event(id, 1, 3) + progress_event(id, 2, 3) + ok_reply(id)));
    CHECK(stage.finish(call));
    CHECK(seen == std::vector<std::string>{"Sample 1/3", "Sample 2/3"});
}

TEST_CASE("progress without a handler is dropped") {
    OpenStage stage;
    const auto call = stage.call();
    const auto id = id_of(stage.run(stage.session->read_json()));
    stage.run(stage.session->write(progress_event(id, 1, 3) + ok_reply(id)));
    CHECK(stage.finish(call));
    CHECK(stage.connection->usable());
}

TEST_CASE("a progress handler may close the connection") {
    OpenStage stage;
    link::Request request;
    request.op = "render";
    const auto call = stage.call(std::move(request), {},
                                 [&](const link::Progress&) { stage.connection->close(); });
    const auto id = id_of(stage.run(stage.session->read_json()));
    stage.run(stage.session->write(progress_event(id, 1, 3) + ok_reply(id)));
    CHECK(stage.finish(call).error().code == ErrorCode::connection);
}

TEST_CASE("control operations are answered while a call runs, in any order") {
    OpenStage stage;
    const auto call = stage.call();
    const auto call_id = id_of(stage.run(stage.session->read_json()));
    const auto status = stage.start(stage.connection->control("status", "{}", 1s));
    const auto ping = stage.start(stage.connection->control("ping", R"({"x":1})", 1s));
    const auto status_id = id_of(stage.run(stage.session->read_json()));
    const auto sent = core::parse_json(stage.run(stage.session->read_json())).value();
    CHECK(sent["op"] == "ping");
    CHECK(sent["args"]["x"] == 1);
    CHECK_FALSE(sent.contains("uuid"));

    stage.run(stage.session->write(ok_reply(id_of(sent.dump()), "\"pong\"") +
                                   progress_event(call_id, 1, 2) +
                                   ok_reply(status_id, "\"busy\"")));
    CHECK(stage.finish(ping).value().result() == "\"pong\"");
    CHECK(stage.finish(status).value().result() == "\"busy\"");
    CHECK_FALSE(call->done());
    stage.run(stage.session->write(ok_reply(call_id)));
    CHECK(stage.finish(call));
    CHECK(stage.connection->usable());
    CHECK(stage.connection->calls() == 1);
}

TEST_CASE("a control operation can fail by itself") {
    OpenStage stage;
    const auto outcome = stage.start(stage.connection->control("outcome", "{}", 1s));
    const auto id = id_of(stage.run(stage.session->read_json()));
    stage.run(
        stage.session->write(error_reply(id, R"({"kind":"invalid","message":"uuid is missing"})")));
    const auto error = stage.finish(outcome).error();
    CHECK(error.code == ErrorCode::invalid);
    CHECK(error.outcome == Outcome::not_applied);
    CHECK(stage.connection->usable());
}

TEST_CASE("a connection carries one call at a time") {
    OpenStage stage;
    const auto first = stage.call();
    const auto second = stage.finish(stage.call());
    CHECK(second.error().code == ErrorCode::internal);
    const auto id = id_of(stage.run(stage.session->read_json()));
    stage.run(stage.session->write(ok_reply(id)));
    CHECK(stage.finish(first));
}

TEST_CASE("a request over the limit is refused before anything is sent") {
    OpenStage stage({.max_request_bytes = 200});
    link::Request request;
    request.op = "echo";
    request.args = R"({"text":")" + std::string(200, 'x') + "\"}";
    const auto refused = stage.finish(stage.call(std::move(request)));
    CHECK(refused.error().code == ErrorCode::too_large);
    CHECK(refused.error().outcome == Outcome::not_applied);
    CHECK_THAT(refused.error().message, ContainsSubstring("limit of 200 bytes"));
    CHECK(stage.connection->usable());

    const auto next = stage.call("ping");
    CHECK_THAT(stage.run(stage.session->read_json()), ContainsSubstring("ping"));
    stage.connection->close();
    CHECK_FALSE(stage.finish(next));
}
