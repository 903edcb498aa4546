// What the head of a request may say.
#include "http_access.hpp"

#include <string>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::transport::http {

namespace {

constexpr std::string_view token = "0123456789abcdef0123456789abcdef";

HttpOptions options() {
    HttpOptions chosen;
    chosen.allowed_hosts = {"blender.lan", "proxy.lan:8080", "Upper.lan"};
    chosen.allowed_origins = {"https://Example.com", "null"};
    return chosen;
}

Request mcp_post() {
    Request request;
    request.method = "POST";
    request.path = "/mcp";
    request.headers = {{"host", "localhost"},
                       {"accept", "application/json, text/event-stream"},
                       {"content-type", "application/json"}};
    return request;
}

void set(Request& request, const std::string& name, const std::string& value) {
    std::erase_if(request.headers, [&](const Header& header) { return header.name == name; });
    if (!value.empty()) request.headers.push_back({name, value});
}

}  // namespace

TEST_CASE("hosts that may be asked for") {
    for (const auto* host :
         {"localhost", "LOCALHOST", "localhost:9877", "127.0.0.1", "127.0.0.1:1", "[::1]",
          "[::1]:9877", "blender.lan", "blender.lan:1", "proxy.lan:8080", "upper.LAN"}) {
        INFO(host);
        CHECK(host_allowed(host, options()));
    }
    for (const auto* host : {"",
                             "evil.example.com",
                             "evil.example.com:9877",
                             "localhost.evil.com",
                             "localhost.",
                             "127.0.0.1.evil.com",
                             "127.0.0.1@evil.com",
                             "localhost:",
                             "localhost:x",
                             "localhost:123456",
                             "localhost:1:2",
                             "proxy.lan",
                             "proxy.lan:8081",
                             "192.168.1.2",
                             "[::1",
                             "::1",
                             "[::2]",
                             "localhost/",
                             "localhost, evil.com",
                             "0.0.0.0"}) {
        INFO(host);
        CHECK_FALSE(host_allowed(host, options()));
    }
    auto lan = options();
    lan.host = "192.168.1.2";
    CHECK(host_allowed("192.168.1.2:9877", lan));
    lan.host = "fd00::2";
    CHECK(host_allowed("[fd00::2]:9877", lan));
}

TEST_CASE("origins that may ask") {
    for (const auto* origin : {"http://localhost", "http://localhost:3000", "https://127.0.0.1:1",
                               "http://[::1]:8080", "HTTP://LOCALHOST", "https://example.com"}) {
        INFO(origin);
        CHECK(origin_allowed(origin, options()));
    }
    CHECK(origin_allowed("null", options()));  // as the options say
    for (const auto* origin :
         {"", "null", "localhost", "http://", "http://evil.com", "http://localhost.evil.com",
          "http://localhost@evil.com", "http://evil.com:80", "file://localhost",
          "chrome-extension://localhost", "http://localhost:3000/x",
          "https://example.com.evil.com"}) {
        INFO(origin);
        auto chosen = options();
        chosen.allowed_origins = {"https://example.com"};
        CHECK_FALSE(origin_allowed(origin, chosen));
    }
}

TEST_CASE("tokens") {
    const std::string right(token);
    CHECK(token_matches("Bearer " + right, token));
    CHECK(token_matches("bearer " + right, token));
    CHECK(token_matches("BEARER   " + right + " ", token));
    for (const auto& wrong :
         {std::string(), std::string("Bearer"), std::string("Bearer "), right, "Basic " + right,
          "Bearer" + right, "Bearer " + right + "0", "Bearer " + right.substr(1),
          "Bearer x" + right.substr(1), "Bearer " + right.substr(0, 31) + "x"}) {
        INFO(wrong);
        CHECK_FALSE(token_matches(wrong, token));
    }
}

TEST_CASE("requests and why they are refused") {
    struct Row {
        std::string name;
        std::string method;
        std::string path;
        std::vector<std::pair<std::string, std::string>> headers;  // empty value: left out
        unsigned status;                                           // 0: not refused
    };
    const std::string bearer = "Bearer " + std::string(token);
    const std::vector<Row> rows{
        {"a sound one", "POST", "/mcp", {}, 0},
        {"without a token", "POST", "/mcp", {{"authorization", ""}}, 401},
        {"with a wrong token", "POST", "/mcp", {{"authorization", "Bearer x"}}, 401},
        {"without a token for another path", "GET", "/x", {{"authorization", ""}}, 404},
        {"from another host", "POST", "/mcp", {{"host", "evil.com"}}, 403},
        {"from another host without a token",
         "POST",
         "/mcp",
         {{"host", "evil.com"}, {"authorization", ""}},
         403},
        {"from another origin", "POST", "/mcp", {{"origin", "http://evil.com"}}, 403},
        {"from our own origin", "POST", "/mcp", {{"origin", "http://localhost:9877"}}, 0},
        {"the root", "POST", "/", {}, 404},
        {"a path below", "POST", "/mcp/", {}, 404},
        {"a path that only looks the same", "POST", "/%6dcp", {}, 404},
        {"OAuth metadata", "GET", "/.well-known/oauth-protected-resource", {}, 404},
        {"PUT", "PUT", "/mcp", {}, 405},
        {"OPTIONS", "OPTIONS", "/mcp", {}, 405},
        {"HEAD", "HEAD", "/mcp", {}, 405},
        {"only JSON accepted", "POST", "/mcp", {{"accept", "application/json"}}, 406},
        {"only events accepted", "POST", "/mcp", {{"accept", "text/event-stream"}}, 406},
        {"nothing accepted", "POST", "/mcp", {{"accept", ""}}, 406},
        {"anything accepted", "POST", "/mcp", {{"accept", "*/*"}}, 0},
        {"families accepted", "POST", "/mcp", {{"accept", "application/*, TEXT/*;q=0.5"}}, 0},
        {"with parameters",
         "POST",
         "/mcp",
         {{"accept", "text/event-stream;q=1,application/json;v=2"}},
         0},
        {"another type", "POST", "/mcp", {{"content-type", "text/plain"}}, 415},
        {"no type", "POST", "/mcp", {{"content-type", ""}}, 415},
        {"a type that only begins so",
         "POST",
         "/mcp",
         {{"content-type", "application/jsonp"}},
         415},
        {"a type with a charset",
         "POST",
         "/mcp",
         {{"content-type", "Application/JSON; charset=utf-8"}},
         0},
        {"GET", "GET", "/mcp", {{"content-type", ""}}, 0},
        {"GET without events", "GET", "/mcp", {{"accept", "application/json"}}, 406},
        {"DELETE", "DELETE", "/mcp", {{"accept", ""}, {"content-type", ""}}, 0},
        {"GET in the stateless era", "GET", "/mcp", {{"mcp-protocol-version", "2026-07-28"}}, 405},
        {"DELETE in a later one", "DELETE", "/mcp", {{"mcp-protocol-version", "2027-01-01"}}, 405},
        {"health", "GET", "/healthz", {{"authorization", ""}}, 0},
        {"health from elsewhere", "GET", "/healthz", {{"host", "evil.com"}}, 403},
        {"readiness", "GET", "/readyz", {{"authorization", ""}}, 0},
        {"posting health", "POST", "/healthz", {}, 405},
        {"metrics", "GET", "/metrics", {}, 0},
        {"metrics without a token", "GET", "/metrics", {{"authorization", ""}}, 401},
        {"posting metrics", "POST", "/metrics", {}, 405},
    };
    for (const auto& row : rows) {
        INFO(row.name);
        auto chosen = options();
        chosen.token = token;
        chosen.metrics_text = [] { return std::string(); };
        auto request = mcp_post();
        request.method = row.method;
        request.path = row.path;
        set(request, "authorization", bearer);
        for (const auto& [name, value] : row.headers)
            set(request, name, value);
        const auto refused = refuse(request, chosen);
        CHECK((refused ? refused->status : 0) == row.status);
        if (!refused) continue;
        CHECK_FALSE(refused->refused.empty());
        CHECK(refused->body.find(token) == std::string::npos);
        const auto has = [&](std::string_view name) {
            return std::ranges::any_of(refused->headers,
                                       [&](const Header& header) { return header.name == name; });
        };
        CHECK(has("Allow") == (row.status == 405));
        CHECK(has("WWW-Authenticate") == (row.status == 401));
    }
}

TEST_CASE("metrics exist when there are some, and are open when the options say so") {
    auto chosen = options();
    chosen.token = token;
    auto request = mcp_post();
    request.method = "GET";
    request.path = "/metrics";
    CHECK(refuse(request, chosen)->status == 404);
    chosen.metrics_text = [] { return std::string(); };
    CHECK(refuse(request, chosen)->status == 401);
    chosen.open_metrics = true;
    CHECK_FALSE(refuse(request, chosen).has_value());
}

}  // namespace blender_mcpd::transport::http
