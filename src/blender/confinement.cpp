#include "confinement.hpp"

#include "landlock.hpp"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace blender_mcpd::blender {
namespace {

/// Root keeps the right to files of others, which Landlock judges, and no other: some would let it
/// look into other processes whatever Landlock says.
bool drop_capabilities() {
    constexpr __u32 kept = 1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH;
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3]{};
    if (syscall(SYS_capget, &header, data) != 0) return false;
    const auto has = data[0].permitted | data[0].inheritable;
    // Services may not even ask, as most have nothing to lose.
    if ((has & ~kept) == 0 && (data[1].permitted | data[1].inheritable) == 0) return true;
    for (auto* set : {&data[0].effective, &data[0].permitted, &data[0].inheritable})
        *set &= kept;
    data[1] = {};
    return syscall(SYS_capset, &header, data) == 0;
}

}  // namespace

bool confine_self(int ruleset, sock_filter* filter, std::size_t size) {
    if (ruleset < 0 && size == 0) return true;
    // Without it, exec would give root the capabilities back, and nobody else may confine itself.
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !drop_capabilities()) return false;
    if (ruleset >= 0 && !restrict_self(ruleset)) return false;
    if (size == 0) return true;
    set_own_process(filter, size, static_cast<unsigned>(getpid()));
    return filter_self(filter, size);
}

}  // namespace blender_mcpd::blender
