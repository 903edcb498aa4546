#include "read.hpp"

#include "binder.hpp"

#include <blender_mcpd/core/aside.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace blender_mcpd::tools {

namespace asio = boost::asio;

std::string canonical(const core::Json& arguments) {
    return nlohmann::json(arguments).dump();
}

namespace {

asio::awaitable<core::Result<guard::CachedResult>> load(Toolbox toolbox, guard::CacheKey key,
                                                        guard::ResultCache::Ticket ticket,
                                                        blender::Operation operation,
                                                        link::ProgressHandler progress,
                                                        core::CancelToken cancel) {
    auto& cache = toolbox.guards.cache;
    auto reply = co_await toolbox.blender->call(std::move(operation), std::move(cancel),
                                                std::move(progress));
    if (!reply) co_return reply.error();
    if (core::json_kind(reply->result()) != core::JsonKind::object)
        co_return core::Error{.code = core::ErrorCode::protocol,
                              .message = "Blender's answer is no JSON object"};
    const auto generation = reply->generation();
    const auto take = [&] { return guard::make_result(reply->take_result()); };
    auto text = co_await core::aside(reply->result().size(), take);
    if (key.instance.empty()) co_return text;
    guard::ResultCache::Terms terms;
    terms.generation = generation;
    if (!terms.generation)
        terms.ttl_seconds = std::chrono::duration<double>(toolbox.guards.plain_ttl).count();
    cache.set(ticket, std::move(key), text, terms);
    co_return text;
}

/// What is kept and still true.
asio::awaitable<guard::CachedResult> recall(Toolbox toolbox, guard::CacheKey key) {
    auto& cache = toolbox.guards.cache;
    if (key.instance.empty() || !cache.holds(key)) co_return nullptr;
    const auto generation = co_await toolbox.blender->generation();
    // Another Blender may have taken its place meanwhile.
    if (!generation || toolbox.blender->instance() != key.instance) co_return nullptr;
    co_return cache.get(key, *generation);
}

mcp::ToolResult to_result(guard::CachedResult text) {
    mcp::ToolResult result;
    result.structured = guard::take_result(std::move(text));
    return result;
}

}  // namespace

asio::awaitable<core::Result<mcp::ToolAnswer>> read(Toolbox toolbox, std::string name,
                                                    core::Json arguments,
                                                    mcp::CallContext context) {
    const guard::CacheKey key{toolbox.blender->instance(), name, canonical(arguments)};
    if (auto known = co_await recall(toolbox, key)) co_return to_result(std::move(known));
    const auto wanted = co_await operation(std::move(name), std::move(arguments), context);
    const auto ticket = toolbox.guards.cache.begin_read(key.instance);
    // Its steps are told to the one who came first.
    guard::SingleFlight::Loader loader = [toolbox, key, ticket, wanted,
                                          progress =
                                              forward_progress(context)](core::CancelToken cancel) {
        return load(toolbox, key, ticket, wanted, progress, std::move(cancel));
    };
    // A read after an edit must not be answered by one that began before it, nor wait in the line
    // of another client.
    auto flight = key;
    flight.instance += fmt::format("@{}@{}", ticket.change(), context.client);
    auto text =
        co_await toolbox.guards.flights.run(std::move(flight), std::move(loader), context.cancel);
    if (!text) co_return text.error();
    co_return to_result(std::move(*text));
}

}  // namespace blender_mcpd::tools
