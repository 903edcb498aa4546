#include <blender_mcpd/link/handover.hpp>

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace blender_mcpd::link {
namespace {

/// One byte, with the descriptor. 0 or an error number. Does not wait.
int send_descriptor(int over, int descriptor) {
    char byte = 'c';
    iovec data{&byte, sizeof byte};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptor)> room{};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = room.data();
    message.msg_controllen = room.size();
    auto* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    return ::sendmsg(over, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? errno : 0;
}

}  // namespace

core::Result<std::shared_ptr<Handover>> Handover::make() {
    int ends[2];
    // Packets: a byte that is not read with its descriptor cannot be taken for the next one's.
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return core::Error{core::ErrorCode::unavailable,
                           std::string("cannot make a socket pair: ") + std::strerror(errno)};
    return std::shared_ptr<Handover>(new Handover(ends[0], ends[1]));
}

Handover::~Handover() {
    ::close(near_end_);
    close_far_end();
}

void Handover::close_far_end() {
    if (far_end_ >= 0) ::close(far_end_);
    far_end_ = -1;
}

int Handover::connect() const {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -errno;
    // Ours alone: whether its own end blocks is the process' business.
    const bool is_ready = ::fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
    const int error = is_ready ? send_descriptor(near_end_, ends[1]) : errno;
    ::close(ends[1]);
    if (error == 0) return ends[0];
    ::close(ends[0]);
    return -error;
}

}  // namespace blender_mcpd::link
