#include "json_overflow.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace blender_mcpd::core::detail {
namespace {

constexpr std::string_view placeholder = "1e308";
constexpr double smallest_overflow = 1e308;

/// Bytes of the string at the front of `text`, with its quotes.
std::size_t string_size(std::string_view text) {
    std::size_t i = 1;
    while (text[i] != '"')
        i += text[i] == '\\' ? 2 : 1;
    return i + 1;
}

bool overflows(const std::string& number) {
    return std::isinf(std::strtod(number.c_str(), nullptr));
}

}  // namespace

std::string replace_overflows(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        std::size_t size = 1;
        if (text[0] == '"') {
            size = string_size(text);
        } else if (text[0] == '-' || (text[0] >= '0' && text[0] <= '9')) {
            size = std::min(text.find_first_not_of("+-.0123456789eE"), text.size());
            if (overflows(std::string(text.substr(0, size)))) {
                out += text[0] == '-' ? "-" : "";
                out += placeholder;
                text.remove_prefix(size);
                continue;
            }
        }
        out += text.substr(0, size);
        text.remove_prefix(size);
    }
    return out;
}

void restore_overflows(Json& value) {
    if (value.is_structured()) {
        for (auto& member : value)
            restore_overflows(member);
        return;
    }
    if (!value.is_number_float() || std::abs(value.get<double>()) < smallest_overflow) return;
    value = std::copysign(std::numeric_limits<double>::infinity(), value.get<double>());
}

}  // namespace blender_mcpd::core::detail
