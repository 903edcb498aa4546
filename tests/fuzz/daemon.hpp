// The server that fuzz targets talk to, and what their clients know.
#pragma once

#include "fuzz.hpp"
#include "tasks.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/mcp/mirrored_headers.hpp>
#include <blender_mcpd/mcp/server.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mcp/fake_offers.hpp>
#include <mcp/fake_tools.hpp>
#include <support/loop.hpp>

namespace blender_mcpd::fuzz {

/// What all conversations share: building it takes longer than most conversations.
struct Daemon {
    test::ManualLoop loop;
    core::Metrics metrics;
    mcp::FakeTools fakes{loop.io.get_executor()};
    core::Event gate{loop.io.get_executor()};
    mcp::Server server{
        loop.timers, metrics, {"fuzz", "Fuzz", "1", "Ask."}, tools(), {.in_flight = 4, .tasks = 3}};

    Daemon() {
        mcp::add_resources(server.registry());
        mcp::add_prompts(server.registry());
    }

    std::vector<mcp::Tool> tools() {
        auto all = fakes.all();
        std::erase_if(all, [](const mcp::Tool& tool) { return tool.name == "deaf"; });
        for (auto& tool : mcp::offered_tools(gate))
            all.push_back(std::move(tool));
        return all;
    }

    /// Everybody ends, and the tasks are forgotten.
    void tidy() {
        gate.set();
        for (const auto* tool : {"slow", "nervous", "progress"})
            fakes.release(tool);
        loop.settle();
        // What ends may begin something that ends later.
        for (int i = 0; i == 0 || (i < 16 && !loop.timers.armed().empty()); ++i)
            loop.advance(std::chrono::hours(25));
        gate.reset();
        for (const auto* tool : {"slow", "nervous", "progress"})
            fakes.hold(tool);
        fakes.contexts.clear();
        require(metrics.value(mcp::calls_in_flight) == 0, "no call is left");
        require(metrics.value(mcp::tasks_working) == 0, "no task is left");
        const auto armed = loop.timers.armed();
        require(armed.empty(), "no timer is left", armed.empty() ? "" : armed.front());
    }
};

inline std::optional<std::string> text(const core::Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_string()) return std::nullopt;
    return found->get<std::string>();
}

/// The headers of a client that means it well.
inline mcp::MirroredHeaders mirrored(std::string_view line) {
    mcp::MirroredHeaders headers;
    headers.protocol_version = "2026-07-28";
    const auto message = core::parse_json(line);
    if (!message || !message->is_object()) return headers;
    headers.method = text(*message, "method");
    const auto params = message->find("params");
    if (params == message->end()) return headers;
    for (const auto* name : {"name", "uri", "taskId"})
        if (auto value = text(*params, name)) headers.name = std::move(value);
    if (const auto arguments = params->find("arguments"); arguments != params->end())
        if (const auto region = text(*arguments, "region")) headers.parameters["region"] = *region;
    return headers;
}

/// What no input can know: what was sent last of what is chosen at random.
class Secrets {
  public:
    void learn(std::string_view sent) {
        for (auto& secret : secrets_) {
            const auto at = sent.rfind(secret.before);
            if (at == std::string_view::npos) continue;
            const auto value = sent.substr(at + secret.before.size());
            secret.value = value.substr(0, value.find_first_of("\"\r\n"));
        }
    }
    [[nodiscard]] std::string fill(std::string line) const {
        for (const auto& [name, before, value] : secrets_)
            for (auto at = line.find(name); at != std::string::npos;
                 at = line.find(name, at + value.size()))
                line.replace(at, name.size(), value);
        return line;
    }
    [[nodiscard]] const std::string& session() const { return secrets_[2].value; }

  private:
    struct Secret {
        std::string_view name;    // in inputs
        std::string_view before;  // what stands before its value
        std::string value{};
    };
    std::array<Secret, 4> secrets_{{{"<task>", "\"taskId\":\""},
                                    {"<state>", "\"requestState\":\""},
                                    {"<session>", "Mcp-Session-Id: "},
                                    {"<event>", "\nid: "}}};
};

}  // namespace blender_mcpd::fuzz
