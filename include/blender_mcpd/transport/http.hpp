// The Streamable HTTP transport of both eras at /mcp (2025-11-25 basic/transports, 2026-07-28
// basic/transports/streamable-http), with /healthz, /readyz, /metrics and the pages of a site
// beside it. Loop thread only.
#pragma once

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/mcp/server.hpp>
#include <blender_mcpd/transport/site.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace blender_mcpd::transport {

inline constexpr core::Metric http_connections{"http.connections", "Open HTTP connections",
                                               core::MetricKind::gauge};
inline constexpr core::Metric http_requests{"http.requests", "HTTP requests that were answered",
                                            core::MetricKind::counter, "status"};
inline constexpr core::Metric http_sessions{"http.sessions", "Sessions of legacy clients over HTTP",
                                            core::MetricKind::gauge};
inline constexpr core::Metric http_refused{
    "http.refused", "HTTP requests and connections that were refused by the transport",
    core::MetricKind::counter, "reason"};

struct HttpOptions {
    /// An IP address or "localhost". One that is not loopback needs a token.
    std::string host = "127.0.0.1";
    /// 0: any that is free.
    std::uint16_t port = 0;
    /// A TCP socket that listens already; start() takes it over. Then its address counts, not host
    /// and port. -1: there is none.
    int listening = -1;
    /// What clients must send as "Authorization: Bearer …". Empty: nothing. Never logged.
    std::string token{};
    /// Values of Origin that are allowed beside those of loopback: "https://example.com".
    std::vector<std::string> allowed_origins{};
    /// Names that may be in Host beside those of loopback: "blender.lan", or "blender.lan:8080".
    std::vector<std::string> allowed_hosts{};

    /// One over is answered with 503. Fewer when the process may not open so many files.
    std::size_t max_connections = 1'024;
    std::size_t max_header_bytes = std::size_t{32} << 10;
    std::size_t max_body_bytes = std::size_t{16} << 20;
    /// A client that leaves more than this (and one message) unread is disconnected.
    std::size_t max_outbox_bytes = std::size_t{8} << 20;

    /// From the first byte of a request to the end of its headers; for the first request of a
    /// connection, from its beginning.
    std::chrono::milliseconds header_timeout{10'000};
    /// Longest silence in the middle of a body, and for all of it.
    std::chrono::milliseconds body_inactivity_timeout{10'000};
    std::chrono::milliseconds body_timeout{120'000};
    /// Between two requests.
    std::chrono::milliseconds idle_timeout{60'000};
    /// Longest time in which a client takes none of what is written to it.
    std::chrono::milliseconds write_timeout{30'000};
    /// Silence on an open answer after which a comment is sent. A plain answer that takes so long
    /// becomes a stream.
    std::chrono::milliseconds keep_alive{15'000};
    /// What a closed connection's client may still send before it is cut off, so that it reads why.
    std::chrono::milliseconds linger_time{1'000};
    /// After stop(), how long clients may take to read their last answers.
    std::chrono::milliseconds stop_flush_time{500};

    /// Legacy sessions at once. The longest idle one gives way, unless it has calls or streams.
    std::size_t max_sessions = 256;
    /// A session without calls and streams ends after so long.
    std::chrono::milliseconds session_idle{1'800'000};
    /// What a session keeps of its event streams for clients that come back, and for how long.
    std::size_t max_replay_events = 256;
    std::size_t max_replay_bytes = std::size_t{8} << 20;
    std::chrono::milliseconds replay_time{300'000};

    /// For /readyz: 200 when true, else 503. Empty: always ready.
    std::function<bool()> ready{};
    /// For /metrics, in the text format of Prometheus. Empty: 404.
    std::function<std::string()> metrics_text{};
    /// /metrics without the token.
    bool open_metrics = false;

    /// Pages for people; none: 404. Must outlive the server.
    Site* site = nullptr;
    /// Of the site's events at once. One over is answered with 503.
    std::size_t max_watchers = 8;
};

class HttpServer {
  public:
    /// `timers` and `server` must outlive it.
    HttpServer(core::Timers& timers, mcp::Server& server, HttpOptions options);
    /// Closes what is open. Calls that still run end by themselves.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Listens and serves. Once. Errors: invalid for a host that is no IP address, or is open to
    /// others without a token; unavailable when the address cannot be listened on.
    [[nodiscard]] core::Result<void> start();

    /// The port in use, after start().
    [[nodiscard]] std::uint16_t port() const;
    /// "http://127.0.0.1:9877/mcp"
    [[nodiscard]] std::string url() const;
    /// "http://127.0.0.1:9877/"; empty without a site.
    [[nodiscard]] std::string site_url() const;

    /// Takes token, allowed_origins, allowed_hosts, open_metrics and site from there, from the next
    /// request on. A token can be replaced, not introduced or abolished. With another token or
    /// site, whoever has signed in must do so again.
    void change_access(const HttpOptions& from);

    /// Accepts nothing more. Calls in flight are cancelled with this reason and answered, event
    /// streams are ended. Idempotent.
    void stop(core::CancelReason reason);

    /// Returns when, after stop(), no call is in flight and no connection is open.
    boost::asio::awaitable<void> finished();

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace blender_mcpd::transport
