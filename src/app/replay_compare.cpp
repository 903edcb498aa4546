#include "replay_compare.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace blender_mcpd::app {

namespace {

using core::Json;

/// Members that are of one run: when, how long, which process, how many bytes a file has.
constexpr std::array<std::string_view, 15> of_one_run{
    "generation", "uuid",   "pid",      "port",    "seconds", "uptime_s", "time",   "date",
    "bytes",      "recent", "modified", "created", "sha256",  "memory",   "metrics"};

bool is_of_one_run(std::string_view name) {
    return name.ends_with("_ms") || std::ranges::count(of_one_run, name) > 0;
}

constexpr bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

/// A path below a folder for temporary files: every process has its own there.
std::size_t temporary_path(std::string_view rest) {
    if (!rest.starts_with('/')) return 0;
    constexpr std::size_t longest = 4'096;
    const auto end = std::min(rest.find_first_of(" \t\r\n\"'`,;:()[]{}<>"), rest.size());
    const auto path = rest.substr(0, std::min(end, longest));
    const bool temporary = path.starts_with("/tmp/") || path.starts_with("/var/tmp/") ||
                           path.find("/blender-mcpd-") != std::string_view::npos;
    return temporary ? path.size() : 0;
}

/// 0x7f03a4c1: where something lies in memory.
std::size_t address(std::string_view rest) {
    if (!rest.starts_with("0x")) return 0;
    return std::min(rest.find_first_not_of("0123456789abcdefABCDEF", 2), rest.size());
}

/// "12.5 s", "3 ms"
std::size_t duration(std::string_view rest) {
    const auto number = std::min(rest.find_first_not_of("0123456789."), rest.size());
    if (number == 0 || !is_digit(rest.front())) return 0;
    for (const std::string_view unit : {" ms", " s"}) {
        const auto after = number + unit.size();
        if (rest.substr(number).starts_with(unit) &&
            (after == rest.size() || std::isalnum(static_cast<unsigned char>(rest[after])) == 0))
            return after;
    }
    return 0;
}

/// The text without what is of one run.
std::string comparable(std::string_view text) {
    std::string out;
    char before = ' ';
    for (std::size_t at = 0; at < text.size();) {
        const auto rest = text.substr(at);
        const bool begins = std::isalnum(static_cast<unsigned char>(before)) == 0 && before != '.';
        std::size_t length = 0;
        for (const auto rule : {temporary_path, address, duration})
            if (length == 0 && begins) length = rule(rest);
        if (length == 0) {
            out += before = text[at++];
            continue;
        }
        out += '*';
        at += length;
        before = '*';
    }
    return out;
}

/// Other processors and versions round the last digits otherwise.
bool same_numbers(const Json& one, const Json& other) {
    constexpr double tolerance = 1e-6;
    const auto left = one.get<double>();
    const auto right = other.get<double>();
    return std::abs(left - right) <= tolerance * std::max({1.0, std::abs(left), std::abs(right)});
}

std::string shown(const Json& value) {
    constexpr std::size_t longest = 120;
    return core::excerpt(core::dump(value), longest);
}

class Comparer {
  public:
    void compare(const std::string& place, const Json& one, const Json& other) {
        if (one.is_number() && other.is_number()) {
            if (!same_numbers(one, other)) differ(place, one, other);
        } else if (one.is_object() && other.is_object()) {
            compare_objects(place, one, other);
        } else if (one.is_array() && other.is_array() && one.size() == other.size()) {
            for (std::size_t index = 0; index < one.size(); ++index)
                compare(fmt::format("{}[{}]", place, index), one[index], other[index]);
        } else if (one.is_string() && other.is_string()) {
            if (comparable(one.get_ref<const std::string&>()) !=
                comparable(other.get_ref<const std::string&>()))
                differ(place, one, other);
        } else if (one != other) {
            differ(place, one, other);
        }
    }

    std::vector<std::string> finish() {
        if (left_out_ > 0) found_.push_back(fmt::format("and {} more", left_out_));
        return std::move(found_);
    }

  private:
    void compare_objects(const std::string& place, const Json& one, const Json& other) {
        for (const auto& [name, value] : one.items()) {
            if (is_of_one_run(name)) continue;
            const auto found = other.find(name);
            compare(fmt::format("{}.{}", place, name), value,
                    found == other.end() ? Json() : *found);
        }
        for (const auto& [name, value] : other.items())
            if (!is_of_one_run(name) && !one.contains(name))
                compare(fmt::format("{}.{}", place, name), Json(), value);
    }

    void differ(const std::string& place, const Json& one, const Json& other) {
        constexpr std::size_t most = 10;
        if (found_.size() == most)
            ++left_out_;
        else
            found_.push_back(
                fmt::format("{}: {}, now {}", core::excerpt(place, 200), shown(one), shown(other)));
    }

    std::vector<std::string> found_;
    std::size_t left_out_ = 0;
};

Json member(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() ? Json() : *found;
}

}  // namespace

Comparison compare_calls(const Json& recorded, const Json& replayed) {
    Comparer comparer;
    for (const auto* name : {"outcome", "code", "scene"})
        comparer.compare(name, member(recorded, name), member(replayed, name));
    Comparison comparison;
    const auto one = member(recorded, "result");
    const auto other = member(replayed, "result");
    if (one.is_object() && other.is_object() && member(recorded, "tool") != "get_blender_status") {
        comparer.compare("images", member(one, "images"), member(other, "images"));
        const bool has_content = one.contains("structured") || one.contains("text");
        comparison.with_result =
            has_content || one.value("sha256", "") == other.value("sha256", "");
        if (has_content) {
            comparer.compare("result", member(one, "structured"), member(other, "structured"));
            comparer.compare("text", member(one, "text"), member(other, "text"));
        }
    }
    comparison.differences = comparer.finish();
    return comparison;
}

}  // namespace blender_mcpd::app
