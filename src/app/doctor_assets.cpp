// What assets need from the user: keys of accounts, and folders.
#include "doctor.hpp"
#include "generation_options.hpp"

#include <fmt/format.h>

#include <string>
#include <system_error>

namespace blender_mcpd::app {

namespace fs = std::filesystem;

namespace {

/// The key itself is never told.
Finding look_at_key(const core::Secret& key) {
    Finding finding{"keys", CheckState::ok, {}, {}, {{"setting", key.setting}}};
    const bool in_variable = !key.value.empty();
    if (in_variable)
        finding.facts["variable"] = key.variable;
    else
        finding.facts["path"] = key.file.string();
    if (const auto read = core::read_secret(key); !read) {
        finding.state = CheckState::error;
        finding.message = read.error().message;
        finding.remedy = read.error().remedy;
        return finding;
    }
    finding.message = fmt::format("{} is in {}", key.name,
                                  in_variable ? "the variable " + key.variable : key.file.string());
    return finding;
}

}  // namespace

Findings check_keys(const DoctorEnvironment& environment, const Config& config) {
    const auto options = generation_options(config, environment.variables);
    Findings found;
    for (const auto* key : {&options.downloads.sketchfab_token, &options.downloads.polypizza_key,
                            &options.rodin_key, &options.fal_key})
        if (key->is_given()) found.push_back(look_at_key(*key));
    if (found.empty())
        found.push_back({"keys", CheckState::ok,
                         "none is set: what needs no account can be used (Poly Haven, ambientCG, "
                         "your own folders)"});
    return found;
}

Findings check_asset_folders(const DoctorEnvironment&, const Config& config) {
    Findings found;
    for (const auto& folder : config.assets.folders) {
        std::error_code error;
        const fs::directory_iterator inside(folder, error);
        if (error)
            found.push_back({"asset folders",
                             CheckState::warning,
                             fmt::format("{} cannot be read ({}): nothing is found in it", folder,
                                         error.message()),
                             "Correct assets.folders, or mount what it is on",
                             {{"path", folder}}});
    }
    if (found.empty())
        found.push_back({"asset folders",
                         CheckState::ok,
                         config.assets.folders.empty() ? "there are none: assets.folders is empty"
                                                       : "all can be read",
                         {},
                         {{"paths", config.assets.folders}}});
    return found;
}

}  // namespace blender_mcpd::app
