// What a peer can do wrong, and what is then known about the edit.
#include "stage.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <functional>

#include <sys/socket.h>

using namespace blender_mcpd;
using namespace blender_mcpd::test;

namespace {

link::Request edit() {
    link::Request request;
    request.op = "create_objects";
    return request;
}

link::Request query() {
    auto request = edit();
    request.mutates = false;
    return request;
}

boost::asio::awaitable<void> ignore_result(boost::asio::awaitable<OpenStage::Answer> call) {
    static_cast<void>(co_await std::move(call));
}

}  // namespace

TEST_CASE("a connection lost after sending leaves the outcome of an edit unknown") {
    using Lose = std::function<void(PeerSession&)>;
    const struct {
        const char* name;
        Lose lose;
    } table[]{
        {"closed", [](PeerSession& session) { session.close(); }},
        {"half-closed", [](PeerSession& session) { session.half_close(); }},
        {"reset", [](PeerSession& session) { session.reset(); }},
    };
    for (const auto& row : table) {
        for (const bool mutates : {true, false}) {
            INFO(row.name << (mutates ? ", edit" : ", query"));
            OpenStage stage;
            const auto call = stage.call(mutates ? edit() : query());
            stage.run(stage.session->read_json());
            row.lose(*stage.session);
            const auto error = stage.finish(call).error();
            CHECK(error.code == ErrorCode::connection);
            CHECK(error.outcome == (mutates ? Outcome::unknown : Outcome::not_applied));
            CHECK_FALSE(stage.connection->usable());
        }
    }
}

TEST_CASE("a reply cut off in the middle says so") {
    OpenStage stage;
    const auto call = stage.call(edit());
    const auto reply = ok_reply(id_of(stage.run(stage.session->read_json())));
    stage.run(stage.session->write(reply.substr(0, reply.size() - 1)));
    stage.session->close();
    const auto error = stage.finish(call).error();
    CHECK(error.code == ErrorCode::connection);
    CHECK(error.outcome == Outcome::unknown);
    CHECK_THAT(error.message, ContainsSubstring("closed the connection in the middle of a reply"));
}

TEST_CASE("a reply and the end of the connection may come together") {
    OpenStage stage;
    const auto call = stage.call(edit());
    const auto id = id_of(stage.run(stage.session->read_json()));
    stage.run(stage.session->write(ok_reply(id)));
    stage.session->close();
    CHECK(stage.finish(call));
    CHECK_FALSE(stage.connection->usable());
}

TEST_CASE("the end of an idle connection is noticed at once") {
    using Lose = std::function<void(PeerSession&)>;
    for (const auto& lose : {Lose([](PeerSession& session) { session.close(); }),
                             Lose([](PeerSession& session) { session.half_close(); }),
                             Lose([](PeerSession& session) { session.reset(); })}) {
        OpenStage stage;
        const auto before = open_files();
        CHECK(stage.connection->usable());
        lose(*stage.session);
        CHECK_FALSE(stage.connection->usable());  // although the reader has not run yet
        const auto refused = stage.finish(stage.call(edit()));
        CHECK(refused.error().code == ErrorCode::connection);
        CHECK(refused.error().outcome == Outcome::not_applied);
        stage.settle();
        CHECK(open_files() < before);  // the reader has closed our end
        CHECK(stage.connection->calls() == 0);
    }
}

TEST_CASE("bytes that nobody asked for make an idle connection unusable") {
    OpenStage stage;
    stage.run(stage.session->write(progress_event(1, 1, 2)));
    CHECK_FALSE(stage.connection->usable());
    stage.until([&] { return !stage.connection->usable(); });
    CHECK(stage.finish(stage.call()).error().outcome == Outcome::not_applied);
    stage.settle();
    const auto error = stage.finish(stage.call()).error();
    CHECK(error.code == ErrorCode::connection);
    CHECK_THAT(error.message, ContainsSubstring("nobody asked for"));
    stage.run(stage.session->wait_end());
}

TEST_CASE("whatever breaks the protocol ends the connection") {
    const struct {
        const char* name;
        std::string bytes;
        const char* message;
    } table[]{
        {"garbage", "HTTP/1.1 400 Bad Request\r\n\r\n", "more than the limit"},
        {"oversize", std::string("\x7f\xff\xff\xff\0\0\0\0", 8), "more than the limit"},
        {"empty", std::string(8, '\0'), "without JSON"},
        {"no JSON", frame("Traceback"), "invalid JSON"},
        {"invalid UTF-8", frame("{\"id\":1,\"ok\":true,\"result\":\"\xc3\"}"), "UTF-8"},
        {"deep",
         frame(R"({"id":1,"ok":true,"result":)" + std::string(500, '[') + std::string(500, ']') +
               "}"),
         "invalid JSON"},
        {"another id", ok_reply(99), "request 99, which is not open"},
        {"progress of another id", progress_event(99, 1, 2), "progress of request 99"},
        {"neither reply nor event", frame("{}"), "neither a reply nor an event"},
    };
    for (const auto& row : table) {
        INFO(row.name);
        OpenStage stage({.max_reply_bytes = 10'000});
        const auto call = stage.call(edit());
        const auto ping = stage.start(stage.connection->control("ping", "{}", 1s));
        stage.run(stage.session->read_json());
        stage.run(stage.session->write(row.bytes));
        const auto error = stage.finish(call).error();
        CHECK(error.code == ErrorCode::protocol);
        CHECK(error.outcome == Outcome::unknown);
        CHECK_THAT(error.message, ContainsSubstring(row.message));
        CHECK(stage.finish(ping).error().code == ErrorCode::protocol);
        CHECK_FALSE(stage.connection->usable());
        stage.run(stage.session->wait_end());
    }
}

TEST_CASE("a second answer to the same request ends the connection") {
    OpenStage stage;
    const auto call = stage.call(edit());
    const auto id = id_of(stage.run(stage.session->read_json()));
    stage.run(stage.session->write(ok_reply(id, "1") + ok_reply(id, "2")));
    CHECK(stage.finish(call).value().result() == "1");
    stage.until([&] { return !stage.connection->usable(); });
}

TEST_CASE("a request of which nothing could be written has done nothing") {
    OpenStage stage;
    ::shutdown(socket_to(stage.peer->port()), SHUT_WR);
    const auto error = stage.finish(stage.call(edit())).error();
    CHECK(error.code == ErrorCode::connection);
    CHECK(error.outcome == Outcome::not_applied);
    CHECK_THAT(error.message, ContainsSubstring("could not be sent to Blender: Broken pipe"));
    CHECK_FALSE(stage.connection->usable());
}

TEST_CASE("a peer that resets while a large request is being written may have got it") {
    OpenStage stage;
    auto request = edit();
    request.args = R"({"text":")" + std::string(std::size_t{30} << 20, 'x') + "\"}";
    const auto call = stage.call(std::move(request));
    stage.settle();
    CHECK_FALSE(call->done());
    stage.session->reset();
    const auto error = stage.finish(call).error();
    CHECK(error.code == ErrorCode::connection);
    CHECK(error.outcome == Outcome::unknown);
}

TEST_CASE("close ends a call and its control operations, and may be repeated") {
    OpenStage stage;
    const auto call = stage.call(edit());
    const auto ping = stage.start(stage.connection->control("ping", "{}", 1s));
    stage.connection->close();
    stage.connection->close();
    const auto error = stage.finish(call).error();
    CHECK(error.code == ErrorCode::connection);
    CHECK(error.outcome == Outcome::unknown);
    CHECK(stage.finish(ping).error().code == ErrorCode::connection);
    CHECK(stage.finish(stage.start(stage.connection->control("ping", "{}", 1s))).error().code ==
          ErrorCode::connection);
    stage.run(stage.session->wait_end());
}

TEST_CASE("a call survives the owner of its connection") {
    OpenStage stage;
    const auto call = stage.call(edit());
    stage.connection.reset();
    CHECK(stage.finish(call).error().code == ErrorCode::connection);
}

TEST_CASE("a call that ends by an exception closes the connection") {
    OpenStage stage;
    boost::asio::cancellation_signal abort;
    std::exception_ptr failure;
    boost::asio::co_spawn(stage.io, ignore_result(stage.connection->call(edit(), {}, {})),
                          boost::asio::bind_cancellation_slot(
                              abort.slot(), [&](std::exception_ptr error) { failure = error; }));
    stage.run(stage.session->read_json());
    abort.emit(boost::asio::cancellation_type::terminal);
    stage.until([&] { return failure != nullptr; });
    CHECK_FALSE(stage.connection->usable());
    stage.run(stage.session->wait_end());
}
