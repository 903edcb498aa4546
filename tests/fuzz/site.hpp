// The server with its HTTP port, and what all kinds of clients share.
#pragma once

#include "daemon.hpp"
#include "fuzz.hpp"

#include <blender_mcpd/transport/http.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::fuzz {

inline constexpr std::size_t max_body_bytes = 8'192;
inline constexpr std::size_t max_connections = 4;

inline transport::HttpOptions http_options() {
    transport::HttpOptions options;
    options.max_body_bytes = max_body_bytes;
    options.max_connections = max_connections;
    options.max_sessions = 4;
    options.max_replay_events = 8;
    options.metrics_text = [] { return "metrics\n"; };
    return options;
}

/// Kept across inputs; never destroyed, as its connections belong to the loop.
struct Site : Daemon {
    transport::HttpServer http{loop.timers, server, http_options()};

    Site() {
        std::signal(SIGPIPE, SIG_IGN);
        require(http.start().has_value(), "the server listens");
    }
    /// What one thing sets off takes some turns.
    void settle() {
        for (int i = 0; i < 4; ++i)
            loop.settle();
    }
    /// Of the clients' doing beside what they send. False for what is no such thing.
    bool direct(std::string_view line) {
        if (line == "!wait")
            loop.advance(std::chrono::minutes(11));
        else if (line == "!pause")
            loop.advance(std::chrono::seconds(16));
        else if (line == "!open")
            gate.set();
        else if (line == "!release")
            fakes.release("slow");
        else if (line == "!change")
            change();
        else
            return false;
        settle();
        return true;
    }
    void change() {
        server.registry().add(mcp::offered_tools(gate).front());
        server.registry().updated("test://text");
    }
};

/// How often each request was sent and not answered, by raw id.
class Ledger {
  public:
    void note(const std::vector<std::string>& ids) {
        for (const auto& id : ids)
            ++owed_[id];
    }
    void settle(const std::vector<std::string>& ids, std::string_view sent) {
        for (const auto& id : ids) {
            auto& owed = owed_[id];
            require(owed > 0, "nothing is answered twice", sent);
            --owed;
        }
    }
    [[nodiscard]] bool settled() const {
        return std::ranges::all_of(owed_, [](const auto& entry) { return entry.second == 0; });
    }

  private:
    std::map<std::string, std::size_t> owed_;
};

}  // namespace blender_mcpd::fuzz
