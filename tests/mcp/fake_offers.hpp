// What a server may offer beside plain tools, for sessions to use: tools that ask, log and run as
// tasks, resources, prompts.
#pragma once

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/mcp/registry.hpp>

#include <string_view>
#include <vector>

namespace blender_mcpd::mcp {

/// Answers to what they ask come back as text. Those that ask:
/// asking         for a name (a form); its state is "asked"
/// asking_all     for a name, a capital (sampling) and roots; again for what is missing
/// asking_page    for a visit to a page (URL)
/// asking_always  for a name, whatever comes
/// asking_again   only to be called again
/// asking_nothing neither questions nor a state, which is wrong
/// asking_wrong   something that clients have no method for, which is wrong
/// Those that tell:
/// logging        one message of each of four levels
/// logging_late   a message, then waits for the gate whatever happens, then a message
/// content        one of each kind of content
/// regional       has arguments that are mirrored in headers
/// Those that run as tasks, when they can:
/// work           ends when the gate opens, or when cancelled
/// job            the same, as a task only
/// work_deaf      ends when the gate opens; does not hear a cancellation
/// work_failing   an isError result
/// work_broken    an error
/// work_throwing  throws
/// work_asking    asks for a name, then for another with the same key
/// work_two       asks for two names at once
/// work_always    asks for a name, whatever comes
/// work_again     asks only to be called again, twice
/// work_page      asks for a visit to a page
/// work_nested    ends with another task, which is wrong
/// work_instant   answers without a task, whatever is possible
/// work_pushy     runs as a task, whatever is possible, which is wrong
[[nodiscard]] std::vector<Tool> offered_tools(core::Event& gate);

/// test://text, test://blob, test://asking, test://gone (an error), test://empty (no contents,
/// which is wrong); the template test://thing/{id}/data, which completes what begins with "t"; the
/// template test://file/{name}.txt, which completes nothing.
void add_resources(Registry& registry);

/// greeting (a name, and an optional tone, which completes), asking, failing.
void add_prompts(Registry& registry);

}  // namespace blender_mcpd::mcp
