// Downloads give way to calls: on a machine with few processors their threads would be in the way
// of the loop and of Blender.
#pragma once

#include <sys/resource.h>

namespace blender_mcpd::assets {

inline constexpr int nicer_by = 10;

/// For the calling thread, until its end; once (setpriority(2): on Linux threads have their own).
inline void take_low_priority() {
    static thread_local const int result =
        ::setpriority(PRIO_PROCESS, 0, ::getpriority(PRIO_PROCESS, 0) + nicer_by);
    (void)result;  // without it downloads are only more in the way
}

}  // namespace blender_mcpd::assets
