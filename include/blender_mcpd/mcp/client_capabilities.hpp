// What a client said that it can do: in `initialize`, or in every request since 2026-07-28.
#pragma once

namespace blender_mcpd::mcp {

struct ClientCapabilities {
    bool elicitation_form = false;
    bool elicitation_url = false;
    bool sampling = false;
    bool roots = false;
    bool tasks = false;  // the extension io.modelcontextprotocol/tasks
};

}  // namespace blender_mcpd::mcp
