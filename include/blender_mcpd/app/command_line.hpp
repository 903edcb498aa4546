// The command line.
#pragma once

namespace blender_mcpd::app {

/// The whole program. Returns the exit code.
int run(int argc, char** argv);

}  // namespace blender_mcpd::app
