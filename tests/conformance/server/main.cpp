// blender-mcpd-conformance: the protocol and transports of blender-mcpd with the fixtures of the
// official conformance suite instead of tools. For tests only.
#include "fixtures.hpp"

#include <blender_mcpd/core/clock.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/mcp/server.hpp>
#include <blender_mcpd/transport/http.hpp>
#include <blender_mcpd/transport/stdio.hpp>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include <cstdio>

namespace blender_mcpd::conformance {

namespace {

namespace asio = boost::asio;

struct Fixture {
    asio::io_context io{1};
    core::SteadyClock clock;
    core::Timers timers{io.get_executor(), clock};
    core::Metrics metrics;
    mcp::Server server{timers,
                       metrics,
                       {"blender-mcpd-conformance", "Conformance fixtures", "1", "For tests."},
                       {},
                       {}};

    Fixture() {
        auto& registry = server.registry();
        add_content_tools(registry, timers);
        add_asking_tools(registry);
        add_multi_round_tools(registry);
        add_task_tools(registry, timers);
        add_resources(registry);
        add_prompts(registry);
    }
};

asio::awaitable<void> end(Fixture& fixture) {
    co_await fixture.server.end_tasks();
    fixture.io.stop();
}

asio::awaitable<void> serve_stdio(Fixture& fixture, transport::StdioTransport& transport) {
    co_await transport.run();
    co_await end(fixture);
}

asio::awaitable<void> end_http(Fixture& fixture, transport::HttpServer& http) {
    http.stop(core::CancelReason::shutdown);
    co_await http.finished();
    co_await end(fixture);
}

int run_stdio() {
    const auto descriptors = transport::take_over_stdio();
    if (!descriptors) return 1;
    Fixture fixture;
    transport::StdioTransport transport(fixture.timers, fixture.server, *descriptors, {});
    asio::signal_set signals(fixture.io, SIGTERM, SIGINT);
    signals.async_wait([&](boost::system::error_code error, int) {
        if (!error) transport.stop(core::CancelReason::shutdown);
    });
    asio::co_spawn(fixture.io, serve_stdio(fixture, transport), asio::detached);
    fixture.io.run();
    return 0;
}

int run_http(std::uint16_t port) {
    Fixture fixture;
    transport::HttpOptions options;
    options.port = port;
    transport::HttpServer http(fixture.timers, fixture.server, options);
    if (const auto started = http.start(); !started) {
        fmt::print(stderr, "{}\n", core::describe(started.error()));
        return 1;
    }
    fmt::print(stderr, "listening on {}\n", http.url());
    asio::signal_set signals(fixture.io, SIGTERM, SIGINT);
    signals.async_wait([&](boost::system::error_code error, int) {
        if (!error) asio::co_spawn(fixture.io, end_http(fixture, http), asio::detached);
    });
    fixture.io.run();
    return 0;
}

}  // namespace

}  // namespace blender_mcpd::conformance

int main(int argc, char** argv) {
    CLI::App app("The fixtures of the MCP conformance suite, served by blender-mcpd's libraries.");
    app.require_subcommand(1);
    std::uint16_t port = 0;
    bool no_auth = false;
    auto* serve = app.add_subcommand("serve", "Streamable HTTP on loopback");
    serve->add_option("--port", port, "0: any");
    serve->add_flag("--no-auth", no_auth, "Required: the suite cannot send a token")->required();
    app.add_subcommand("stdio", "Standard input and output");
    CLI11_PARSE(app, argc, argv);
    fmt::print(stderr, "blender-mcpd-conformance: fixtures for tests, not for use\n");
    return serve->parsed() ? blender_mcpd::conformance::run_http(port)
                           : blender_mcpd::conformance::run_stdio();
}
