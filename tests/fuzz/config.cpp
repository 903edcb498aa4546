// The configuration: a file and an environment are loaded, or refused with errors that say where
// and how to go on. The input is the file, a line "---", and NAME=VALUE lines.
#include "fuzz.hpp"

#include <blender_mcpd/app/config.hpp>
#include <blender_mcpd/tools/tools.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

namespace blender_mcpd {

// Stands for the real list, which would bring every tool.
std::span<const std::string_view> tools::tool_names() {
    static constexpr std::array<std::string_view, 2> names{"get_scene_info", "render"};
    return names;
}

namespace {

using fuzz::require;

/// A file without a file system; always under the same path.
class MemoryFile {
  public:
    [[nodiscard]] std::string holding(std::string_view content) const {
        require(::ftruncate(number_, 0) == 0 && ::pwrite(number_, content.data(), content.size(),
                                                         0) == static_cast<ssize_t>(content.size()),
                "memory can be written");
        return fmt::format("/proc/self/fd/{}", number_);
    }

  private:
    int number_ = ::memfd_create("config.toml", MFD_CLOEXEC);
};

app::ConfigSources read_input(std::string_view input, const MemoryFile& file) {
    constexpr std::string_view separator = "\n---\n";
    app::ConfigSources sources;
    const auto end = input.find(separator);
    sources.file = file.holding(input.substr(0, end));
    auto lines =
        end == std::string_view::npos ? std::string_view() : input.substr(end + separator.size());
    while (!lines.empty()) {
        const auto line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        const auto equals = line.find('=');
        if (equals != std::string_view::npos)
            sources.environment.emplace(line.substr(0, equals), line.substr(equals + 1));
    }
    return sources;
}

void check_errors(const app::ConfigErrors& errors) {
    require(!errors.empty(), "what is refused has an error");
    for (const auto& error : errors) {
        require(!error.where.empty() && !error.message.empty() && !error.remedy.empty(),
                "an error says where, what and how to go on", error.message);
        require(fuzz::is_tame(error.where + error.message + error.remedy), "an error is one line",
                error.message);
    }
}

}  // namespace
}  // namespace blender_mcpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace blender_mcpd;
    static const MemoryFile file;
    const auto loaded = app::load_config(read_input(fuzz::text_of(data, size), file));
    if (!loaded) {
        check_errors(loaded.error());
        return 0;
    }
    const auto shown = app::render_effective(*loaded);
    app::ConfigSources again;
    again.file = file.holding(shown);
    const auto reloaded = app::load_config(again);
    require(reloaded.has_value() && reloaded->values == loaded->values,
            "what is shown is a file with the same values", shown);
    return 0;
}
