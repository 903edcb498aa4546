#include "recovery_files.hpp"

#include <blender_mcpd/core/own_folder.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::blender {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t largest_note = 64 << 10;

std::optional<core::Json> read_note(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text(largest_note, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    auto note = core::parse_json(text);
    if (!note || !note->is_object()) return std::nullopt;
    return std::move(*note);
}

std::string text_at(const core::Json& note, const char* name) {
    const auto found = note.find(name);
    return found != note.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::uint64_t number_at(const core::Json& note, const char* name) {
    const auto found = note.find(name);
    return found != note.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

core::TimePoint time_at(const core::Json& note, const char* name) {
    const auto found = note.find(name);
    if (found == note.end() || !found->is_number()) return {};
    return core::TimePoint(std::chrono::duration_cast<core::Duration>(
        std::chrono::duration<double>(found->get<double>())));
}

OpenFile read_open(const core::Json& note) {
    OpenFile open{text_at(note, "document"),
                  {number_at(note, "life"), number_at(note, "generation")},
                  text_at(note, "file"),
                  false,
                  false};
    struct stat found {};
    open.is_there =
        !open.file.empty() && ::stat(open.file.c_str(), &found) == 0 && S_ISREG(found.st_mode);
    const auto saved = note.find("saved");
    if (!open.is_there || saved == note.end() || !saved->is_object()) return open;
    constexpr std::uint64_t second = 1'000'000'000;
    const auto written = static_cast<std::uint64_t>(found.st_mtim.tv_sec) * second +
                         static_cast<std::uint64_t>(found.st_mtim.tv_nsec);
    open.as_noted = number_at(*saved, "mtime_ns") == written &&
                    number_at(*saved, "size") == static_cast<std::uint64_t>(found.st_size);
    return open;
}

RecoveryCopy read_copy(const core::Json& note, const fs::path& path) {
    return {path.string(),
            text_at(note, "document"),
            {number_at(note, "life"), number_at(note, "generation")},
            number_at(note, "number"),
            text_at(note, "file"),
            time_at(note, "monotonic_s"),
            text_at(note, "note")};
}

}  // namespace

Findings read_findings(const fs::path& folder) {
    Findings found;
    if (const auto note = read_note(folder / "open.json")) found.open = read_open(*note);
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const auto& path = entry.path();
        if (path.extension() != ".blend") continue;
        std::error_code none;
        const auto size = fs::file_size(path, none);
        const auto note = read_note(fs::path(path).replace_extension(".json"));
        // Cut short by a full disk, or by the end.
        if (!note || none || number_at(*note, "bytes") != size) continue;
        found.copies.push_back(read_copy(*note, path));
    }
    return found;
}

std::string wall_time() {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

std::string CrashReports::write(const core::Json& report) {
    if (folder_.empty()) return {};
    core::make_own_folder(folder_);
    auto time = wall_time();
    std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
    auto path =
        (folder_ / fmt::format("crash-{}-{}-{:04}.json", time, ::getpid(), ++written_)).string();
    rewrite(path, report);
    std::error_code error;
    if (fs::exists(path, error)) {
        drop_old();
        return path;
    }
    if (!std::exchange(warned_, true))
        spdlog::warn("cannot write crash reports to {}", folder_.string());
    return {};
}

void CrashReports::rewrite(const std::string& path, const core::Json& report) {
    const auto unfinished = path + ".new";
    {
        std::ofstream out(unfinished, std::ios::binary);
        out << report.dump(2, ' ', false, core::Json::error_handler_t::replace) << '\n';
        out.flush();
        std::error_code error;
        if (!out) {
            fs::remove(unfinished, error);
            return;
        }
    }
    std::error_code error;
    fs::rename(unfinished, path, error);
}

void CrashReports::drop_old() const {
    std::vector<fs::path> reports;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_, error)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with("crash-")) reports.push_back(entry.path());
    }
    std::ranges::sort(reports);
    const auto excess = reports.size() - std::min(reports.size(), max_reports);
    for (std::size_t i = 0; i < excess; ++i)
        fs::remove(reports[i], error);
}

}  // namespace blender_mcpd::blender
