// Looking at processes from outside.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include <sys/types.h>

namespace blender_mcpd::test {

/// True when it does not run any more, reaped by its parent or not.
inline bool gone(pid_t pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    const std::string text{std::istreambuf_iterator<char>(stat), {}};
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) return true;
    const char state = text.at(name_end + 2);
    return state == 'Z' || state == 'X';
}

}  // namespace blender_mcpd::test
