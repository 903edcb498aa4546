#include "passed_sockets.hpp"

#include <string>
#include <vector>

#include <support/catch.hpp>
#include <sys/socket.h>
#include <unistd.h>

using namespace blender_mcpd;

namespace {

struct Socket {
    explicit Socket(int family, int type = SOCK_STREAM, bool listens = true)
        : fd(::socket(family, type | SOCK_CLOEXEC, 0)) {
        // Without an address it gets one of the system's choice; a Unix socket needs a (nameless)
        // one.
        if (family == AF_UNIX) {
            const sockaddr address{AF_UNIX, {}};
            (void)::bind(fd, &address, sizeof(sa_family_t));
        }
        if (listens) REQUIRE(::listen(fd, 1) == 0);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() { ::close(fd); }
    int fd;
};

}  // namespace

TEST_CASE("passed sockets are told by what they are, in whatever order") {
    const Socket http(AF_INET);
    const Socket unix_socket(AF_UNIX);
    CHECK(app::sort_sockets({})->http == -1);
    CHECK(app::sort_sockets({})->unix == -1);
    for (const auto& given :
         {std::vector<int>{http.fd, unix_socket.fd}, {unix_socket.fd, http.fd}}) {
        const auto sorted = app::sort_sockets(given);
        REQUIRE(sorted.has_value());
        CHECK(sorted->http == http.fd);
        CHECK(sorted->unix == unix_socket.fd);
    }
}

TEST_CASE("what cannot be served on is refused, and named") {
    const Socket http(AF_INET);
    const Socket second(AF_INET);
    const Socket datagram(AF_INET, SOCK_DGRAM, false);
    const Socket silent(AF_INET, SOCK_STREAM, false);
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    for (const auto& given : {std::vector<int>{http.fd, second.fd},
                              {http.fd, datagram.fd},
                              {http.fd, silent.fd},
                              {http.fd, ends[0]}}) {
        const auto sorted = app::sort_sockets(given);
        REQUIRE_FALSE(sorted.has_value());
        CHECK(sorted.error().code == core::ErrorCode::invalid);
        CHECK_THAT(sorted.error().message,
                   ContainsSubstring("descriptor " + std::to_string(given.back())));
        CHECK_THAT(sorted.error().remedy, ContainsSubstring("ListenStream="));
    }
    ::close(ends[0]);
    ::close(ends[1]);
}
