#include "completions.hpp"

#include "read.hpp"

#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/guard/names.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace blender_mcpd::tools {

namespace {

constexpr std::chrono::seconds patience{2};

/// The answer of list_names, which is ranked.
mcp::Completion read_names(std::string_view text) {
    mcp::Completion completion;
    const auto answer = core::parse_json(text);
    if (!answer || !answer->is_object()) return completion;
    if (const auto names = answer->find("names"); names != answer->end() && names->is_array())
        for (const auto& name : *names)
            if (name.is_string()) completion.values.push_back(name.get<std::string>());
    if (const auto total = answer->find("total");
        total != answer->end() && total->is_number_unsigned())
        completion.total = total->get<std::size_t>();
    return completion;
}

}  // namespace

mcp::Completion ranked(std::vector<std::string> candidates, std::string_view typed) {
    const auto wanted = core::lower_case(typed);
    std::erase_if(candidates, [&](const std::string& candidate) {
        return core::lower_case(candidate).find(wanted) == std::string::npos;
    });
    std::stable_partition(candidates.begin(), candidates.end(), [&](const std::string& candidate) {
        return core::lower_case(candidate).starts_with(wanted);
    });
    const auto total = candidates.size();
    return {std::move(candidates), total};
}

boost::asio::awaitable<mcp::Completion> live_names(Toolbox toolbox, core::Timers& timers,
                                                   mcp::CallContext context, std::string kind,
                                                   std::string typed) {
    mcp::Completion nothing;
    if (toolbox.blender->instance().empty() || typed.size() > guard::longest_blender_name)
        co_return nothing;
    const auto permit = toolbox.guards.limiter.acquire(context.client, "completion/complete",
                                                       guard::ToolClass::general);
    if (!permit) co_return nothing;

    core::CancelSource source;
    const auto cancelled =
        context.cancel.on_cancel([&](core::CancelReason reason) { source.cancel(reason); });
    core::Timer limit(timers, "completion");
    limit.start(patience, [&] { source.cancel(core::CancelReason::client); });
    context.cancel = source.token();
    core::Json arguments{{"kind", std::move(kind)}, {"text", std::move(typed)}};
    const auto answer =
        co_await read(toolbox, "list_names", std::move(arguments), std::move(context));
    if (!answer) co_return nothing;
    co_return read_names(std::get<mcp::ToolResult>(*answer).structured);
}

}  // namespace blender_mcpd::tools
