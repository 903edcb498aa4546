#include "doctor_run.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <ostream>
#include <utility>

namespace blender_mcpd::app {

std::string_view to_string(CheckState state) {
    switch (state) {
        case CheckState::ok:
            return "ok";
        case CheckState::note:
            return "note";
        case CheckState::warning:
            return "warning";
        case CheckState::error:
            break;
    }
    return "error";
}

std::ostream& operator<<(std::ostream& out, CheckState state) {
    return out << to_string(state);
}

std::string variable(const DoctorEnvironment& environment, const std::string& name) {
    const auto found = environment.variables.find(name);
    return found == environment.variables.end() ? std::string() : found->second;
}

struct CheckRun::Shared {
    DoctorEnvironment environment;
    Config config;
    std::mutex mutex{};
    std::condition_variable changed{};
    std::vector<std::optional<Findings>> results{};  // by the index of the check
    std::size_t done = 0;
};

namespace {

Findings perform(const Check& check, const DoctorEnvironment& environment, const Config& config) {
    try {
        return check.run(environment, config);
    } catch (const std::exception& error) {
        return {{std::string(check.name), CheckState::warning,
                 fmt::format("this check failed: {}", error.what())}};
    }
}

}  // namespace

CheckRun::CheckRun(std::span<const Check> checks, DoctorEnvironment environment, Config config)
    : checks_(checks), shared_(new Shared{std::move(environment), std::move(config)}) {
    shared_->results.resize(checks.size());
    for (std::size_t index = 0; index < checks.size(); ++index)
        threads_.emplace_back([shared = shared_, check = checks[index], index] {
            auto found = perform(check, shared->environment, shared->config);
            const std::scoped_lock lock(shared->mutex);
            shared->results[index] = std::move(found);
            ++shared->done;
            shared->changed.notify_all();
        });
}

CheckRun::~CheckRun() = default;

Findings CheckRun::wait(std::chrono::milliseconds limit) {
    std::unique_lock lock(shared_->mutex);
    shared_->changed.wait_for(lock, limit, [&] { return shared_->done == checks_.size(); });
    Findings all;
    for (std::size_t index = 0; index < checks_.size(); ++index) {
        const auto& result = shared_->results[index];
        if (result)
            all.insert(all.end(), result->begin(), result->end());
        else
            all.push_back({std::string(checks_[index].name), CheckState::warning,
                           fmt::format("this check took longer than {} s",
                                       static_cast<double>(limit.count()) / 1'000),
                           "See whether a disk or a network folder hangs"});
    }
    return all;
}

bool CheckRun::finished() const {
    const std::scoped_lock lock(shared_->mutex);
    return shared_->done == checks_.size();
}

std::string findings_as_text(const Findings& findings) {
    constexpr std::size_t longest = 2'000;
    std::string text;
    for (const auto& finding : findings) {
        text += fmt::format("{:<8} {:<15} {}", to_string(finding.state), finding.check,
                            core::excerpt(finding.message, longest));
        if (!finding.remedy.empty()) text += ". " + core::excerpt(finding.remedy, longest);
        text += '\n';
    }
    return text;
}

std::string findings_as_json(const Findings& findings) {
    auto array = core::Json::array();
    for (const auto& finding : findings)
        array.push_back({{"check", finding.check},
                         {"state", to_string(finding.state)},
                         {"message", finding.message},
                         {"remedy", finding.remedy},
                         {"facts", finding.facts}});
    return array.dump(2, ' ', false, core::Json::error_handler_t::replace);
}

}  // namespace blender_mcpd::app
