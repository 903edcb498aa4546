// The floor of any stdio server: reads a line, writes a ready-made one. No JSON, no loop.
#pragma once

namespace blender_mcpd::bench {

/// Never returns; ends at end of input.
[[noreturn]] void run_line_server();

}  // namespace blender_mcpd::bench
