#include "metrics_file.hpp"

#include "state_folder.hpp"

#include <blender_mcpd/app/config.hpp>
#include <blender_mcpd/core/own_folder.hpp>
#include <blender_mcpd/guard/atomic_file.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <iterator>

#include <unistd.h>

namespace blender_mcpd::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view suffix = ".prom";

/// The process that a file in the folder belongs to.
std::optional<pid_t> process_of(const fs::path& file) {
    const auto stem = file.stem().string();
    pid_t process = 0;
    const auto* const end = stem.data() + stem.size();
    const auto [stopped, error] = std::from_chars(stem.data(), end, process);
    if (error != std::errc{} || stopped != end || process <= 0 || file.extension() != suffix)
        return {};
    return process;
}

bool runs(pid_t process) {
    return ::kill(process, 0) == 0 || errno == EPERM;
}

}  // namespace

std::optional<fs::path> metrics_folder(const std::map<std::string, std::string>& environment) {
    const auto folder = state_folder(environment);
    if (!folder) return {};
    return *folder / "metrics";
}

MetricsFile::MetricsFile(core::Timers& timers, const core::Metrics& metrics,
                         const std::string& path)
    : metrics_(metrics), path_(path), own_(path.empty()), timer_(timers, "metrics-file") {
    if (!own_) return;
    if (const auto folder = metrics_folder(process_environment()))
        path_ = *folder / (std::to_string(::getpid()) + std::string(suffix));
}

void MetricsFile::start() {
    if (path_.empty()) return;
    timer_.start(interval, [this] {
        write();
        start();
    });
}

void MetricsFile::finish() {
    timer_.cancel();
    if (path_.empty()) return;
    std::error_code ignored;
    if (own_)
        fs::remove(path_, ignored);
    else
        write();
}

void MetricsFile::write() {
    auto text = metrics_.prometheus_text();
    if (text == written_) return;
    if (own_ && core::make_own_folder(path_.parent_path()) != 0) {
        spdlog::debug("the metrics have no place: {} cannot be made", path_.parent_path().string());
        path_.clear();
        return;
    }
    const auto written = guard::write_file(path_, text, guard::Overwrite::yes);
    if (!written)
        spdlog::log(own_ ? spdlog::level::debug : spdlog::level::warn, "metrics: {}",
                    core::describe(written.error()));
    written_ = std::move(text);
}

std::vector<ProcessMetrics> read_metrics(const fs::path& folder) {
    std::vector<ProcessMetrics> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const auto process = process_of(entry.path());
        if (!process) continue;
        if (!runs(*process)) {
            std::error_code ignored;
            fs::remove(entry.path(), ignored);
            continue;
        }
        std::ifstream file(entry.path(), std::ios::binary);
        found.push_back({*process, std::string(std::istreambuf_iterator<char>(file), {})});
    }
    std::ranges::sort(found, {}, &ProcessMetrics::process);
    return found;
}

}  // namespace blender_mcpd::app
