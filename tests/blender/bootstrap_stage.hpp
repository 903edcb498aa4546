// A user's Blender by way of its add-on. Time is the test's; the add-on and the runtime are
// scripted.
#pragma once

#include "attached.hpp"
#include "bootstrapped.hpp"

#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

#include <link/plain_stage.hpp>

namespace blender_mcpd::blender {

using namespace std::chrono_literals;
using core::ErrorCode;
using core::Outcome;
using test::PeerSession;
using test::Task;
using Answer = core::Result<link::Reply>;

inline constexpr std::string_view scene = R"({"scene":"native"})";

struct BootstrapStage : test::Stage {
    core::Metrics metrics;
    explicit BootstrapStage(link::Dialect dialect = link::Dialect::ahujasid) {
        addon.emplace(io.get_executor());
        runtime.emplace(io.get_executor());
        const link::Endpoint endpoint{"127.0.0.1", addon->port()};
        const link::PoolOptions pool{.max = 1, .min = 0};
        const link::ConnectionOptions options;
        const auto carrier =
            std::make_shared<Attached>(timers, metrics, endpoint, dialect, pool, options);
        peer = std::make_shared<Bootstrapped>(timers, metrics, endpoint, carrier, pool, options);
    }
    ~BootstrapStage() {
        peer->close();
        peer.reset();
        sessions.clear();
        addon.reset();
        runtime.reset();
        until_quiet();
    }
    BootstrapStage(const BootstrapStage&) = delete;
    BootstrapStage& operator=(const BootstrapStage&) = delete;

    Task<Answer> call(std::string op = "get_scene_info", bool mutates = false,
                      core::CancelToken cancel = {}) {
        link::Request request;
        request.op = std::move(op);
        request.uuid = "its-uuid";
        request.mutates = mutates;
        return start(peer->call(std::move(request), std::move(cancel), {}));
    }

    PeerSession& accept_at_addon() {
        return *sessions.emplace_back(std::make_unique<PeerSession>(run(addon->accept())));
    }
    PeerSession& welcome_at_runtime() {
        sessions.push_back(std::make_unique<PeerSession>(run(runtime->accept())));
        hello = run(sessions.back()->welcome());
        return *sessions.back();
    }
    /// The code that the add-on is asked to execute.
    std::string code(PeerSession& session) {
        const auto request = core::Json::parse(run(test::read_request(session)));
        CHECK(request.at("type") == "execute_code");
        return request.at("params").at("code").get<std::string>();
    }
    static std::string member(const std::string& code, const std::string& name) {
        const auto begin = code.find("\\\"" + name + "\\\":\\\"");
        REQUIRE(begin != std::string::npos);
        const auto value = begin + name.size() + 7;
        return code.substr(value, code.find('\\', value) - value);
    }
    void answer(PeerSession& session, const std::string& asked, const std::string& told) {
        const auto mark = member(asked, "mark");
        const core::Json result{{"executed", true},
                                {"result", "a log line\n" + mark + told + mark + "\nanother"}};
        run(session.write(core::Json{{"status", "success"}, {"result", result}}.dump()));
    }
    [[nodiscard]] std::string here(const std::string& session = "one") const {
        return core::Json{{"port", runtime->port()}, {"pid", 4711}, {"session", session}}.dump();
    }
    /// The runtime is there already.
    void let_in(const std::string& session = "one") {
        auto& connection = accept_at_addon();
        const auto asked = code(connection);
        token = member(asked, "token");
        answer(connection, asked, here(session));
        answer_ping();
    }
    void answer_ping() {
        auto& control = welcome_at_runtime();
        const auto ping = run(control.read_json());
        CHECK_THAT(ping, ContainsSubstring(R"("op":"ping")"));
        run(control.write(test::ok_reply(test::id_of(ping))));
    }
    void answer_call(std::string_view result = scene) {
        welcome_at_runtime();
        answer_next(result);
    }
    /// On the connection that came last.
    void answer_next(std::string_view result = scene) {
        const auto request = run(sessions.back()->read_json());
        run(sessions.back()->write(test::ok_reply(test::id_of(request), result)));
    }
    core::Json endpoint() { return run(peer->status()).at("endpoint"); }

    std::optional<test::ScriptedPeer> addon;
    std::optional<test::ScriptedPeer> runtime;
    std::vector<std::unique_ptr<PeerSession>> sessions;
    std::shared_ptr<Bootstrapped> peer;
    std::string hello;
    std::string token;
};

}  // namespace blender_mcpd::blender
