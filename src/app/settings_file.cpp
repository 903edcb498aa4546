#include "settings_file.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace blender_mcpd::app {
namespace {

struct Descriptor {
    int number;
    explicit Descriptor(int opened) : number(opened) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number >= 0) ::close(number);
    }
};

ConfigError unreadable(const std::string& path, int error) {
    return {path, fmt::format("the configuration file cannot be read: {}", std::strerror(error)),
            error == ENOENT ? "Correct the path, or create the file" : "Make it a readable file"};
}

/// True when `text` holds all of the file.
bool read_file(const std::string& path, std::string& text, std::optional<ConfigError>& error) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (file.number < 0) {
        error = unreadable(path, errno);
        return false;
    }
    std::array<char, 16'384> block{};
    while (true) {
        const auto count = ::read(file.number, block.data(), block.size());
        if (count == 0) return true;
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            error = unreadable(path, errno);
            return false;
        }
        text.append(block.data(), static_cast<std::size_t>(count));
        if (text.size() > max_file_bytes) {
            error = ConfigError{
                path, fmt::format("the configuration file is larger than {} bytes", max_file_bytes),
                "Name a configuration file of blender-mcpd"};
            return false;
        }
    }
}

Given to_list(const toml::array& array) {
    List items;
    for (const auto& item : array) {
        const auto* text = item.as_string();
        if (text == nullptr) return Foreign{"an array with something else than strings"};
        items.push_back(text->get());
    }
    return items;
}

Given to_given(const toml::node& node) {
    if (const auto* value = node.as_boolean()) return value->get();
    if (const auto* value = node.as_integer()) return value->get();
    if (const auto* value = node.as_floating_point()) return value->get();
    if (const auto* value = node.as_string()) return value->get();
    if (node.is_table()) return Foreign{"a section"};
    if (const auto* array = node.as_array()) return to_list(*array);
    return Foreign{"a date or time"};
}

std::size_t line_of(const toml::key& key) {
    return key.source().begin.line;
}

std::vector<FileEntry> to_entries(const toml::table& document) {
    std::vector<FileEntry> entries;
    for (const auto& [name, node] : document) {
        const auto* section = node.as_table();
        if (section == nullptr) {
            entries.push_back({"", std::string(name.str()), line_of(name), to_given(node)});
            continue;
        }
        entries.push_back({std::string(name.str()), "", line_of(name), {}});
        for (const auto& [key, value] : *section)
            entries.push_back(
                {std::string(name.str()), std::string(key.str()), line_of(key), to_given(value)});
    }
    std::ranges::stable_sort(entries, {}, &FileEntry::line);  // the library sorts by name
    return entries;
}

}  // namespace

FileContent read_settings_file(const std::string& path) {
    FileContent content;
    std::string text;
    if (!read_file(path, text, content.error)) return content;
    try {
        content.entries = to_entries(toml::parse(text, path));
    } catch (const toml::parse_error& error) {
        content.error =
            ConfigError{fmt::format("{}:{}", path, error.source().begin.line),
                        core::excerpt(error.description(), 300),
                        "Correct it; everything but true, false and numbers needs quotes"};
    }
    return content;
}

}  // namespace blender_mcpd::app
