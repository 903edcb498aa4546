// The command line as a flat list, for what is made of it: completions and the manual.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace blender_mcpd::app {

struct CommandWord {
    std::string name;  // "serve", "--port", "TOOL"
    std::string help;
    std::string value{};  // of an option: what its value is called; empty when it takes none
    enum class Kind { command, option, argument } kind = Kind::command;
};

struct CommandPlace {
    std::string path;  // "", "serve", "addon install"
    std::string help;
    std::vector<CommandWord> words;  // what may come there, besides the options of ""
};

/// Every command with its subcommands, in the order of `--help`. Without what is hidden.
[[nodiscard]] std::vector<CommandPlace> command_places(const CLI::App& app);

}  // namespace blender_mcpd::app
