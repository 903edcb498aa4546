// The entries that clients' files have now, whoever wrote them.
#pragma once

#include "clients.hpp"

#include <blender_mcpd/core/error.hpp>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace blender_mcpd::app {

struct ClientEntry {
    std::string name;
    std::string project;  // the folder for which it holds; empty: all, or that of the file
    core::Json value;
};

struct ClientEntries {
    bool exists = false;  // the file
    std::vector<ClientEntry> entries;
};

/// Errors: as of install_in_client(), with line and column.
[[nodiscard]] core::Result<ClientEntries> read_client_entries(const Client& client,
                                                              const std::filesystem::path& file);

}  // namespace blender_mcpd::app
