#include "client_entries.hpp"

#include "client_file.hpp"

#include <fmt/format.h>

#include <utility>

namespace blender_mcpd::app {

namespace {

void add_entries(const Client& client, const JsonNode& holder, std::string_view text,
                 const std::string& project, std::vector<ClientEntry>& entries) {
    const auto* servers = holder.find(client.servers);
    if (servers == nullptr) return;
    for (const auto& member : servers->value.members)
        entries.push_back({member.name, project, to_json(member.value, text)});
}

}  // namespace

core::Result<ClientEntries> read_client_entries(const Client& client,
                                                const std::filesystem::path& path) {
    const auto file = read_client_file(path);
    if (!file) return file.error();
    ClientEntries found;
    found.exists = file->text.has_value();
    if (!found.exists || file->text->find_first_not_of(" \t\r\n") == std::string::npos)
        return found;
    const auto root = read_json(*file->text, client.syntax);
    if (!root)
        return core::Error{core::ErrorCode::invalid,
                           fmt::format("{}:{}:{}: {}", path.string(), root.error().line,
                                       root.error().column, root.error().message),
                           fmt::format("Correct it there: {} cannot read it either", client.name)};
    add_entries(client, *root, *file->text, {}, found.entries);
    if (const auto* projects = root->find(client.projects);
        projects != nullptr && !client.projects.empty())
        for (const auto& project : projects->value.members)
            add_entries(client, project.value, *file->text, project.name, found.entries);
    return found;
}

}  // namespace blender_mcpd::app
