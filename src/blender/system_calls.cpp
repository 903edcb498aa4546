#include "system_calls.hpp"

#include <blender_mcpd/blender/sandbox.hpp>
#include <blender_mcpd/core/fd.hpp>

#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>

#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

namespace blender_mcpd::blender {
namespace {

/// In the place of a number that is known after the fork; no process has it.
constexpr unsigned own_process = 0x6d63'7064;
constexpr scmp_datum_t low_half = 0xffff'ffff;

/// What Blender has no business with. Of the newest a number stands for the name, the same on all
/// architectures, as libseccomp may be older.
constexpr std::initializer_list<const char*> refused{
    // the network; Landlock knows TCP alone
    "socket", "connect", "bind", "listen", "accept", "accept4",
    // does all of these unseen
    "io_uring_setup", "io_uring_enter", "io_uring_register",
    // other processes
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease",
    "kcmp", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "tkill", "migrate_pages",
    "move_pages",
    // out of the group that the daemon ends
    "setpgid", "setsid",
    // what Landlock leaves out: modes, owners and attributes of any file
    "chmod", "fchmod", "fchmodat", "chown", "lchown", "fchown", "fchownat", "setxattr", "lsetxattr",
    "fsetxattr", "removexattr", "lremovexattr", "fremovexattr", "mknod", "mknodat",
    // namespaces and mounts
    "unshare", "setns", "mount", "umount", "umount2", "pivot_root", "chroot", "move_mount",
    "open_tree", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "name_to_handle_at",
    "open_by_handle_at", "fanotify_init", "fanotify_mark", "quotactl", "quotactl_fd",
    // who one is
    "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid",
    "setgroups", "capset",
    // memory and messages that are shared with others
    "shmget", "shmat", "shmctl", "semget", "semop", "semctl", "semtimedop", "msgget", "msgsnd",
    "msgrcv", "msgctl", "mq_open", "mq_unlink", "add_key", "keyctl", "request_key",
    // the kernel
    "bpf", "perf_event_open", "userfaultfd", "personality", "init_module", "finit_module",
    "delete_module", "kexec_load", "kexec_file_load", "reboot", "syslog", "acct", "swapon",
    "swapoff", "settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "sethostname",
    "setdomainname", "iopl", "ioperm", "vhangup"};
constexpr std::initializer_list<int> refused_numbers{452,   // fchmodat2
                                                     463,   // setxattrat
                                                     466,   // removexattrat
                                                     467,   // open_tree_attr
                                                     469};  // file_setattr

/// Collects rules; the first that libseccomp does not take is the error.
class Rules {
  public:
    Rules() : context_(seccomp_init(SCMP_ACT_ALLOW), &seccomp_release) {
        if (!context_) error_ = ENOMEM;
    }

    void refuse(const char* name, std::initializer_list<scmp_arg_cmp> where = {},
                unsigned error = EPERM) {
        const int number = seccomp_syscall_resolve_name(name);
        if (number != __NR_SCMP_ERROR) refuse(number, where, error);
    }
    void refuse(int number, std::initializer_list<scmp_arg_cmp> where = {},
                unsigned error = EPERM) {
        if (error_ != 0) return;
        note(seccomp_rule_add_array(context_.get(), SCMP_ACT_ERRNO(error), number,
                                    static_cast<unsigned>(where.size()), where.begin()));
    }

    [[nodiscard]] core::Result<Filter> compile() const {
        const core::Fd file(memfd_create("filter", MFD_CLOEXEC));
        int error = error_;
        if (error == 0 && file.get() < 0) error = errno;
        if (error == 0) error = -seccomp_export_bpf(context_.get(), file.get());
        const auto size = error == 0 ? lseek(file.get(), 0, SEEK_END) : 0;
        Filter filter(static_cast<std::size_t>(size) / sizeof(sock_filter));
        if (error == 0 &&
            pread(file.get(), filter.data(), static_cast<std::size_t>(size), 0) != size)
            error = EIO;
        if (error == 0) return filter;
        return core::Error{
            core::ErrorCode::unavailable,
            std::string("cannot make a filter of system calls: ") + std::strerror(error)};
    }

  private:
    void note(int result) {
        if (result < 0) error_ = -result;
    }

    std::unique_ptr<void, decltype(&seccomp_release)> context_;
    int error_ = 0;
};

scmp_arg_cmp is(unsigned argument, scmp_datum_t value) {
    return {argument, SCMP_CMP_MASKED_EQ, low_half, value};
}
scmp_arg_cmp is_not(unsigned argument, scmp_datum_t value) {
    return {argument, SCMP_CMP_NE, value, 0};
}
scmp_arg_cmp has(unsigned argument, scmp_datum_t mask, scmp_datum_t value) {
    return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

}  // namespace

core::Result<Filter> confining_filter() {
    Rules rules;
    for (const auto* name : refused)
        rules.refuse(name);
    for (const int number : refused_numbers)
        rules.refuse(number);

    // A pair of streams reaches nobody else. Datagrams can be sent to any path.
    rules.refuse("socketpair", {is_not(0, AF_UNIX)});
    constexpr scmp_datum_t kind_of_socket = 0xf;
    for (const int kind : {SOCK_DGRAM, SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET})
        rules.refuse("socketpair", {has(1, kind_of_socket, static_cast<scmp_datum_t>(kind))});

    for (const auto* name : {"kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"})
        rules.refuse(name, {is_not(0, own_process)});

    // The limit of memory, and those of others.
    rules.refuse("setrlimit", {is(0, RLIMIT_AS)});
    rules.refuse("prlimit64", {is(1, RLIMIT_AS), is_not(2, 0)});
    rules.refuse("prlimit64", {is_not(0, 0)});
    rules.refuse("prctl", {is(0, PR_SET_PDEATHSIG)});
    for (const unsigned long request :
         {static_cast<unsigned long>(TIOCSTI), 0x541CUL})  // TIOCLINUX
        rules.refuse("ioctl", {is(1, request)});

    for (const int flag : {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWUTS,
                           CLONE_NEWIPC, CLONE_NEWCGROUP}) {
        const auto bit = static_cast<scmp_datum_t>(flag);
        rules.refuse("clone", {has(0, bit, bit)});
    }
    // Its flags are in memory, where no filter can look; the C library then uses clone.
    rules.refuse("clone3", {}, ENOSYS);
    return rules.compile();
}

core::Result<Filter> sealing_filter() {
    Rules rules;
    for (const auto* name : {"execve", "execveat", "fork", "vfork"})
        rules.refuse(name);
    rules.refuse("clone", {has(0, CLONE_THREAD, 0)});
    rules.refuse("clone3", {}, ENOSYS);
    return rules.compile();
}

void set_own_process(sock_filter* filter, std::size_t size, unsigned process) {
    for (std::size_t i = 0; i < size; ++i)
        if (filter[i].code == (BPF_JMP | BPF_JEQ | BPF_K) && filter[i].k == own_process)
            filter[i].k = process;
}

bool filter_self(const sock_filter* filter, std::size_t size) {
    const sock_fprog program{static_cast<unsigned short>(size), const_cast<sock_filter*>(filter)};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

bool has_seccomp() {
    const unsigned action = SECCOMP_RET_ERRNO;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

}  // namespace blender_mcpd::blender
