// A machine that a test makes up for the doctor.
#pragma once

#include "doctor.hpp"
#include "doctor_run.hpp"
#include "temp_folder.hpp"

#include <filesystem>
#include <string>
#include <string_view>

#include <support/catch.hpp>
#include <sys/stat.h>

namespace blender_mcpd::test {

inline bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

struct DoctorWorld {
    TempFolder folder;
    app::DoctorEnvironment environment;
    app::Config config;

    DoctorWorld() {
        environment.variables = {{"HOME", folder / "home"},
                                 {"PATH", folder / "bin"},
                                 {"XDG_RUNTIME_DIR", folder / "run"}};
        environment.current_folder = folder / "project";
        environment.program = program("opt/blender-mcpd", "#!/bin/sh\n");
        environment.proc = folder / "proc";
        environment.devices = folder / "dev";
        environment.blender_places.path = folder / "bin";
        environment.identify = [](const link::Endpoint&, std::chrono::milliseconds) {
            link::Detected nobody;
            nobody.family = link::Family::nothing;
            return nobody;
        };
        environment.landlock_abi = [] { return 0; };
        make_folder("home");
        make_folder("run/blender-mcpd");
    }

    void make_folder(std::string_view name, mode_t mode = 0700) const {
        std::filesystem::create_directories(folder / name);
        ::chmod((folder / name).c_str(), mode);
    }
    std::string program(std::string_view name, std::string_view text) const {
        return file(name, text, 0755);
    }
    std::string file(std::string_view name, std::string_view text, mode_t mode) const {
        auto path = folder.write(name, text);
        ::chmod(path.c_str(), mode);
        return path;
    }
    [[nodiscard]] mode_t mode(std::string_view name) const {
        struct stat info {};
        return ::lstat((folder / name).c_str(), &info) == 0 ? info.st_mode & 0777 : 0;
    }

    /// A process that listens: with a row in net/tcp, and a descriptor of that socket.
    void listens(std::string_view address_and_port_hex, int process, std::string_view executable,
                 std::string_view table = "tcp") {
        const auto inode = std::to_string(7'000 + process);
        const auto path = std::string("proc/net/") + std::string(table);
        auto rows = read_file(folder / path);
        if (rows.empty()) rows = "  sl  local_address rem_address   st\n";
        rows += "   0: " + std::string(address_and_port_hex) +
                " 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 " + inode +
                " 1 0000000000000000 100 0 0 10 0\n";
        (void)folder.write(path, rows);
        if (executable.empty()) return;
        runs(process);
        const auto home = "proc/" + std::to_string(process);
        std::filesystem::create_directories(folder / (home + "/fd"));
        std::filesystem::create_symlink("socket:[" + inode + "]", folder / (home + "/fd/5"));
        std::filesystem::create_symlink(executable, folder / (home + "/exe"));
    }
    void runs(int process) const { make_folder("proc/" + std::to_string(process)); }

    /// The only finding of a check.
    [[nodiscard]] app::Finding only(decltype(app::Check::run) check) const {
        const auto found = check(environment, config);
        if (found.size() != 1) FAIL(found.size() << " findings\n" << app::findings_as_text(found));
        return found.front();
    }
};

}  // namespace blender_mcpd::test
