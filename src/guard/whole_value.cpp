#include "whole_value.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>

namespace blender_mcpd::guard {
namespace {

class Walk {
  public:
    Verdict visit(const core::Json& value, const Path& path) {
        if (++count_ > max_values)
            return violation(Path(), fmt::format("must hold at most {} values", max_values), {},
                             "Split the call into several");
        if (path.depth() > core::max_json_depth)
            return violation(
                Path(), fmt::format("must be nested at most {} levels deep", core::max_json_depth),
                {}, {});
        if (value.is_number()) return check_number(value, path);
        if (value.is_array()) return visit_items(value, path);
        if (value.is_object()) return visit_members(value, path);
        return {};
    }

  private:
    static Verdict check_number(const core::Json& value, const Path& path) {
        constexpr double largest = std::numeric_limits<float>::max();
        const auto number = value.get<double>();
        if (!std::isfinite(number))
            return violation(path, "must be a finite number", show(value), {});
        if (std::abs(number) > largest)
            return violation(path, "must fit a 32-bit float (3.4e38 at most)", show(value), {});
        return {};
    }

    Verdict visit_items(const core::Json& value, const Path& path) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (auto broken = visit(value[i], Path(path, i))) return broken;
        }
        return {};
    }

    Verdict visit_members(const core::Json& value, const Path& path) {
        for (const auto& [name, member] : value.items()) {
            if (auto broken = visit(member, Path(path, name))) return broken;
        }
        return {};
    }

    std::size_t count_ = 0;
};

}  // namespace

Verdict check_whole_value(const core::Json& value) {
    return Walk().visit(value, Path());
}

}  // namespace blender_mcpd::guard
