#include "argument_rules.hpp"

#include <cmath>
#include <cstdint>

namespace blender_mcpd::tools {
namespace {

/// JSON does not tell 3.0 from 3, Python does: range(3.0) fails. -0.0 has no integer and stays.
void make_whole(core::Json& value) {
    if (value.is_structured()) {
        for (auto& member : value)
            make_whole(member);
        return;
    }
    if (!value.is_number_float()) return;
    constexpr double exact = 9007199254740992.0;  // 2^53
    const auto number = value.get<double>();
    const auto whole = std::trunc(number);
    if (whole < number || whole > number || std::abs(number) > exact) return;
    if (std::signbit(number) && std::abs(number) < 1) return;
    value = static_cast<std::int64_t>(number);
}

}  // namespace

void ArgumentRules::compile() {
    if (!compiled_) compiled_.emplace(guard::JsonSchema::compile(schema_));
}

core::Result<void> ArgumentRules::apply(core::Json& arguments) {
    compile();
    if (!*compiled_) {
        auto error = compiled_->error();
        error.code = core::ErrorCode::internal;
        return error;
    }
    if (auto valid = (*compiled_)->validate(arguments); !valid) return valid;
    make_whole(arguments);
    return {};
}

}  // namespace blender_mcpd::tools
