// What the audit log is told by the configuration (docs/audit.md).
#pragma once

#include <blender_mcpd/app/config.hpp>

#include <cstdint>
#include <filesystem>

namespace blender_mcpd::app {

struct AuditOptions {
    std::filesystem::path path;  // absolute; empty: no calls are recorded
    AuditArguments arguments = AuditArguments::hash;
    AuditResults results = AuditResults::hash;
    std::uint64_t max_bytes = 0;  // of one file; 0: it is never rotated
    std::size_t keep = 1;         // files besides the current one; 1 or more
};

[[nodiscard]] inline AuditOptions audit_options(const Config& config) {
    const auto& audit = config.audit;
    return {audit.path, audit.arguments, audit.results, audit.max_bytes, audit.keep};
}

}  // namespace blender_mcpd::app
