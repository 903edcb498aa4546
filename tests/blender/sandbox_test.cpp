// What a child in the sandbox can and cannot do, with Python in Blender's place.
#include "child_process.hpp"
#include "processes.hpp"
#include "sandbox_plan.hpp"
#include "temp_folder.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <support/catch.hpp>
#include <support/loop.hpp>
#include <sys/socket.h>
#include <unistd.h>

namespace blender_mcpd::blender {

using namespace std::chrono_literals;

namespace {

struct Stage {
    Stage() {
        std::signal(SIGPIPE, SIG_IGN);  // as in the daemon
        (void)outside.write("kept", "kept");
        (void)inside.write("file", "text");
    }

    Sandbox sandbox(SandboxMode mode = SandboxMode::require) const {
        const std::vector<std::string> environment{"PATH=/usr/bin:/bin", "HOME=/nonexistent"};
        auto made = make_sandbox(
            mode, what_blender_may_use("/usr/bin/python3", environment, {inside.path()}),
            Abilities{});
        if (!made.has_value()) FAIL(core::describe(made.error()));
        return std::move(*made);
    }

    /// What the child reports: the value of an expression, or the name of the error.
    std::string evaluate(const std::string& expression) {
        const auto setup = "import os, sys, errno, socket, ctypes\nOUT, IN, PARENT = '" +
                           outside.path().string() + "', '" + inside.path().string() +
                           "', os.getppid()\nlibc = ctypes.CDLL(None, use_errno=True)\n"
                           "def call(*args):\n"
                           "    ctypes.set_errno(0); libc.syscall(*args)\n"
                           "    return errno.errorcode.get(ctypes.get_errno(), 'done')\n"
                           "try: told = " +
                           expression +
                           "\nexcept OSError as error: told = errno.errorcode[error.errno]\n"
                           "os.write(3, str(told).encode() + b'\\n')\n";
        SpawnOptions options;
        options.arguments = {"/usr/bin/python3", "-I", "-S", "-c", setup};
        options.environment = {"PATH=/usr/bin:/bin"};
        options.confinement = sandbox().confinement;
        options.inherited = inherited;
        const auto child = ChildProcess::spawn(loop.timers, std::move(options));
        if (!child.has_value()) FAIL(core::describe(child.error()));
        return loop.run((*child)->report(60s, {}));
    }

    test::TempFolder inside;
    test::TempFolder outside;
    test::Loop loop;
    int inherited = -1;
};

bool can_confine() {
    const Abilities here;
    return here.landlock >= 6 && here.seccomp;
}

}  // namespace

TEST_CASE("what a confined child may and may not do") {
    if (!can_confine()) return;
    struct Row {
        const char* expression;
        const char* expected;
    };
    const auto row = GENERATE(values<Row>({
        // files
        {"open(IN + '/file').read()", "text"},
        {"open(IN + '/new', 'w').write('abc')", "3"},
        {"os.rename(IN + '/file', IN + '/other')", "None"},
        {"[os.mkdir(IN + '/a'), os.rename(IN + '/file', IN + '/a/file')]", "[None, None]"},
        {"open(OUT + '/kept').read()", "EACCES"},
        {"open(OUT + '/new', 'w')", "EACCES"},
        {"os.listdir(OUT)", "EACCES"},
        {"os.truncate(OUT + '/kept', 0)", "EACCES"},
        {"os.remove(OUT + '/kept')", "EACCES"},
        {"os.mknod(IN + '/device', 0o20600, 0)", "EPERM"},
        {"os.chmod(OUT + '/kept', 0o777)", "EPERM"},
        {"call(452, -100, (OUT + '/kept').encode(), 0o777, 0)", "EPERM"},  // fchmodat2
        {"os.setxattr(IN + '/file', 'user.a', b'b')", "EPERM"},
        {"open('/etc/shadow').read()", "EACCES"},
        {"len(open('/etc/passwd').read()) > 0", "True"},
        {"os.write(os.open('/dev/null', os.O_WRONLY), b'x')", "1"},
        {"len(os.listdir('/proc/self/fd')) > 2", "True"},
        // the network
        {"socket.socket(socket.AF_INET)", "EPERM"},
        {"socket.socket(socket.AF_UNIX)", "EPERM"},
        {"socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)", "EPERM"},
        {"(lambda pair: pair[0].send(b'x'))(socket.socketpair())", "1"},
        {"socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)", "EPERM"},
        {"socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)", "EPERM"},
        {"call(425, 8, 0)", "EPERM"},  // io_uring_setup
        // other processes
        {"os.kill(os.getpid(), 0)", "None"},
        {"os.kill(PARENT, 0)", "EPERM"},
        {"os.kill(0, 0)", "EPERM"},
        {"os.kill(-1, 0)", "EPERM"},
        {"os.pidfd_open(PARENT)", "EPERM"},
        {"os.setpgid(0, 0)", "EPERM"},
        {"open(f'/proc/{PARENT}/environ').read()", "EACCES"},
        {"libc.prctl(1, 0) or ctypes.get_errno()", "-1"},  // PR_SET_PDEATHSIG
        // what it is and has
        {"call(272, 0x10000000)", "EPERM"},  // unshare
        {"call(165, b'none', b'/mnt', b'tmpfs', 0, None)", "EPERM"},
        {"os.chroot(IN)", "EPERM"},
        {"os.setuid(65534)", "EPERM"},
        {"call(160, 9, bytes(16))", "EPERM"},           // setrlimit, RLIMIT_AS
        {"call(302, 0, 9, bytes(16), None)", "EPERM"},  // prlimit64
        {"call(302, PARENT, 7, None, bytes(16))", "EPERM"},
        {"len(__import__('resource').getrlimit(9))", "2"},
        // before the runtime seals it: Blender may be started by a script
        {"os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)[1]", "0"},
        {"__import__('threading').Thread(target=print).start()", "None"},
    }));
    CAPTURE(row.expression);
    Stage stage;
    // The numbers of system calls are those of one architecture.
#ifndef __x86_64__
    if (std::string_view(row.expression).find("call(") != std::string_view::npos) return;
#endif
    const auto told = stage.evaluate(row.expression);
    // Root alone could do some of it, so that others get the kernel's own refusal.
    if (told == "EACCES" && std::string_view(row.expected) == "EPERM") return;
    CHECK(told == row.expected);
    CHECK(std::filesystem::file_size(stage.outside.path() / "kept") == 4);
}

TEST_CASE("what is started from a confined child is as confined") {
    if (!can_confine()) return;
    Stage stage;
    CHECK(stage.evaluate("os.waitstatus_to_exitcode(os.system('echo x 2>&- > ' + OUT + '/new')) "
                         "!= 0") == "True");
    CHECK_FALSE(std::filesystem::exists(stage.outside.path() / "new"));
}

TEST_CASE("a child gets the descriptor that it is to inherit") {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    Stage stage;
    stage.inherited = ends[1];
    CHECK(stage.evaluate("os.write(4, b'hello')") == "5");
    std::string heard(5, ' ');
    CHECK(::read(ends[0], heard.data(), heard.size()) == 5);
    CHECK(heard == "hello");
    CHECK(::close(ends[0]) + ::close(ends[1]) == 0);
}

TEST_CASE("the layers of a sandbox are what the kernel has") {
    const LandlockRules rules;
    struct Row {
        Abilities abilities;
        std::string description;
        std::string missing;
    };
    const bool has_both = landlock_abi() > 0 && has_seccomp();
    for (const auto& [abilities, description, missing] :
         {Row{{.landlock = 0, .seccomp = false},
              "no Landlock, no seccomp",
              "Landlock and no seccomp"},
          Row{{.landlock = 0, .seccomp = true}, "seccomp, no Landlock", "Landlock"},
          Row{{.landlock = 1, .seccomp = false}, "Landlock 1, no seccomp", "seccomp"},
          Row{{.landlock = 1, .seccomp = true}, "Landlock 1, seccomp", ""}}) {
        CAPTURE(description);
        if (!has_both) continue;
        const auto made = make_sandbox(SandboxMode::automatic, rules, abilities);
        REQUIRE(made.has_value());
        CHECK(describe_sandbox(made->facts) == description);
        CHECK((made->confinement != nullptr) == (missing != "Landlock and no seccomp"));
        CHECK(made->seal.empty() == !abilities.seccomp);
        const auto required = make_sandbox(SandboxMode::require, rules, abilities);
        CHECK(required.has_value() == missing.empty());
        if (!required.has_value())
            CHECK(required.error().message ==
                  "blender.sandbox is \"require\", and this kernel has no " + missing);
    }
    const auto off = make_sandbox(SandboxMode::off, rules, Abilities{});
    REQUIRE(off.has_value());
    CHECK(off->confinement == nullptr);
    CHECK(describe_sandbox(off->facts) == "off");
}

TEST_CASE("a script that starts Blender is not Blender itself") {
    const test::TempFolder folder;
    folder.write_program("script", "#!/bin/sh\nexec blender\n");
    std::filesystem::create_symlink("/bin/true", folder.path() / "link");
    std::filesystem::copy_file("/bin/true", folder.path() / "snap");
    std::filesystem::create_symlink(folder.path() / "snap", folder.path() / "blender");
    CHECK(is_program_itself("/bin/true"));
    CHECK(is_program_itself(folder.path() / "link"));
    CHECK_FALSE(is_program_itself(folder.path() / "script"));
    CHECK_FALSE(is_program_itself(folder.path() / "blender"));
    CHECK_FALSE(is_program_itself(folder.path() / "nothing"));
}

TEST_CASE("what Blender may use comes from its program and environment") {
    const auto rules = what_blender_may_use(
        "/home/me/blender-4.2/blender",
        {"HOME=/home/me", "LD_LIBRARY_PATH=/a:relative:/b", "OCIO=/c/config.ocio"},
        {"/home/me/scenes"});
    const auto reads = [&](const char* path) {
        return std::ranges::count(rules.readable, std::filesystem::path(path)) > 0;
    };
    CHECK(reads("/home/me/blender-4.2"));
    CHECK(reads("/home/me/.config/blender"));
    CHECK(reads("/a"));
    CHECK(reads("/b"));
    CHECK(reads("/c"));
    CHECK_FALSE(reads("relative"));
    CHECK_FALSE(reads("/home/me"));
    CHECK_FALSE(reads("/etc"));
    CHECK(rules.writable == std::vector<std::filesystem::path>{"/home/me/scenes"});
}

}  // namespace blender_mcpd::blender
