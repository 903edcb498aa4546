// A client that sends anything: one message a line, as the transport hands them on, and lines that
// begin with ! for what happens beside messages. Every request is answered at most once, and at the
// end all are that were not cancelled; what we ask is answered or withdrawn; everything is one line
// of JSON-RPC; no call, timer or task is left.
#include "batch.hpp"
#include "daemon.hpp"
#include "fuzz.hpp"
#include "message.hpp"

#include <blender_mcpd/mcp/session.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <set>

#include <support/function_channel.hpp>

namespace blender_mcpd {
namespace {

using fuzz::Daemon;
using fuzz::require;

class Conversation {
  public:
    explicit Conversation(Daemon& daemon) : daemon_(daemon) {}

    void receive(std::string line) {
        line = secrets_.fill(std::move(line));
        if (!direct(line)) {
            expect(line);
            const auto headers = mirrors_ ? fuzz::mirrored(line) : mcp::MirroredHeaders{};
            session_.receive(line, client_, mirrors_ ? &headers : nullptr);
        }
        daemon_.loop.settle();
    }

    void end() {
        session_.cancel_all(core::CancelReason::shutdown);
        daemon_.loop.settle();
        daemon_.tidy();
        require(session_.in_flight() == 0, "no call is left");
        require(asked_.empty(), "what we ask is answered or withdrawn");
        std::size_t missing = 0;
        for (const auto& [id, count] : owed_)
            missing += count;
        require(missing <= cancellations_, "every request is answered, unless it was cancelled");
    }

  private:
    bool direct(std::string_view line) {
        if (line == "!attach")
            session_.attach(client_);
        else if (line == "!headers")
            mirrors_ = !mirrors_;
        else if (line == "!change")
            change();
        else if (line == "!wait")
            daemon_.loop.advance(std::chrono::minutes(11));
        else if (line == "!open")
            daemon_.gate.set();
        else
            return false;
        return true;
    }

    void change() {
        auto& registry = daemon_.server.registry();
        registry.add(mcp::offered_tools(daemon_.gate).front());
        registry.updated("test://text");
    }

    /// Notes what the session owes for it: a batch that it takes, what its messages owe.
    void expect(std::string_view line) {
        const bool taken = mcp::is_batch(line) && session_.revision().has_batches();
        const auto messages = taken ? mcp::split_batch(line) : core::Error{};
        if (!messages || messages->empty() || messages->size() > mcp::max_batch)
            return note(mcp::classify(line));
        for (const auto message : *messages)
            note(mcp::classify(message));
    }

    void note(const mcp::Message& message) {
        if (const auto* request = std::get_if<mcp::Request>(&message)) ++owed_[request->id];
        if (const auto* bad = std::get_if<mcp::BadMessage>(&message)) ++owed_[bad->id];
        if (const auto* response = std::get_if<mcp::Response>(&message)) asked_.erase(response->id);
        const auto* notification = std::get_if<mcp::Notification>(&message);
        if (notification != nullptr && notification->method == "notifications/cancelled")
            ++cancellations_;
    }

    void check(const std::string& sent) {
        secrets_.learn(sent);
        require(sent.find_first_of("\r\n") == std::string::npos, "it is one line", sent);
        if (!mcp::is_batch(sent)) return check_message(sent);
        const auto answers = mcp::split_batch(sent);
        require(answers.has_value() && !answers->empty(), "a batch holds answers", sent);
        for (const auto answer : *answers)
            check_message(answer);
    }

    void check_message(std::string_view sent) {
        const auto message = core::RawObject::scan(sent);
        require(message.has_value(), "it is a JSON object", sent);
        require(message->find("jsonrpc") == "\"2.0\"", "it is JSON-RPC 2.0", sent);
        const auto id = message->find("id");
        if (message->find("method")) {
            require(!message->find("result"), "a request has no result", sent);
            return id ? check_question(*message, *id) : check_notification(*message);
        }
        require(message->find("result").has_value() != message->find("error").has_value(),
                "an answer is a result or an error", sent);
        auto& owed = owed_[id ? std::string(*id) : std::string()];
        require(owed > 0, "nothing is answered twice", sent);
        --owed;
    }

    void check_question(const core::RawObject& message, std::string_view id) {
        const auto method = message.find("method");
        require(method == "\"elicitation/create\"" || method == "\"sampling/createMessage\"" ||
                    method == "\"roots/list\"",
                "we ask what clients can answer", *method);
        require(asked_.insert(std::string(id)).second, "no id of ours is used twice", id);
    }

    void check_notification(const core::RawObject& message) {
        if (message.find("method") != "\"notifications/cancelled\"") return;
        const auto params = core::RawObject::scan(*message.find("params"));
        asked_.erase(std::string(*params->find("requestId")));
    }

    Daemon& daemon_;
    mcp::Session session_{daemon_.server, daemon_.server.name_client()};
    std::shared_ptr<mcp::Channel> client_ =
        test::channel([this](const std::string& sent) { check(sent); });
    bool mirrors_ = false;
    fuzz::Secrets secrets_;
    std::map<std::string, std::size_t> owed_;  // answers, by raw id; empty: none that could be read
    std::set<std::string> asked_;              // ids of our questions
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
        conversation.receive(std::string(line));
    }
    conversation.end();
    return 0;
}
