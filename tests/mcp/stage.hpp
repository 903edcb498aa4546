// A session with fake tools, in one process; time stands still.
#pragma once

#include "fake_offers.hpp"
#include "fake_tools.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/mcp/session.hpp>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <support/catch.hpp>
#include <support/function_channel.hpp>
#include <support/loop.hpp>

namespace blender_mcpd::mcp {

struct Stage {
    test::ManualLoop loop;
    core::Metrics metrics;
    FakeTools fakes{loop.io.get_executor()};
    ServerLimits limits;
    core::Event gate{loop.io.get_executor()};  // of the offered tools
    std::vector<std::string> tools;  // names of those that exist; empty: all that are fake_tools'
    bool resources = false;
    bool prompts = false;
    std::optional<Server> server;
    std::unique_ptr<Session> session;
    std::deque<std::string> sent;
    std::shared_ptr<test::FunctionChannel> client = test::channel([this](std::string message) {
        check_message(message);
        sent.push_back(std::move(message));
    });

    ~Stage() {
        session.reset();
        gate.set();
        for (const auto* name : {"slow", "deaf", "nervous", "progress"})
            fakes.release(name);
        loop.settle();
        if (server) loop.spawn(server->end_tasks());
    }

    void start() {
        auto chosen = fakes.all();
        if (!tools.empty()) {
            for (auto& tool : offered_tools(gate))
                chosen.push_back(std::move(tool));
            std::erase_if(chosen, [&](const Tool& tool) {
                return std::find(tools.begin(), tools.end(), tool.name) == tools.end();
            });
        }
        server.emplace(loop.timers, metrics,
                       Implementation{"test", "A test", "1.2.3", "How to \"use\" it."},
                       std::move(chosen), limits);
        if (resources) add_resources(server->registry());
        if (prompts) add_prompts(server->registry());
        session = std::make_unique<Session>(*server, server->name_client());
    }

    /// What the session says of the message: whether somebody waits for an answer.
    bool receive(std::string_view message, const MirroredHeaders* headers = nullptr) {
        if (!session) start();
        const bool awaited = session->receive(message, client, headers);
        loop.settle();
        return awaited;
    }

    /// The oldest message that was sent and not taken yet; empty when there is none.
    std::string take() {
        if (sent.empty()) return {};
        auto message = std::move(sent.front());
        sent.pop_front();
        return message;
    }

    std::string ask(std::string_view message) {
        receive(message);
        return take();
    }

    /// Whatever is sent must be one JSON object on one line.
    static void check_message(const std::string& message) {
        CAPTURE(message);
        CHECK(message.find_first_of("\r\n") == std::string::npos);
        const auto parsed = core::parse_json(message);
        REQUIRE(parsed.has_value());
        // An array answers a batch.
        for (const auto& one : parsed->is_array() ? *parsed : core::Json::array({*parsed}))
            CHECK(one.value("jsonrpc", "") == "2.0");
    }

    Stage() = default;
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;
};

}  // namespace blender_mcpd::mcp
