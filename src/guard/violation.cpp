#include "violation.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace blender_mcpd::guard {

Violation violation(const Path& path, std::string rule, std::string value, std::string remedy) {
    return {path.text(), path.depth(), false, std::move(rule), std::move(value), std::move(remedy)};
}

core::Error to_error(const Violation& violation) {
    auto message = violation.path + ": " + violation.rule;
    if (!violation.value.empty()) message += ", got " + violation.value;
    return {core::ErrorCode::invalid,
            std::move(message),
            violation.remedy,
            core::Outcome::not_applied,
            {}};
}

std::string show(const core::Json& value) {
    constexpr std::size_t longest = 60;
    switch (value.type()) {
        case core::Json::value_t::string:
            return '"' + core::excerpt(value.get_ref<const std::string&>(), longest) + '"';
        case core::Json::value_t::number_float:
            return fmt::format("{}", value.get<double>());  // dump() would turn infinity into null
        case core::Json::value_t::array:
            return fmt::format("an array of {} item{}", value.size(), value.size() == 1 ? "" : "s");
        case core::Json::value_t::object:
            return fmt::format("an object with {} member{}", value.size(),
                               value.size() == 1 ? "" : "s");
        default:
            return core::dump(value);
    }
}

}  // namespace blender_mcpd::guard
