// Clients of HTTP, who know each other's secrets.
#pragma once

#include "http_parser.hpp"
#include "http_sse.hpp"
#include "outgoing.hpp"
#include "site.hpp"

#include <blender_mcpd/mcp/session.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <transport/pipes.hpp>

namespace blender_mcpd::fuzz {

/// One connection. Takes apart what it sends as the server does, to know what must come back.
class Wire {
  public:
    /// Null when there is no port left.
    static std::unique_ptr<Wire> connect(std::uint16_t port, Ledger& ledger) {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const bool connected =
            ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        require(connected || errno == EADDRNOTAVAIL, "the server can be reached");
        auto wire = std::make_unique<Wire>(fd, ledger);  // which blocks no more
        if (!connected) return nullptr;
        // Closing leaves nothing behind that would use up the ports.
        const linger at_once{1, 0};
        ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        return wire;
    }
    Wire(int fd, Ledger& ledger) : ledger_(ledger) { end_.reset(fd); }

    std::size_t write(std::string_view bytes) {
        const auto size = end_.write(bytes);
        parse(bytes.substr(0, size));
        return size;
    }
    void half_close() { ::shutdown(end_.fd(), SHUT_WR); }

    /// What has come since.
    std::string read() {
        auto got = end_.read();
        received_ += got;
        while (!received_.empty()) {
            HttpAnswer answer;
            const bool bodiless = turn_ < asked_.size() && asked_[turn_].head;
            const auto size = read_answer(received_, answer, bodiless);
            if (size == 0 || !answer.whole) break;
            check(answer);
            received_.erase(0, size);
        }
        return got;
    }
    /// Checks what has come of an answer that is not whole. `all`: nothing more would come.
    void finish(bool all) {
        HttpAnswer answer;
        if (received_.empty()) return;
        // To one that was refused before it was whole.
        const bool bodiless =
            parser_->request().method == "HEAD" && received_.ends_with("\r\n\r\n");
        const auto size = read_answer(received_, answer, bodiless);
        require(!all || (size > 0 && answer.is_stream()), "only a stream has no end", received_);
        if (size > 0) check(answer);
    }

  private:
    using Parser = transport::http::Parser;
    struct Asked {
        bool head;
        bool post;
        bool resumes;
        std::vector<std::string> ids;
    };

    void parse(std::string_view bytes) {
        unparsed_ += bytes;
        while (parser_->state() != Parser::State::failed) {
            const auto before = parser_->state();
            const auto used = parser_->feed(unparsed_);
            unparsed_.erase(0, used);
            if (parser_->state() == Parser::State::complete) {
                note(parser_->request());
                parser_ = std::make_unique<Parser>(limits);
            } else if (used == 0 && parser_->state() == before) {
                return;
            }
        }
    }

    void note(const transport::http::Request& request) {
        const bool post = request.method == "POST";
        auto ids = post ? requested(request.body) : std::vector<std::string>{};
        ledger_.note(ids);
        asked_.push_back({request.method == "HEAD", post,
                          request.header("last-event-id").has_value(), std::move(ids)});
    }

    void check(const HttpAnswer& answer) {
        const auto status = answer.status;
        if (status == 100) return require(answer.headers.empty(), "100 says nothing more");
        const bool known = status == 200 || status == 202 || status == 204 ||
                           (status >= 400 && status <= 417) || status == 431 || status == 503;
        require(known, "the status is one of ours", std::to_string(status));
        const auto type = answer.header("Content-Type");
        const auto* asked = turn_ < asked_.size() ? &asked_[turn_] : nullptr;
        const bool head = asked != nullptr ? asked->head : parser_->request().method == "HEAD";
        require(!answer.body.empty() || status == 202 || status == 204 || type.empty() ||
                    answer.is_stream() || !answer.whole || head,
                "what has a type has a body", type);
        ++turn_;
        require(asked != nullptr || status >= 400, "only requests are answered");
        if (answer.is_stream())
            check_stream(answer, *asked);
        else if (type == "application/json" && answer.whole && !answer.body.empty())
            check_answers(answered(answer.body), asked, answer.body);
        else
            require(answer.body.empty() || type.starts_with("text/plain") || !answer.whole,
                    "the type is one of ours", type);
    }

    /// An answer belongs to the request that this is the response to: nothing is smuggled.
    void check_answers(std::vector<std::string> ids, const Asked* asked, std::string_view sent) {
        std::erase(ids, "");
        for (const auto& id : ids)
            require(asked != nullptr && std::ranges::count(asked->ids, id) > 0,
                    "an answer goes to who has asked", sent);
        ledger_.settle(ids, sent);
    }

    void check_stream(const HttpAnswer& answer, const Asked& asked) {
        std::optional<transport::http::EventId> last;
        for (const auto& event : read_events(answer.body)) {
            if (!event.id.empty()) {
                const auto id = transport::http::read_event_id(event.id);
                require(id.has_value(), "an event id can be read", event.id);
                require(!last || (id->stream == last->stream && id->number > last->number),
                        "the events of a stream are in order", answer.body);
                last = id;
            }
            if (event.data.empty()) continue;
            const auto ids = answered(event.data);
            if (asked.post)
                check_answers(ids, &asked, event.data);
            else
                require(asked.resumes || ids.empty(), "the stream of a session has no answers",
                        event.data);
        }
    }

    static constexpr Parser::Limits limits{std::size_t{32} << 10, max_body_bytes};
    Ledger& ledger_;
    transport::End end_;
    std::unique_ptr<Parser> parser_ = std::make_unique<Parser>(limits);
    std::string unparsed_;
    std::vector<Asked> asked_;
    std::size_t turn_ = 0;  // how many responses have come
    std::string received_;
};

/// A request of a client that means it well.
inline std::string post(const std::string& body, const std::string& session) {
    std::string head =
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Accept: application/json, text/event-stream\r\n";
    const mcp::Incoming message(body);
    const auto& preview = message.preview();
    if (preview.modern) {
        const auto headers = mirrored(body);
        head += "MCP-Protocol-Version: 2026-07-28\r\n";
        if (headers.method) head += fmt::format("Mcp-Method: {}\r\n", *headers.method);
        if (headers.name) head += fmt::format("Mcp-Name: {}\r\n", *headers.name);
        for (const auto& [name, value] : headers.parameters)
            head += fmt::format("Mcp-Param-{}: {}\r\n", name, value);
    } else if (!preview.initialize && !session.empty()) {
        head += fmt::format("Mcp-Session-Id: {}\r\n", session);
    }
    return fmt::format("{}Content-Length: {}\r\n\r\n{}", head, body.size(), body);
}

class HttpClients {
  public:
    explicit HttpClients(Site& site) : site_(site) {}

    bool direct(std::string_view line) {
        constexpr std::string_view posted = "!post ";
        if (line.starts_with(posted))
            send(post(std::string(line.substr(posted.size())), secrets.session()));
        else if (line == "!new")
            add();
        else if (line == "!next")
            std::rotate(wires_.begin(), wires_.begin() + (wires_.empty() ? 0 : 1), wires_.end());
        else if (line == "!half" && !wires_.empty())
            wires_.front()->half_close();
        else if (line == "!close" && !wires_.empty())
            close_front();
        else if (line == "!mute")
            toggle_mute();
        else
            return false;
        take();
        return true;
    }

    void send(std::string_view bytes) {
        if (wires_.empty()) add();
        while (!bytes.empty() && !wires_.empty()) {
            const auto size = wires_.front()->write(bytes);
            bytes.remove_prefix(size);
            const bool got = take();
            if (size == 0 && !got) break;
        }
    }

    void end() {
        mute_ = false;
        while (take()) {
        }
        site_.loop.advance(
            std::chrono::seconds(16));  // comments on what is silent, timeouts of what is not whole
        while (take()) {
        }
        site_.gate.set();
        site_.fakes.release("slow");
        while (take()) {
        }
        while (!wires_.empty())
            close_front();
        site_.settle();
        require(site_.metrics.value(transport::http_connections) == 0, "no connection is left");
        site_.tidy();
        require(site_.metrics.value(transport::http_sessions) == 0, "no session is left");
    }

    Secrets secrets;

  private:
    void toggle_mute() {
        mute_ = !mute_;
        was_mute_ = true;
    }

    void add() {
        // One more than there may be.
        if (wires_.size() > max_connections) close_front();
        auto wire = Wire::connect(site_.http.port(), ledger_);
        if (wire) wires_.insert(wires_.begin(), std::move(wire));
    }

    void close_front() {
        wires_.front()->read();
        wires_.front()->finish(!was_mute_);
        wires_.erase(wires_.begin());
        site_.settle();
    }

    bool take() {
        site_.settle();
        if (mute_) return false;
        bool some = false;
        for (const auto& wire : wires_) {
            const auto got = wire->read();
            secrets.learn(got);
            some = some || !got.empty();
        }
        site_.settle();
        return some;
    }

    Site& site_;
    Ledger ledger_;
    std::vector<std::unique_ptr<Wire>> wires_;  // the first is that which is used
    bool was_mute_ = false;                     // what was not read may be cut off
    bool mute_ = false;
};

}  // namespace blender_mcpd::fuzz
