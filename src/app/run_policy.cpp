#include "commands.hpp"
#include "guard_options.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/guard/script_policy.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

namespace blender_mcpd::app {

namespace {

constexpr int wrong_usage = 2;

std::optional<std::string> read_stream(std::FILE* file) {
    std::string text;
    char buffer[65'536];
    while (const auto count = std::fread(buffer, 1, sizeof buffer, file))
        text.append(buffer, count);
    if (std::ferror(file) != 0) return std::nullopt;
    return text;
}

std::optional<std::string> read(const std::string& path) {
    if (path == "-") return read_stream(stdin);
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                               &std::fclose);
    if (!file) return std::nullopt;
    return read_stream(file.get());
}

void print_json(const std::string& path, const guard::Verdict& verdict) {
    core::Json line;
    line["file"] = path;
    line["sha256"] = verdict.sha256;
    line["action"] = to_string(verdict.action);
    line["allowed_by"] = verdict.allowed_by;
    line["findings"] = to_json(verdict.findings);
    if (verdict.more > 0) line["more"] = verdict.more;
    fmt::print("{}\n", core::dump(line));
}

void print_text(const std::string& path, const guard::Verdict& verdict) {
    if (!verdict.allowed_by.empty()) {
        fmt::print("{}: allowed by {}\n", path, verdict.allowed_by);
    } else if (verdict.findings.empty()) {
        fmt::print("{}: nothing found\n", path);
    } else {
        fmt::print("{}: {}", path, describe(verdict));
    }
}

}  // namespace

int run_policy_rules() {
    for (const auto& rule : guard::script_rules())
        fmt::print("{:<20}{:<9}{}\n", rule.id, to_string(rule.severity), rule.about);
    return 0;
}

int run_policy_check(const Config& config, const PolicyCommand& command) {
    auto options = guard_options(config, process_environment()).scripts;
    const auto level =
        command.policy.empty() ? options.policy : guard::script_policy_level(command.policy);
    if (!level) {
        fmt::print(stderr, "--policy takes off, warn, ask or block, not \"{}\"\n",
                   core::excerpt(command.policy));
        return wrong_usage;
    }
    options.policy = *level;
    if (!command.allow_modules.empty()) options.allow_modules = command.allow_modules;
    options.trusted_folders.insert(options.trusted_folders.end(), command.trusted_folders.begin(),
                                   command.trusted_folders.end());
    if (const auto valid = guard::validate(options); !valid) {
        fmt::print(stderr, "{}\n", core::describe(valid.error()));
        return wrong_usage;
    }
    guard::ScriptPolicy policy(std::move(options));
    int code = 0;
    for (const auto& path : command.files) {
        const auto text = read(path);
        if (!text) {
            fmt::print(stderr, "{}: {}\n", path, std::strerror(errno));
            return wrong_usage;
        }
        const auto verdict = policy.judge(*text);
        command.json ? print_json(path, verdict) : print_text(path, verdict);
        if (verdict.action >= guard::ScriptAction::ask) code = 1;
    }
    return code;
}

}  // namespace blender_mcpd::app
