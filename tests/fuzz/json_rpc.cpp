// A client that sends anything: one message a line, as the transport hands them on. Every request
// gets one answer, every answer is one line of JSON-RPC, and no call is left.
#include "fuzz.hpp"
#include "message.hpp"

#include <blender_mcpd/mcp/session.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>

#include <mcp/fake_tools.hpp>
#include <support/function_channel.hpp>
#include <support/loop.hpp>

namespace blender_mcpd {
namespace {

using fuzz::require;

/// What all conversations share: building it takes longer than most conversations.
struct Daemon {
    test::ManualLoop loop;
    core::Metrics metrics;
    mcp::FakeTools fakes{loop.io.get_executor()};
    mcp::Server server{loop.timers, metrics, {"fuzz", "Fuzz", "1", "Ask."}, tools(), {4}};

    std::vector<mcp::Tool> tools() {
        auto all = fakes.all();
        std::erase_if(all, [](const mcp::Tool& tool) { return tool.name == "deaf"; });
        return all;
    }
};

class Conversation {
  public:
    explicit Conversation(Daemon& daemon) : daemon_(daemon) {}

    void receive(std::string_view line) {
        note(mcp::classify(line));
        session_.receive(line, client_);
        daemon_.loop.settle();
    }

    void end() {
        session_.cancel_all(core::CancelReason::shutdown);
        daemon_.loop.settle();
        require(session_.in_flight() == 0, "no call is left");
        require(daemon_.metrics.value(mcp::calls_in_flight) == 0, "no call is left");
        require(daemon_.loop.timers.armed().empty(), "no timer is left");
        daemon_.fakes.contexts.clear();
        std::size_t missing = 0;
        for (const auto& [id, count] : owed_)
            missing += count;
        require(missing <= cancellations_, "every request is answered, unless it was cancelled");
    }

  private:
    void note(const mcp::Message& message) {
        if (const auto* request = std::get_if<mcp::Request>(&message)) ++owed_[request->id];
        if (const auto* bad = std::get_if<mcp::BadMessage>(&message)) ++owed_[bad->id];
        const auto* notification = std::get_if<mcp::Notification>(&message);
        if (notification != nullptr && notification->method == "notifications/cancelled")
            ++cancellations_;
    }

    void check(const std::string& sent) {
        require(sent.find_first_of("\r\n") == std::string::npos, "it is one line", sent);
        const auto message = core::RawObject::scan(sent);
        require(message.has_value(), "it is a JSON object", sent);
        require(message->find("jsonrpc") == "\"2.0\"", "it is JSON-RPC 2.0", sent);
        const auto id = message->find("id");
        if (message->find("method")) {
            require(!id && !message->find("result"), "we send no requests", sent);
            return;
        }
        require(message->find("result").has_value() != message->find("error").has_value(),
                "an answer is a result or an error", sent);
        auto& owed = owed_[id && id != "null" ? std::string(*id) : std::string()];
        require(owed > 0, "nothing is answered twice", sent);
        --owed;
    }

    Daemon& daemon_;
    mcp::Session session_{daemon_.server, daemon_.server.name_client()};
    std::shared_ptr<mcp::Channel> client_ =
        test::channel([this](const std::string& sent) { check(sent); });
    std::map<std::string, std::size_t> owed_;  // answers, by raw id; empty: none that could be read
    std::size_t cancellations_ = 0;
};

}  // namespace
}  // namespace blender_mcpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace blender_mcpd;
    spdlog::set_level(spdlog::level::off);
    auto input = fuzz::text_of(data, size);
    static Daemon daemon;
    Conversation conversation(daemon);
    while (!input.empty()) {
        const auto line = input.substr(0, input.find('\n'));
        input.remove_prefix(std::min(line.size() + 1, input.size()));
        conversation.receive(line);
    }
    conversation.end();
    return 0;
}
