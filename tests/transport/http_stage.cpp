#include "http_stage.hpp"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace blender_mcpd::transport {

namespace {

using ToolCall = boost::asio::awaitable<mcp::ToolAnswer>;

mcp::ToolResult text(std::string content) {
    mcp::ToolResult result;
    result.content.emplace_back(mcp::TextContent{std::move(content)});
    return result;
}

ToolCall slow(HttpStage& stage, core::Event& gate, mcp::CallContext context) {
    stage.clients.push_back(context.client);
    const bool released = co_await gate.wait(context.cancel);
    if (released) co_return text("released");
    stage.cancelled.emplace_back(core::to_string(context.cancel.reason()));
    co_return mcp::error_result("cancelled");
}

ToolCall deaf(core::Event& gate) {
    co_await gate.wait();
    co_return text("released");
}

// Reports a step, waits, reports another.
ToolCall chatty(HttpStage& stage, core::Event& gate, mcp::CallContext context) {
    const mcp::Progress first{1, 2, "begun"};
    context.progress(first);
    const bool released = co_await gate.wait(context.cancel);
    if (!released) {
        stage.cancelled.emplace_back(core::to_string(context.cancel.reason()));
        co_return mcp::error_result("cancelled");
    }
    const mcp::Progress second{2, 2, "done"};
    context.progress(second);
    co_return text("released");
}

// Reports steps of a megabyte each for as long as the gate is set.
ToolCall flood(HttpStage& stage, core::Event& gate, mcp::CallContext context) {
    double value = 0;
    while (!context.cancel.cancelled()) {
        const bool open = co_await gate.wait(context.cancel);
        if (!open) break;
        gate.reset();
        const mcp::Progress step{++value, {}, std::string(std::size_t{1} << 20, 'x')};
        context.progress(step);
    }
    stage.cancelled.emplace_back(core::to_string(context.cancel.reason()));
    co_return text("over");
}

ToolCall big() {
    co_return text(std::string(std::size_t{16} << 20, 'x'));
}

std::string lower(std::string text) {
    for (char& c : text)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

}  // namespace

std::vector<SentEvent> events_of(const std::string& body) {
    std::vector<SentEvent> events;
    for (std::size_t at = 0, end = 0; (end = body.find("\n\n", at)) != std::string::npos;
         at = end + 2) {
        SentEvent event;
        const auto block = body.substr(at, end - at) + "\n";
        for (std::size_t line = 0, stop = 0; (stop = block.find('\n', line)) != std::string::npos;
             line = stop + 1) {
            const auto content = block.substr(line, stop - line);
            if (content.starts_with(":")) event.comment = true;
            if (content.starts_with("id: ")) event.id = content.substr(4);
            if (content.starts_with("retry: ")) event.retry = true;
            if (content.starts_with("data: ")) event.data = content.substr(6);
        }
        events.push_back(std::move(event));
    }
    return events;
}

HttpClient::HttpClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("cannot connect");
    ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK);
}

HttpClient::HttpClient(HttpClient&& other) noexcept
    : received(std::move(other.received)),
      ended(other.ended),
      fd_(std::exchange(other.fd_, -1)),
      recording_(std::move(other.recording_)) {}

HttpClient::~HttpClient() {
    close();
}

void HttpClient::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void HttpClient::reset() {
    const linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

void HttpClient::half_close() {
    ::shutdown(fd_, SHUT_WR);
}

void HttpClient::shrink() {
    const int small = 4'096;
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
}

std::size_t HttpClient::write(std::string_view bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto size = ::send(fd_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
        if (size <= 0) break;
        done += static_cast<std::size_t>(size);
    }
    recording_.sent(bytes.substr(0, done));
    return done;
}

void HttpClient::read(std::size_t limit) {
    std::array<char, 65'536> part;
    for (const auto begin = received.size(); received.size() - begin < limit;) {
        const auto size = ::recv(fd_, part.data(), part.size(), 0);
        if (size > 0) {
            received.append(part.data(), static_cast<std::size_t>(size));
            recording_.received({part.data(), static_cast<std::size_t>(size)});
            continue;
        }
        if (size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) ended = true;
        return;
    }
}

namespace {

// Decodes what is there of a chunked body; where it ends, or npos.
std::size_t decode_chunks(const std::string& bytes, std::size_t at, std::string& body) {
    for (;;) {
        const auto line = bytes.find("\r\n", at);
        if (line == std::string::npos) return std::string::npos;
        const auto size = std::stoul(bytes.substr(at, line - at), nullptr, 16);
        if (bytes.size() < line + 2 + size + 2) return std::string::npos;
        REQUIRE(bytes.substr(line + 2 + size, 2) == "\r\n");
        body += bytes.substr(line + 2, size);
        at = line + 2 + size + 2;
        if (size == 0) return at;
    }
}

}  // namespace

std::optional<Answer> take_answer(HttpClient& client) {
    auto& bytes = client.received;
    const auto head_end = bytes.find("\r\n\r\n");
    if (head_end == std::string::npos) return std::nullopt;
    REQUIRE(bytes.starts_with("HTTP/1.1 "));
    Answer answer;
    answer.status = std::stoi(bytes.substr(9, 3));
    for (auto at = bytes.find("\r\n") + 2; at < head_end + 2;) {
        const auto line_end = bytes.find("\r\n", at);
        const auto colon = bytes.find(": ", at);
        REQUIRE(colon < line_end);
        answer.headers[lower(bytes.substr(at, colon - at))] =
            bytes.substr(colon + 2, line_end - colon - 2);
        at = line_end + 2;
    }
    auto end = head_end + 4;
    if (answer.header("transfer-encoding") == "chunked") {
        end = decode_chunks(bytes, end, answer.body);
    } else if (answer.headers.contains("content-length")) {
        const auto size = std::stoul(answer.header("content-length"));
        answer.body = bytes.substr(end, size);
        end = answer.body.size() == size ? end + size : std::string::npos;
    } else if (answer.status >= 200 && answer.status != 204) {
        answer.body = bytes.substr(end);
        end = client.ended ? bytes.size() : std::string::npos;
    }
    answer.whole = end != std::string::npos;
    if (answer.whole) bytes.erase(0, end);
    return answer;
}

HttpStage::HttpStage(HttpOptions chosen, mcp::ServerLimits limits)
    : mcp_server(std::make_unique<mcp::Server>(
          loop.timers, metrics, mcp::Implementation{"test", "Test", "1", ""}, tools(), limits)),
      server(std::make_unique<HttpServer>(loop.timers, *mcp_server, std::move(chosen))) {
    const auto started = server->start();
    INFO((started ? "" : core::describe(started.error())));
    REQUIRE(started.has_value());
}

namespace {

boost::asio::awaitable<void> note_finished(HttpServer& server, bool& finished) {
    co_await server.finished();
    finished = true;
}

}  // namespace

HttpStage::~HttpStage() {
    for (const auto& [tool, gate] : gates)
        gate->set();
    settle();
    server->stop(core::CancelReason::closed);
    loop.spawn(note_finished(*server, finished));
    settle();
    if (!finished) advance(std::chrono::milliseconds(500));
    CHECK(finished);
    CHECK(loop.timers.armed().empty());
    CHECK(metrics.value(http_connections) == 0);
    CHECK(metrics.value(http_sessions) == 0);
    CHECK(metrics.value(mcp::calls_in_flight) == 0);
}

void HttpStage::settle() {
    for (int i = 0; i < 4; ++i)
        loop.settle();
}

void HttpStage::advance(core::Duration by) {
    loop.advance(by);
    settle();
}

void HttpStage::send(HttpClient& client, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto size = client.write(bytes);
        bytes.remove_prefix(size);
        settle();
        client.read();
        if (size == 0 && client.ended) break;
    }
    settle();
}

std::optional<Answer> HttpStage::answer(HttpClient& client) {
    settle();
    // Long answers come in parts.
    for (std::size_t before = 0; client.received.size() != before || before == 0;) {
        before = client.received.size() + 1;
        client.read();
        settle();
        if (client.received.size() + 1 == before) break;
    }
    return take_answer(client);
}

Answer HttpStage::ask(std::string_view bytes) {
    auto client = connect();
    send(client, bytes);
    const auto got = answer(client);
    INFO(bytes.substr(0, 400));
    REQUIRE(got.has_value());
    return *got;
}

bool HttpStage::ended(HttpClient& client) {
    settle();
    client.read();
    return client.ended;
}

std::string HttpStage::initialize(const std::string& version) {
    const auto answer = ask(post(initialize_body(version)));
    CHECK(answer.status == 200);
    return answer.header("mcp-session-id");
}

core::Event& HttpStage::gate(const std::string& tool) {
    auto& gate = gates[tool];
    if (!gate) gate = std::make_unique<core::Event>(loop.io.get_executor());
    return *gate;
}

std::vector<mcp::Tool> HttpStage::tools() {
    using mcp::CallContext;
    std::vector<mcp::Tool> made(5);
    for (auto& tool : made) {
        tool.input_schema = {{"type", "object"}};
        tool.description = "Does it.";
    }
    made[0].name = "slow";
    made[0].handler = [this](CallContext context, core::Json) {
        return slow(*this, gate("slow"), std::move(context));
    };
    made[1].name = "deaf";
    made[1].handler = [this](CallContext, core::Json) { return deaf(gate("deaf")); };
    made[2].name = "chatty";
    made[2].handler = [this](CallContext context, core::Json) {
        return chatty(*this, gate("chatty"), std::move(context));
    };
    made[3].name = "flood";
    made[3].handler = [this](CallContext context, core::Json) {
        return flood(*this, gate("flood"), std::move(context));
    };
    made[4].name = "big";
    made[4].handler = [](CallContext, core::Json) { return big(); };
    return made;
}

std::string post(const std::string& body, const std::string& headers) {
    return "POST /mcp HTTP/1.1\r\nHost: localhost\r\n" + std::string(accept_both) + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string get(const std::string& path, const std::string& headers) {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
}

std::string get_stream(const std::string& session, const std::string& headers) {
    return get("/mcp", "Accept: text/event-stream\r\n" + session_header(session) + headers);
}

std::string delete_session(const std::string& session) {
    return "DELETE /mcp HTTP/1.1\r\nHost: localhost\r\n" + session_header(session) + "\r\n";
}

std::string initialize_body(const std::string& version) {
    return R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":")" +
           version + R"(","capabilities":{},"clientInfo":{"name":"test","version":"1"}}})";
}

std::string call_body(int id, const std::string& tool) {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) +
           R"(,"method":"tools/call","params":{"name":")" + tool +
           R"(","_meta":{"progressToken":"t"}}})";
}

std::string session_header(const std::string& session) {
    return "Mcp-Session-Id: " + session + "\r\n";
}

std::string modern(int id, const std::string& method, const std::string& params,
                   const std::string& headers) {
    const auto body = R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" + method +
                      R"(","params":{)" + params + (params.empty() ? "" : ",") +
                      R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                      R"("io.modelcontextprotocol/clientCapabilities":{},"progressToken":"t"}}})";
    return post(body,
                "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: " + method + "\r\n" + headers);
}

std::string modern_call(int id, const std::string& tool) {
    return modern(id, "tools/call", R"("name":")" + tool + "\"", "Mcp-Name: " + tool + "\r\n");
}

}  // namespace blender_mcpd::transport
