// All that is offered, on a fake Blender.
#pragma once

#include "fake_blender.hpp"

#include <blender_mcpd/mcp/registry.hpp>
#include <blender_mcpd/tools/offers.hpp>
#include <blender_mcpd/tools/renders.hpp>

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace blender_mcpd::tools {

struct OffersBench {
    explicit OffersBench(GuardOptions options = Bench::generous(), Renders::Limits room = {},
                         ToolSelection chosen = {})
        : selection(std::move(chosen)),
          guards(loop.timers, clock, metrics, options),
          renders(room),
          changes(offer(registry, blenders, guards, loop.timers,
                        {tool_options(), "[log]\nlevel = \"info\"\n"})),
          tools(all_tools(blenders, guards, tool_options())) {}

    [[nodiscard]] ToolOptions tool_options() {
        ToolOptions options;
        options.version = "1.2.3";
        options.renders = &renders;
        options.selection = selection;
        return options;
    }
    [[nodiscard]] mcp::CallContext context() {
        return {"client-1", cancel.token(), [](const mcp::Progress&) {}};
    }

    mcp::ResourceAnswer answer(std::string_view uri) {
        auto reader = registry.reader(uri);
        if (!reader.read) return mcp::resource_not_found(uri);
        return loop.run(reader.read(context(), reader.request));
    }
    /// Of a resource that must be there.
    mcp::ResourceContents read(std::string_view uri) {
        return std::get<std::vector<mcp::ResourceContents>>(answer(uri)).at(0);
    }
    mcp::RpcError fail(std::string_view uri) { return std::get<mcp::RpcError>(answer(uri)); }

    mcp::Completion complete(const mcp::Completer& completer, mcp::CompletionRequest request) {
        return loop.run(completer(context(), std::move(request)));
    }
    mcp::Completion complete_template(std::string_view uri_template,
                                      mcp::CompletionRequest request) {
        return complete(registry.resource_template(uri_template)->complete, std::move(request));
    }
    mcp::Completion complete_prompt(std::string_view prompt, mcp::CompletionRequest request) {
        return complete(registry.prompt(prompt)->complete, std::move(request));
    }

    mcp::PromptAnswer get(std::string_view prompt, std::map<std::string, std::string> arguments) {
        return loop.run(registry.prompt(prompt)->handler(context(), std::move(arguments)));
    }

    mcp::ToolResult render() {
        for (const auto& tool : tools)
            if (tool.name == "render")
                return std::get<mcp::ToolResult>(
                    loop.run(tool.handler(context(), core::Json::object())));
        throw std::out_of_range("render");
    }

    /// Of the last list_names.
    std::string sent_kind() const {
        return core::Json::parse(blender.calls.back().operation.args)["kind"].get<std::string>();
    }

    ToolSelection selection;
    test::Loop loop;
    core::ManualClock clock;
    core::Metrics metrics;
    FakeBlender blender;
    FakeBlenders blenders{blender};
    Guards guards;
    Renders renders;
    mcp::Registry registry;
    blender::ChangeSubscription changes;
    std::vector<mcp::Tool> tools;
    core::CancelSource cancel;
};

}  // namespace blender_mcpd::tools
