#include "seconds.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace blender_mcpd::tools {

std::optional<std::chrono::milliseconds> take_seconds(core::Json& arguments, const char* name) {
    const auto found = arguments.find(name);
    if (found == arguments.end()) return {};
    const std::chrono::milliseconds time{std::llround(found->get<double>() * 1'000)};
    arguments.erase(found);
    return time;
}

}  // namespace blender_mcpd::tools
