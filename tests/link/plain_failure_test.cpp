// What a plain peer can do wrong, and that a late reply never answers the next command. Time is the
// test's.
#include "plain_stage.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <functional>

#include <sys/socket.h>

using namespace blender_mcpd;
using namespace blender_mcpd::test;

namespace {

using Lose = std::function<void(PeerSession&)>;

constexpr link::ConnectionOptions options{
    .connect_timeout = 5s, .inactivity_timeout = 30s, .transfer_timeout = 100s};

boost::asio::awaitable<void> ignore_result(boost::asio::awaitable<PlainStage::Answer> call) {
    static_cast<void>(co_await std::move(call));
}

}  // namespace

TEST_CASE("plain opening: a refused connect") {
    Stage stage;
    ScriptedPeer peer(stage.io.get_executor());
    const link::Endpoint endpoint{"127.0.0.1", peer.port()};
    peer.stop();
    const auto opened =
        stage.run(link::open_plain(stage.timers, endpoint, link::Dialect::seed, options, {}));
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == ErrorCode::connection);
    CHECK(opened.error().message == "Failed to establish connection to 127.0.0.1:" +
                                        std::to_string(endpoint.port) + ": Connection refused");
    stage.until_quiet();
}

TEST_CASE("plain opening: a name that does not exist, and a cancelled attempt") {
    Stage stage;
    const auto unknown = stage.run(
        link::open_plain(stage.timers, {"unknown.test", 9}, link::Dialect::seed, options, {}));
    REQUIRE_FALSE(unknown);
    CHECK_THAT(unknown.error().message,
               ContainsSubstring("Failed to establish connection to unknown.test:9: "));
    CHECK(unknown.error().code == ErrorCode::connection);

    core::CancelSource cancel;
    cancel.cancel(core::CancelReason::client);
    const auto cancelled = stage.run(link::open_plain(
        stage.timers, {"127.0.0.1", 9}, link::Dialect::seed, options, cancel.token()));
    REQUIRE_FALSE(cancelled);
    CHECK(cancelled.error().code == ErrorCode::cancelled);
    stage.until_quiet();
}

TEST_CASE("plain: closed before the reply is complete") {
    const struct {
        const char* name;
        std::string sent;
        const char* message;
        ErrorCode code;
    } table[]{
        {"nothing", "", "Connection closed before complete response (0 bytes)",
         ErrorCode::connection},
        {"blanks", " \n", "Empty response from Blender", ErrorCode::protocol},
        {"some", R"({"success":)", "Connection closed before complete response (11 bytes)",
         ErrorCode::connection},
        {"all but one", plain_success.substr(0, plain_success.size() - 1),
         "Connection closed before complete response (30 bytes)", ErrorCode::connection},
    };
    for (const auto& row : table) {
        for (const auto& lose : {Lose([](PeerSession& session) { session.close(); }),
                                 Lose([](PeerSession& session) { session.half_close(); })}) {
            for (const bool mutates : {true, false}) {
                INFO(row.name);
                PlainStage stage;
                const auto call = stage.call(mutates ? PlainStage::edit() : PlainStage::query());
                stage.request();
                stage.write(row.sent);
                lose(*stage.session);
                check_error(stage.finish(call), row.code,
                            mutates ? Outcome::unknown : Outcome::not_applied, row.message);
                CHECK_FALSE(stage.connection->usable());
            }
        }
    }
}

TEST_CASE("plain: a reset in the middle of a reply") {
    PlainStage stage;
    const auto call = stage.call();
    stage.request();
    stage.write(plain_success.substr(0, 5));
    stage.session->reset();
    check_error(stage.finish(call), ErrorCode::connection, Outcome::unknown,
                "Connection closed before complete response (5 bytes): Connection reset by peer");
}

TEST_CASE("plain: a peer that closes after each reply is a good one") {
    for (const auto& lose : {Lose([](PeerSession& session) { session.close(); }),
                             Lose([](PeerSession& session) { session.half_close(); })}) {
        PlainStage stage;
        const auto call = stage.call();
        stage.request();
        stage.run(stage.session->write(plain_success));
        lose(*stage.session);
        CHECK(stage.finish(call).value().result() == R"({"n":1})");
        CHECK_FALSE(stage.connection->usable());
        check_error(stage.finish(stage.call()), ErrorCode::connection, Outcome::not_applied,
                    "Blender has closed the connection");
        CHECK(stage.connection->calls() == 1);
    }
}

TEST_CASE("plain: the end of an idle connection is noticed before anything is sent") {
    for (const auto& lose : {Lose([](PeerSession& session) { session.close(); }),
                             Lose([](PeerSession& session) { session.reset(); })}) {
        PlainStage stage;
        lose(*stage.session);
        CHECK_FALSE(stage.connection->usable());
        const auto answer = stage.finish(stage.call());
        CHECK(answer.error().code == ErrorCode::connection);
        CHECK(answer.error().outcome == Outcome::not_applied);
        CHECK(stage.connection->calls() == 0);
    }
}

TEST_CASE("plain: bytes before a command are a late reply, and end the connection") {
    PlainStage stage;
    CHECK(stage.reply_with(plain_success));
    stage.write(plain_success);
    CHECK_FALSE(stage.connection->usable());
    check_error(stage.finish(stage.call()), ErrorCode::connection, Outcome::not_applied,
                "Blender sent bytes that nobody asked for: perhaps a late reply to an earlier "
                "command");
    CHECK(stage.connection->calls() == 1);
    stage.run(stage.session->wait_end());  // nothing was sent
}

TEST_CASE("plain: endless white space is no reply either") {
    PlainStage stage;
    stage.write(std::string(10'000, '\n'));
    CHECK_FALSE(stage.connection->usable());
}

TEST_CASE("plain: a late reply never answers the next command") {
    PlainStage stage(options);
    for (int round = 0; round < 1'000; ++round) {
        auto request = numbered(round);
        request.timeout = 1s;
        const auto call = stage.call(request);
        const auto asked = stage.request();
        stage.advance(1s);
        check_error(stage.finish(call), ErrorCode::timeout, Outcome::unknown,
                    "Blender did not reply to echo within 1 s");
        auto late = std::move(*stage.session);
        stage.reconnect();
        const auto next = stage.call(numbered(-round));
        try {
            stage.run(late.write(echo_of(asked)));
        } catch (const boost::system::system_error&) {
            // Our end is closed: the kernel may know that already.
        }
        stage.run(stage.session->write(echo_of(stage.request())));
        REQUIRE(stage.finish(next).value().result() == R"({"n":)" + std::to_string(-round) + "}");
    }
}

TEST_CASE("plain: a request of which nothing could be written has done nothing") {
    PlainStage stage;
    ::shutdown(socket_to(stage.peer->port()), SHUT_WR);
    const auto answer = stage.finish(stage.call());
    check_error(answer, ErrorCode::connection, Outcome::not_applied,
                "The request could not be sent to Blender: Broken pipe");
    CHECK_FALSE(stage.connection->usable());
}

TEST_CASE("plain: one call at a time") {
    PlainStage stage;
    const auto first = stage.call();
    const auto second = stage.finish(stage.call());
    check_error(second, ErrorCode::internal, Outcome::not_applied,
                "The connection carries another call already");
    CHECK(stage.request() == R"({"command":"create_objects"})");
    stage.run(stage.session->write(plain_success));
    CHECK(stage.finish(first));
    CHECK(stage.reply_with(plain_success));
}

TEST_CASE("plain: close ends a call, and may be repeated") {
    PlainStage stage;
    const auto call = stage.call();
    stage.request();
    stage.connection->close();
    stage.connection->close();
    check_error(stage.finish(call), ErrorCode::connection, Outcome::unknown,
                "The connection was closed by blender-mcpd");
    check_error(stage.finish(stage.call()), ErrorCode::connection, Outcome::not_applied,
                "The connection to Blender is not usable any more: The connection was closed by "
                "blender-mcpd");
}

TEST_CASE("plain: a call survives the owner of its connection") {
    PlainStage stage;
    const auto call = stage.call();
    stage.connection.reset();
    CHECK(stage.finish(call).error().code == ErrorCode::connection);
}

TEST_CASE("plain: a call that is cancelled from outside closes the connection") {
    PlainStage stage;
    boost::asio::cancellation_signal abort;
    bool ended = false;
    boost::asio::co_spawn(stage.io,
                          ignore_result(stage.connection->call(PlainStage::edit(), {}, {})),
                          boost::asio::bind_cancellation_slot(
                              abort.slot(), [&](const std::exception_ptr&) { ended = true; }));
    stage.request();
    abort.emit(boost::asio::cancellation_type::terminal);
    stage.until([&] { return ended; });
    CHECK_FALSE(stage.connection->usable());
    CHECK(stage.timers.armed().empty());
    stage.run(stage.session->wait_end());
}
