#include "landlock.hpp"

#include <blender_mcpd/blender/sandbox.hpp>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace blender_mcpd::blender {
namespace {

// The kernel's interface, linux/landlock.h, as far as it has grown; headers of distributions lag
// behind.
struct Ruleset {
    std::uint64_t handled_access_fs = 0;
    std::uint64_t handled_access_net = 0;  // version 4
    std::uint64_t scoped = 0;              // version 6
};
struct [[gnu::packed]] PathBeneath {
    std::uint64_t allowed_access = 0;
    std::int32_t parent_fd = -1;
};

constexpr std::uint64_t execute = 1U << 0U;
constexpr std::uint64_t write_file = 1U << 1U;
constexpr std::uint64_t read_file = 1U << 2U;
constexpr std::uint64_t read_dir = 1U << 3U;
constexpr std::uint64_t make_char = 1U << 6U;
constexpr std::uint64_t make_sock = 1U << 9U;
constexpr std::uint64_t make_block = 1U << 11U;
constexpr std::uint64_t truncate_file = 1U << 14U;
constexpr std::uint64_t ioctl_device = 1U << 15U;
constexpr std::uint64_t of_files = execute | write_file | read_file | truncate_file | ioctl_device;

constexpr std::uint64_t reading = execute | read_file | read_dir;
constexpr std::uint64_t device_use =
    read_file | write_file | read_dir | truncate_file | ioctl_device;

/// All file rights that this version knows.
std::uint64_t known_to(int abi) {
    const unsigned bits = abi >= 5 ? 16 : abi >= 3 ? 15 : abi == 2 ? 14 : 13;
    return (std::uint64_t{1} << bits) - 1;
}

core::Error failure(const std::string& what) {
    return {core::ErrorCode::unavailable, what + ": " + std::strerror(errno)};
}

core::Result<void> allow(int ruleset, const std::filesystem::path& path, std::uint64_t access) {
    const core::Fd place(open(path.c_str(), O_PATH | O_CLOEXEC));
    struct stat about {};
    if (place.get() < 0 || fstat(place.get(), &about) != 0) return {};
    if (!S_ISDIR(about.st_mode)) access &= of_files;
    const PathBeneath rule{access, place.get()};
    constexpr int rule_path_beneath = 1;
    if (syscall(SYS_landlock_add_rule, ruleset, rule_path_beneath, &rule, 0) != 0)
        return failure("Landlock does not take " + path.string());
    return {};
}

}  // namespace

int landlock_abi() {
    constexpr unsigned version_flag = 1;  // LANDLOCK_CREATE_RULESET_VERSION
    const auto version = syscall(SYS_landlock_create_ruleset, nullptr, 0, version_flag);
    return version > 0 ? static_cast<int>(version) : 0;
}

core::Result<core::Fd> make_ruleset(const LandlockRules& rules, int abi) {
    const auto known = known_to(abi);
    Ruleset attributes{known};
    constexpr std::uint64_t bind_and_connect_tcp = 3;
    constexpr std::uint64_t abstract_sockets_and_signals = 3;
    if (abi >= 4) attributes.handled_access_net = bind_and_connect_tcp;
    if (abi >= 6) attributes.scoped = abstract_sockets_and_signals;
    // Bytes that an older kernel does not know are no error as long as they are 0.
    core::Fd ruleset(
        static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
    if (ruleset.get() < 0) return failure("Landlock makes no ruleset");

    const auto writing = known & ~(execute | make_char | make_block | make_sock | ioctl_device);
    struct Group {
        const std::vector<std::filesystem::path>& paths;
        std::uint64_t access;
    };
    for (const auto& [paths, access] :
         {Group{rules.readable, reading & known}, Group{rules.writable, writing},
          Group{rules.devices, device_use & known}})
        for (const auto& path : paths)
            if (const auto allowed = allow(ruleset.get(), path, access); !allowed)
                return allowed.error();
    return ruleset;
}

bool restrict_self(int ruleset) {
    return syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
}

}  // namespace blender_mcpd::blender
