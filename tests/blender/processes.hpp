// Looking at processes from outside.
#pragma once

#include <fstream>
#include <string>

#include <sys/types.h>

namespace blender_mcpd::test {

/// The first line of a file in /proc/PID; what there is of it when the process ends meanwhile.
inline std::string line_of(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

/// True when it does not run any more, reaped by its parent or not.
inline bool gone(pid_t pid) {
    const auto text = line_of("/proc/" + std::to_string(pid) + "/stat");
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) return true;
    const char state = text.at(name_end + 2);
    return state == 'Z' || state == 'X';
}

}  // namespace blender_mcpd::test
