#include "whole_value.hpp"

#include "item_name.hpp"
#include "number_rule.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace blender_mcpd::guard {
namespace {

class Walk {
  public:
    explicit Walk(const SchemaNode& schema) : schema_(schema) {}

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
    [[nodiscard]] Verdict check_number(const core::Json& value, const Path& path) const {
        const auto rule = number_rule(value.get<double>());
        if (rule.empty()) return {};
        return violation(path, named_rule(item_name(schema_, path), rule), show(value), {});
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

    const SchemaNode& schema_;
    std::size_t count_ = 0;
};

}  // namespace

Verdict check_whole_value(const core::Json& value, const SchemaNode& schema) {
    return Walk(schema).visit(value, Path());
}

}  // namespace blender_mcpd::guard
