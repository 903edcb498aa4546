#include "attached.hpp"
#include "commands.hpp"
#include "daemon.hpp"
#include "metrics_log.hpp"

#include <blender_mcpd/transport/stdio.hpp>

#include <spdlog/spdlog.h>

#include <unistd.h>

namespace blender_mcpd::app {

namespace asio = boost::asio;

namespace {

asio::awaitable<int> serve(transport::StdioTransport& transport) {
    co_await transport.run();
    spdlog::debug("end of input");
    co_return 0;
}

asio::awaitable<void> stop(transport::StdioTransport& transport) {
    transport.stop(core::CancelReason::shutdown);
    co_return;
}

}  // namespace

int run_stdio(const Config& config) {
    const auto descriptors = transport::take_over_stdio();
    if (!descriptors) {
        spdlog::error("{}", core::describe(descriptors.error()));
        return 1;
    }
    if (isatty(descriptors->in) == 1)
        spdlog::info("serving MCP on this terminal: one JSON message per line; end with Ctrl-D");
    if (config.mcp.attach != Attach::never)
        if (const auto code = run_attached(config, *descriptors)) return *code;
    Daemon daemon(config);
    transport::LineOptions options;
    options.max_line_bytes = config.mcp.max_line_bytes;
    transport::StdioTransport transport(daemon.timers(), daemon.server(), *descriptors, options);

    auto& shutdown = daemon.shutdown();
    const auto input_end =
        shutdown.add("stdio-input", core::ShutdownPriority::input, [&] { return stop(transport); });
    const auto calls_end = shutdown.add("stdio-calls", core::ShutdownPriority::calls,
                                        [&] { return transport.finished(); });
    const int code = daemon.run(serve(transport));
    log_metrics(daemon.metrics());
    return code;
}

}  // namespace blender_mcpd::app
