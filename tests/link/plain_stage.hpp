// The stage with a connection to a plain peer that is open, and the peer's end of it.
#pragma once

#include "stage.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/link/plain.hpp>

#include <nlohmann/json.hpp>

namespace blender_mcpd::test {

/// The next request, which comes undelimited.
inline boost::asio::awaitable<std::string> read_request(PeerSession& session) {
    std::string text;
    do
        text += co_await session.read_some();
    while (text.back() != '}' || !core::Json::accept(text));
    co_return text;
}

inline const std::string plain_success = R"({"success":true,"data":{"n":1}})";

inline link::Request numbered(int number) {
    link::Request request;
    request.op = "echo";
    request.args = R"({"n":)" + std::to_string(number) + "}";
    return request;
}

/// A reply whose data is that of the request.
inline std::string echo_of(const std::string& request) {
    return R"({"success":true,"data":)" + core::Json::parse(request).at("data").dump() + "}";
}

/// Checks at its end that nothing is left of the connection.
struct PlainStage : Stage {
    using Answer = core::Result<link::Reply>;

    explicit PlainStage(link::ConnectionOptions all_options = {},
                        link::Dialect its_dialect = link::Dialect::seed)
        : dialect(its_dialect), options(all_options), files(open_files()) {
        peer.emplace(io.get_executor());
        reconnect();
    }

    ~PlainStage() {
        connection.reset();
        session.reset();
        peer.reset();
        until_quiet();
        CHECK(open_files() == files);
    }

    PlainStage(const PlainStage&) = delete;
    PlainStage& operator=(const PlainStage&) = delete;

    void reconnect() {
        auto opening = start(link::open_plain(timers, {.port = peer->port()}, dialect, options,
                                              core::CancelToken()));
        session.emplace(run(peer->accept()));
        connection = finish(opening).value();
    }

    Task<Answer> call(link::Request request, core::CancelToken cancel = {}) {
        return start(connection->call(std::move(request), std::move(cancel), {}));
    }
    Task<Answer> call() { return call(edit()); }
    static link::Request edit() {
        link::Request request;
        request.op = "create_objects";
        return request;
    }
    static link::Request query() {
        auto request = edit();
        request.mutates = false;
        return request;
    }

    std::string request() { return run(read_request(*session)); }
    void write(std::string bytes) {
        run(session->write(std::move(bytes)));
        run(session->delivered());
    }
    /// The answer to one call to which the peer replies these bytes.
    Answer reply_with(std::string bytes, link::Request request = edit()) {
        const auto task = call(std::move(request));
        this->request();
        run(session->write(std::move(bytes)));
        return finish(task);
    }

    link::Dialect dialect;
    link::ConnectionOptions options;
    decltype(open_files()) files;
    std::optional<ScriptedPeer> peer;
    std::optional<PeerSession> session;
    std::shared_ptr<link::Connection> connection;
};

inline void check_error(const PlainStage::Answer& answer, ErrorCode code, Outcome outcome,
                        const std::string& message) {
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == code);
    CHECK(answer.error().outcome == outcome);
    CHECK(answer.error().message == "Command failed: " + message);
}

}  // namespace blender_mcpd::test
