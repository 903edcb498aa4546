// What `blender-mcpd doctor` looks at. Every check is a function of an environment, which a test
// can make up; it blocks, and runs on a thread of its own.
#pragma once

#include <blender_mcpd/app/config.hpp>
#include <blender_mcpd/blender/locate.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/link/connection.hpp>
#include <blender_mcpd/link/detect.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::app {

enum class CheckState {
    ok,
    note,     // worth knowing; nothing to do
    warning,  // something will not work as one may expect
    error,    // something does not work
};
[[nodiscard]] std::string_view to_string(CheckState state);
std::ostream& operator<<(std::ostream& out, CheckState state);

struct Finding {
    std::string check;
    CheckState state = CheckState::ok;
    std::string message;   // a sentence without a full stop
    std::string remedy{};  // the exact step; empty when there is nothing to do
    core::Json facts = core::Json::object();
};
using Findings = std::vector<Finding>;

/// All that the checks look at.
struct DoctorEnvironment {
    std::map<std::string, std::string> variables;
    std::filesystem::path current_folder;
    std::filesystem::path program;  // this one; empty when it cannot be told
    std::filesystem::path proc = "/proc";
    std::filesystem::path devices = "/dev";
    blender::SearchPlaces blender_places;  // what is configured is not in it
    bool macos = false;
    bool fix = false;  // do what is safe to do, and say so
    /// Who is there? Answers within the limit.
    std::function<link::Detected(const link::Endpoint&, std::chrono::milliseconds limit)> identify;
    /// The version of Landlock's interface; 0: there is none.
    std::function<int()> landlock_abi;
};

struct Check {
    std::string_view name;
    Findings (*run)(const DoctorEnvironment& environment, const Config& config);
};

[[nodiscard]] std::span<const Check> all_checks();

/// Of the configuration itself: what load_config() made of it.
[[nodiscard]] Findings check_configuration(
    const boost::system::result<LoadedConfig, ConfigErrors>& loaded);

Findings check_blender(const DoctorEnvironment& environment, const Config& config);
Findings check_other_blenders(const DoctorEnvironment& environment, const Config& config);
Findings check_addon(const DoctorEnvironment& environment, const Config& config);
Findings check_endpoint(const DoctorEnvironment& environment, const Config& config);
Findings check_http(const DoctorEnvironment& environment, const Config& config);
Findings check_daemons(const DoctorEnvironment& environment, const Config& config);
Findings check_descriptors(const DoctorEnvironment& environment, const Config& config);
Findings check_token(const DoctorEnvironment& environment, const Config& config);
Findings check_folders(const DoctorEnvironment& environment, const Config& config);
Findings check_keys(const DoctorEnvironment& environment, const Config& config);
Findings check_asset_folders(const DoctorEnvironment& environment, const Config& config);
Findings check_clients(const DoctorEnvironment& environment, const Config& config);
Findings check_sandbox(const DoctorEnvironment& environment, const Config& config);
Findings check_display(const DoctorEnvironment& environment, const Config& config);

/// A variable's value; empty when it is not set.
[[nodiscard]] std::string variable(const DoctorEnvironment& environment, const std::string& name);

/// `identify` of a real environment: link::detect(). Blocks.
[[nodiscard]] link::Detected identify_endpoint(const link::Endpoint& endpoint,
                                               std::chrono::milliseconds limit);

}  // namespace blender_mcpd::app
