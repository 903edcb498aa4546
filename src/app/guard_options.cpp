#include "guard_options.hpp"

#include "assignment.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

namespace blender_mcpd::app {
namespace {

namespace fs = std::filesystem;

guard::Rate per_minute(std::int64_t calls) {
    return {.per_minute = calls, .burst = calls};
}

guard::RateLimiterOptions limiter_options(const Config::Limits& limits) {
    guard::RateLimiterOptions options;
    options.enabled = limits.enabled;
    options.general = per_minute(limits.per_minute);
    options.script = per_minute(limits.scripts_per_minute);
    options.concurrent = static_cast<std::int64_t>(limits.concurrent);
    for (const auto& text : limits.tools) {
        const auto limit = read_assignment(text);
        options.tools.insert_or_assign(limit->name, per_minute(*read_count(limit->value)));
    }
    return options;
}

guard::ResultCacheOptions cache_options(const Config::Cache& cache) {
    guard::ResultCacheOptions options;
    options.enabled = cache.enabled;
    options.max_entries = cache.max_entries;
    options.max_bytes = cache.max_bytes;
    options.ttl = {cache.ttl_min, cache.ttl_max, cache.ttl};
    return options;
}

guard::ScriptPolicyLevel level(ScriptPolicy policy) {
    switch (policy) {
        case ScriptPolicy::off:
            return guard::ScriptPolicyLevel::off;
        case ScriptPolicy::warn:
            return guard::ScriptPolicyLevel::warn;
        case ScriptPolicy::ask:
            return guard::ScriptPolicyLevel::ask;
        case ScriptPolicy::block:
            break;
    }
    return guard::ScriptPolicyLevel::block;
}

guard::ScriptPolicyOptions script_options(const Config::Script& script) {
    guard::ScriptPolicyOptions options;
    options.policy = level(script.policy);
    options.allow_modules = script.allow_modules;
    options.allow_sha256 = script.allow_sha256;
    options.trusted_folders.assign(script.trusted_folders.begin(), script.trusted_folders.end());
    for (const auto& text : script.rules) {
        const auto rule = read_assignment(text);
        options.rule_actions.insert_or_assign(rule->name, *guard::script_policy_level(rule->value));
    }
    return options;
}

/// What is hidden there are secrets, and what programs execute when they start. No sandbox can
/// allow a folder without what is in it, nor new files in it without new hidden ones.
std::vector<fs::path> visible_folders(const fs::path& home) {
    std::vector<fs::path> folders;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(home, error))
        if (!entry.path().filename().string().starts_with('.') && entry.is_directory(error))
            folders.push_back(entry.path());
    std::ranges::sort(folders);
    return folders;
}

std::vector<fs::path> roots(const Config& config,
                            const std::map<std::string, std::string>& environment) {
    std::vector<fs::path> folders(config.files.roots.begin(), config.files.roots.end());
    if (!folders.empty()) return folders;
    const auto folder_in = [&](const char* variable) -> fs::path {
        const auto found = environment.find(variable);
        return found != environment.end() && found->second.starts_with('/') ? found->second : "";
    };
    const auto home = folder_in("HOME");
    const bool is_confined =
        config.blender.sandbox != Sandbox::off && config.blender.launch != Launch::never;
    if (is_confined)
        folders = visible_folders(home);
    else if (!home.empty())
        folders.push_back(home);
    if (const auto temporary = folder_in("TMPDIR"); !temporary.empty())
        folders.push_back(temporary);
    folders.emplace_back("/tmp");
    return folders;
}

}  // namespace

tools::GuardOptions guard_options(const Config& config,
                                  const std::map<std::string, std::string>& environment) {
    tools::GuardOptions options;
    options.limits = limiter_options(config.limits);
    options.cache = cache_options(config.cache);
    options.plain_ttl = config.cache.plain_ttl;
    options.scripts = script_options(config.script);
    options.roots = roots(config, environment);
    return options;
}

}  // namespace blender_mcpd::app
