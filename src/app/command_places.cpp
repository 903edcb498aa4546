#include "command_places.hpp"

#include <CLI/CLI.hpp>

namespace blender_mcpd::app {

namespace {

CommandWord word_of(const CLI::Option& option) {
    using Kind = CommandWord::Kind;
    if (option.get_positional())
        return {option.get_name(true), option.get_description(), {}, Kind::argument};
    const bool is_flag = option.get_items_expected_max() == 0;
    return {"--" + option.get_lnames().front(), option.get_description(),
            is_flag ? std::string() : option.get_type_name(), Kind::option};
}

void add_places(std::vector<CommandPlace>& places, const CLI::App& app, const std::string& path) {
    const auto index = places.size();
    places.push_back({path, app.get_description(), {}});
    const auto visible = [](const CLI::App* command) { return !command->get_group().empty(); };
    const auto commands = app.get_subcommands(visible);
    for (const auto* command : commands)
        places[index].words.push_back({command->get_name(), command->get_description()});
    for (const auto* option : app.get_options())
        if (!option->get_group().empty()) places[index].words.push_back(word_of(*option));
    for (const auto* command : commands)
        add_places(places, *command,
                   path.empty() ? command->get_name() : path + ' ' + command->get_name());
}

}  // namespace

std::vector<CommandPlace> command_places(const CLI::App& app) {
    std::vector<CommandPlace> places;
    add_places(places, app, {});
    return places;
}

}  // namespace blender_mcpd::app
