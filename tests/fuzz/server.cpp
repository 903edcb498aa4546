// The whole server behind its transports. The first byte of an input chooses: odd ("s") is a
// conversation of lines, as over standard input and output, even ("h") is HTTP. What follows is
// sent as it is, in one piece up to the next line that begins with !, for what happens besides.
// Whatever comes in: nothing but valid MCP goes out, no request is answered twice, and in the end
// no connection, session, call, task or timer is left.
#include "daemon.hpp"
#include "fuzz.hpp"
#include "http_parser.hpp"
#include "http_sse.hpp"
#include "outgoing.hpp"

#include <blender_mcpd/mcp/session.hpp>
#include <blender_mcpd/transport/http.hpp>
#include <blender_mcpd/transport/stdio.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <transport/pipes.hpp>

namespace blender_mcpd {
namespace {

using fuzz::require;
using namespace std::chrono_literals;

constexpr std::size_t max_body_bytes = 8'192;
constexpr std::size_t max_connections = 4;
constexpr std::size_t max_line_bytes = 4'096;

transport::HttpOptions http_options() {
    transport::HttpOptions options;
    options.max_body_bytes = max_body_bytes;
    options.max_connections = max_connections;
    options.max_sessions = 4;
    options.max_replay_events = 8;
    options.metrics_text = [] { return "metrics\n"; };
    return options;
}

/// Kept across inputs; never destroyed, as its connections belong to the loop.
struct Site : fuzz::Daemon {
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
            loop.advance(11min);
        else if (line == "!pause")
            loop.advance(16s);
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

// Lines.

class LineClient {
  public:
    explicit LineClient(Site& site) : site_(site) {
        int ends[2];
        require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0,
                "there are sockets");
        const int small = 4'096;  // so that a client that does not read is felt
        ::setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
        end_.reset(ends[0]);
        const transport::LineOptions options{.max_line_bytes = max_line_bytes,
                                             .max_outbox_bytes = 8'192};
        transport_.emplace(site.loop.timers, site.server,
                           transport::StdioDescriptors{ends[1], ::dup(ends[1]), false}, options);
        site.loop.spawn(run(*transport_, ended_));
    }

    bool direct(std::string_view line) {
        if (line == "!half")
            finish_sending();
        else if (line == "!close")
            end_.close();
        else if (line == "!stop")
            transport_->stop(core::CancelReason::shutdown);
        else if (line == "!mute")
            mute_ = !mute_;
        else
            return false;
        complete_ = complete_ && line == "!mute";
        take();
        return true;
    }

    void send(std::string_view bytes) {
        if (half_closed_ || end_.fd() < 0) return;
        sent_ += bytes;
        for (auto end = sent_.find('\n'); end != std::string::npos; end = sent_.find('\n')) {
            note(std::string_view(sent_).substr(0, end));
            sent_.erase(0, end + 1);
        }
        if (sent_.size() > max_line_bytes) note_long();  // refused before it ends
        while (!bytes.empty()) {
            const auto size = end_.write(bytes);
            bytes.remove_prefix(size);
            const bool got = take();
            if (size == 0 && !got) break;
        }
        if (!bytes.empty()) complete_ = false;
        take();
    }

    void end() {
        mute_ = false;
        finish_sending();
        while (take()) {
        }
        site_.loop.advance(2s);  // calls that still run are cancelled
        site_.gate.set();
        while (take()) {
        }
        if (!ended_) site_.loop.advance(10s);
        take();
        require(ended_, "a conversation ends with its input");
        require(!complete_ || received_.empty(), "the last line has an end", received_);
        require(!complete_ || ledger_.settled(), "every request is answered");
        transport_.reset();
        site_.tidy();
    }

    fuzz::Secrets secrets;

  private:
    static boost::asio::awaitable<void> run(transport::StdioTransport& transport, bool& ended) {
        co_await transport.run();
        ended = true;
    }

    void finish_sending() {
        if (std::exchange(half_closed_, true) || end_.fd() < 0) return;
        note(sent_);
        ::shutdown(end_.fd(), SHUT_WR);
    }

    /// Not all of what is noted must be answered.
    void note(std::string_view line) {
        if (line.size() > max_line_bytes) note_long();
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.find_first_not_of(" \t") == std::string_view::npos) return;
        ledger_.note(fuzz::requested(line));
        const auto message = mcp::classify(line);
        const auto* request = std::get_if<mcp::Request>(&message);
        const auto* notification = std::get_if<mcp::Notification>(&message);
        if (mcp::is_batch(line) ||
            (request != nullptr && request->method == "subscriptions/listen") ||
            (notification != nullptr && notification->method == "notifications/cancelled"))
            complete_ = false;
    }

    void note_long() {
        ledger_.note({""});
        complete_ = false;
    }

    /// Whether there was something.
    bool take() {
        site_.settle();
        if (mute_ || end_.fd() < 0) return false;
        const auto got = end_.read();
        received_ += got;
        for (auto end = received_.find('\n'); end != std::string::npos;
             end = received_.find('\n')) {
            const auto line = received_.substr(0, end);
            received_.erase(0, end + 1);
            secrets.learn(line);
            ledger_.settle(fuzz::answered(line), line);
        }
        site_.settle();
        return !got.empty();
    }

    Site& site_;
    transport::End end_;
    std::optional<transport::StdioTransport> transport_;
    bool ended_ = false;
    bool half_closed_ = false;
    bool mute_ = false;     // reads nothing
    bool complete_ = true;  // all that was noted must be answered, and nothing is cut off
    std::string sent_;      // of a line that has no end yet
    std::string received_;  // the same
    Ledger ledger_;
};

// HTTP.

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
            fuzz::HttpAnswer answer;
            const auto size = fuzz::read_answer(received_, answer);
            if (size == 0 || !answer.whole) break;
            check(answer);
            received_.erase(0, size);
        }
        return got;
    }
    /// Checks what has come of an answer that is not whole.
    void finish() {
        fuzz::HttpAnswer answer;
        if (!received_.empty() && fuzz::read_answer(received_, answer) > 0) check(answer);
    }

  private:
    using Parser = transport::http::Parser;
    struct Asked {
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
        auto ids = post ? fuzz::requested(request.body) : std::vector<std::string>{};
        ledger_.note(ids);
        asked_.push_back({post, request.header("last-event-id").has_value(), std::move(ids)});
    }

    void check(const fuzz::HttpAnswer& answer) {
        const auto status = answer.status;
        if (status == 100) return require(answer.headers.empty(), "100 says nothing more");
        const bool known = status == 200 || status == 202 || status == 204 ||
                           (status >= 400 && status <= 417) || status == 431 || status == 503;
        require(known, "the status is one of ours", std::to_string(status));
        const auto type = answer.header("Content-Type");
        require(!answer.body.empty() || status == 202 || status == 204 || type.empty() ||
                    answer.is_stream() || !answer.whole,
                "what has a type has a body", type);
        const auto* asked = turn_ < asked_.size() ? &asked_[turn_] : nullptr;
        ++turn_;
        require(asked != nullptr || status >= 400, "only requests are answered");
        if (answer.is_stream())
            check_stream(answer, *asked);
        else if (type == "application/json" && answer.whole)
            check_answers(fuzz::answered(answer.body), asked, answer.body);
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

    void check_stream(const fuzz::HttpAnswer& answer, const Asked& asked) {
        std::optional<transport::http::EventId> last;
        for (const auto& event : fuzz::read_events(answer.body)) {
            if (!event.id.empty()) {
                const auto id = transport::http::read_event_id(event.id);
                require(id.has_value(), "an event id can be read", event.id);
                require(!last || (id->stream == last->stream && id->number > last->number),
                        "the events of a stream are in order", answer.body);
                last = id;
            }
            if (event.data.empty()) continue;
            const auto ids = fuzz::answered(event.data);
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
std::string post(const std::string& body, const std::string& session) {
    std::string head =
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Accept: application/json, text/event-stream\r\n";
    const auto preview = mcp::preview(body);
    if (preview.modern) {
        const auto mirrored = fuzz::mirrored(body);
        head += "MCP-Protocol-Version: 2026-07-28\r\n";
        if (mirrored.method) head += fmt::format("Mcp-Method: {}\r\n", *mirrored.method);
        if (mirrored.name) head += fmt::format("Mcp-Name: {}\r\n", *mirrored.name);
        for (const auto& [name, value] : mirrored.parameters)
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
            mute_ = !mute_;
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
        site_.loop.advance(16s);  // comments on what is silent, timeouts of what is not whole
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

    fuzz::Secrets secrets;

  private:
    void add() {
        // One more than there may be.
        if (wires_.size() > max_connections) close_front();
        auto wire = Wire::connect(site_.http.port(), ledger_);
        if (wire) wires_.insert(wires_.begin(), std::move(wire));
    }

    void close_front() {
        wires_.front()->read();
        wires_.front()->finish();
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
    bool mute_ = false;
};

template <typename Client>
void converse(Site& site, std::string_view input) {
    Client client(site);
    std::string piece;
    const auto flush = [&] {
        if (!piece.empty()) client.send(std::exchange(piece, {}));
    };
    while (!input.empty()) {
        const auto size = std::min(input.find('\n'), input.size() - 1) + 1;
        const bool plain = !input.starts_with('!');
        if (!plain) flush();
        auto line = client.secrets.fill(std::string(input.substr(0, size)));
        input.remove_prefix(size);
        if (plain) {
            piece += line;
            continue;
        }
        if (line.ends_with('\n')) line.pop_back();
        if (line != "!" && !site.direct(line) && !client.direct(line)) piece += line;
    }
    flush();
    client.end();
}

}  // namespace
}  // namespace blender_mcpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace blender_mcpd;
    spdlog::set_level(spdlog::level::off);
    static auto& site = *new Site;
    if (size == 0) return 0;
    const auto input = fuzz::text_of(data, size).substr(1);
    if (data[0] % 2 == 1)
        converse<LineClient>(site, input);
    else
        converse<HttpClients>(site, input);
    return 0;
}
