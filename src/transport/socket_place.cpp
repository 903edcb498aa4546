#include "socket_place.hpp"

#include "unix_address.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::transport {

namespace {

constexpr std::string_view other_path = "Set socket.path to another path.";

core::Error refused(std::string message, std::string_view remedy = other_path) {
    return {core::ErrorCode::invalid, std::move(message), std::string(remedy)};
}

core::Error failed(const std::string& what) {
    return {core::ErrorCode::unavailable, what + ": " + std::strerror(errno),
            std::string(other_path)};
}

std::string lock_path(const std::string& path) {
    return path + ".lock";
}

core::Error taken(const std::string& path) {
    std::string who = "another blender-mcpd, which starts or ends just now,";
    const int connected = connect_now(path);
    if (connected >= 0) {
        if (const auto peer = peer_of(connected)) who = fmt::format("process {}", peer->pid);
        close(connected);
    }
    return {core::ErrorCode::busy, fmt::format("{} has the socket {} already", who, path),
            "Connect to it (`blender-mcpd stdio`), end it, or set socket.path to another path."};
}

core::Result<void> check_own(const std::string& folder, const struct stat& info) {
    if (S_ISDIR(info.st_mode) && info.st_uid == geteuid() && (info.st_mode & 077) == 0) return {};
    return refused(
        fmt::format("{} is not a folder that is yours and closed to everybody else", folder),
        "Remove it, or set socket.path to a path in another folder.");
}

// In a folder that others may write to, they could replace the socket by one of theirs; the sticky
// bit prevents that.
core::Result<void> check_shared(const std::string& folder, const struct stat& info) {
    const bool owned = info.st_uid == geteuid() || info.st_uid == 0;
    const bool closed = (info.st_mode & 022) == 0 || (info.st_mode & S_ISVTX) != 0;
    if (S_ISDIR(info.st_mode) && owned && closed) return {};
    return refused(fmt::format("{} is not a folder that only you can change", folder),
                   "Set socket.path to a path in a folder of yours.");
}

core::Result<void> check_folder(const std::string& path, SocketFolder kind) {
    const auto folder = std::filesystem::path(path).parent_path().string();
    if (kind == SocketFolder::own && mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return failed("cannot make the folder " + folder);
    struct stat info {};
    const bool own = kind == SocketFolder::own;
    // Nobody's link may lead our own folder elsewhere.
    if ((own ? lstat(folder.c_str(), &info) : stat(folder.c_str(), &info)) != 0)
        return failed("cannot use the folder " + folder);
    return own ? check_own(folder, info) : check_shared(folder, info);
}

bool same_file(int fd, const std::string& path) {
    struct stat opened {};
    struct stat named {};
    return fstat(fd, &opened) == 0 && lstat(path.c_str(), &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

}  // namespace

core::Result<std::unique_ptr<SocketPlace>> SocketPlace::take(const std::string& path,
                                                             SocketFolder folder) {
    if (!unix_address(path))
        return refused(fmt::format("a socket's path may have {} bytes, and {} has {}",
                                   sizeof(sockaddr_un::sun_path) - 1, path, path.size()));
    if (const auto checked = check_folder(path, folder); !checked) return checked.error();
    const auto lock_name = lock_path(path);
    // Who had it before may remove it between our opening and our locking it: then again.
    constexpr int attempts = 100;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        const int lock =
            open(lock_name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
        if (lock < 0) return failed("cannot make " + lock_name);
        if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
            close(lock);
            return taken(path);
        }
        if (same_file(lock, lock_name)) {
            std::unique_ptr<SocketPlace> place(new SocketPlace(path, lock));
            if (const auto cleared = place->clear(); !cleared) return cleared.error();
            return place;
        }
        close(lock);
    }
    return taken(path);
}

SocketPlace::~SocketPlace() {
    remove();
    unlink(lock_path(path_).c_str());
    close(lock_);
}

// What a dead daemon left is removed. Somebody may listen without our kind of lock.
core::Result<void> SocketPlace::clear() {
    struct stat info {};
    if (lstat(path_.c_str(), &info) != 0) {
        if (errno == ENOENT) return {};
        return failed("cannot use " + path_);
    }
    if (!S_ISSOCK(info.st_mode)) return refused(path_ + " is there already, and is no socket");
    const int connected = connect_now(path_);
    if (connected >= 0 || errno == EAGAIN) {
        if (connected >= 0) close(connected);
        return taken(path_);
    }
    if (errno != ECONNREFUSED) return failed("cannot use " + path_);
    if (unlink(path_.c_str()) != 0) return failed("cannot replace " + path_);
    spdlog::info("replaced the socket {}, left behind by an earlier run", path_);
    return {};
}

core::Result<int> SocketPlace::listen() {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return failed("cannot make a socket");
    const auto give_up = [&] {
        auto error = failed("cannot listen on " + path_);
        close(fd);
        return error;
    };
    // The mode that the file will have, from its first moment on.
    if (fchmod(fd, 0600) != 0) return give_up();
    const auto address = unix_address(path_);
    if (bind(fd, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
        return give_up();
    struct stat info {};
    if (lstat(path_.c_str(), &info) != 0) return give_up();
    device_ = info.st_dev;
    inode_ = info.st_ino;
    if (::listen(fd, SOMAXCONN) != 0) return give_up();
    return fd;
}

void SocketPlace::remove() {
    const auto inode = std::exchange(inode_, 0);
    struct stat info {};
    if (inode != 0 && lstat(path_.c_str(), &info) == 0 && info.st_ino == inode &&
        info.st_dev == device_)
        unlink(path_.c_str());
}

}  // namespace blender_mcpd::transport
