// An HTTP server on a loop of the test's own, and clients of raw bytes.
#pragma once

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/transport/http.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <support/catch.hpp>
#include <support/loop.hpp>
#include <support/recording.hpp>

namespace blender_mcpd::transport {

struct Answer {
    int status = 0;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;                            // decoded; of a stream, what has come so far
    bool whole = false;

    [[nodiscard]] std::string header(const std::string& name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? "" : found->second;
    }
    [[nodiscard]] core::Json json() const { return core::Json::parse(body); }
};

struct SentEvent {
    std::string id;
    std::string data;
    bool retry = false;
    bool comment = false;
};
[[nodiscard]] std::vector<SentEvent> events_of(const std::string& body);

/// A connection of a client; non-blocking.
class HttpClient {
  public:
    explicit HttpClient(std::uint16_t port);
    ~HttpClient();
    HttpClient(HttpClient&& other) noexcept;
    HttpClient& operator=(HttpClient&&) = delete;

    /// How much of it fits now.
    std::size_t write(std::string_view bytes);
    /// What is there now, at most about `limit` bytes of it.
    void read(std::size_t limit = std::size_t{1} << 30);
    void close();
    void reset();
    void half_close();
    /// Small buffers, so that a client that does not read is noticed soon.
    void shrink();

    std::string received;  // not taken yet
    bool ended = false;    // the server closed its side

  private:
    int fd_;
    test::Recording recording_{"http"};
};

/// The answer at the front of the bytes; taken away when it is whole.
[[nodiscard]] std::optional<Answer> take_answer(HttpClient& client);

struct HttpStage {
    explicit HttpStage(HttpOptions chosen = {}, mcp::ServerLimits limits = {});
    ~HttpStage();
    HttpStage(const HttpStage&) = delete;
    HttpStage& operator=(const HttpStage&) = delete;

    void settle();
    void advance(core::Duration by);
    [[nodiscard]] HttpClient connect() const { return HttpClient(server->port()); }
    void send(HttpClient& client, std::string_view bytes);
    /// What has come by now.
    std::optional<Answer> answer(HttpClient& client);
    /// Sends it on a new connection; there must be an answer.
    Answer ask(std::string_view bytes);
    bool ended(HttpClient& client);
    /// A legacy session; its id.
    std::string initialize(const std::string& version = "2025-11-25");
    [[nodiscard]] std::int64_t metric(const core::Metric& metric, std::string_view label = {}) {
        return label.empty() ? metrics.value(metric) : metrics.value(metric, label);
    }

    test::ManualLoop loop;
    core::Metrics metrics;
    std::map<std::string, std::unique_ptr<core::Event>> gates;  // by tool
    std::vector<std::string> cancelled;  // why the cancelled calls were, in order
    std::vector<std::string> clients;    // who called, in order
    std::unique_ptr<mcp::Server> mcp_server;
    std::unique_ptr<HttpServer> server;
    bool finished = false;

    core::Event& gate(const std::string& tool);

  private:
    [[nodiscard]] std::vector<mcp::Tool> tools();
};

inline constexpr std::string_view accept_both =
    "Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n";

/// `headers`: whole lines with their line breaks, beside Host, Accept and Content-Type.
[[nodiscard]] std::string post(const std::string& body, const std::string& headers = "");
[[nodiscard]] std::string get(const std::string& path, const std::string& headers = "");
/// GET of the event stream.
[[nodiscard]] std::string get_stream(const std::string& session, const std::string& headers = "");
[[nodiscard]] std::string delete_session(const std::string& session);

[[nodiscard]] std::string initialize_body(const std::string& version = "2025-11-25");
/// With the progress token "t".
[[nodiscard]] std::string call_body(int id, const std::string& tool);
[[nodiscard]] std::string session_header(const std::string& session);

/// The same in the stateless era, with the headers that go with it.
[[nodiscard]] std::string modern(int id, const std::string& method, const std::string& params = "",
                                 const std::string& headers = "");
[[nodiscard]] std::string modern_call(int id, const std::string& tool);

}  // namespace blender_mcpd::transport
