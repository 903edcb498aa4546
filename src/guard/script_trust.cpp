#include "script_trust.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

namespace blender_mcpd::guard {

namespace fs = std::filesystem;

namespace {

bool equals(const fs::path& path, std::string_view script) {
    std::ifstream file(path, std::ios::binary);
    std::string text(script.size(), '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    return file && file.peek() == std::ifstream::traits_type::eof() && text == script;
}

}  // namespace

void TrustedFiles::index() {
    std::size_t files = 0;
    std::size_t entries = 0;
    for (const auto& folder : folders_) {
        std::error_code error;
        fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied,
                                            error);
        for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
            if (++entries > max_entries || files >= max_files) return;
            if (at->path().extension() != ".py") continue;
            std::error_code unreadable;
            if (!at->is_regular_file(unreadable)) continue;
            const auto size = at->file_size(unreadable);
            if (unreadable) continue;
            by_size_[size].push_back(at->path());
            ++files;
        }
    }
}

bool TrustedFiles::contains(std::string_view script) {
    if (folders_.empty()) return false;
    if (!indexed_) {
        indexed_ = true;
        index();
    }
    const auto same_size = by_size_.find(script.size());
    return same_size != by_size_.end() &&
           std::any_of(same_size->second.begin(), same_size->second.end(),
                       [&](const fs::path& path) { return equals(path, script); });
}

}  // namespace blender_mcpd::guard
