// Connections that are handed to a process over a socket that it has inherited.
#include "stage.hpp"
#include "stream_socket.hpp"

#include <blender_mcpd/link/handover.hpp>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

namespace blender_mcpd::test {

namespace {

/// As the process does it; -1: nothing is there.
int take(int from) {
    char byte = 0;
    iovec data{&byte, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = room.data();
    message.msg_controllen = room.size();
    if (::recvmsg(from, &message, MSG_DONTWAIT) != 1) return -1;
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    return fd;
}

}  // namespace

TEST_CASE("each connection is a pair of its own") {
    const auto files = open_files();
    {
        const auto handover = link::Handover::make().value();
        const int first = handover->connect();
        const int second = handover->connect();
        REQUIRE(first >= 0);
        REQUIRE(second >= 0);
        const int taken = take(handover->far_end());
        const int other = take(handover->far_end());
        CHECK(::write(second, "2", 1) == 1);
        CHECK(::write(first, "1", 1) == 1);
        char said = 0;
        CHECK(::read(taken, &said, 1) == 1);
        CHECK(said == '1');
        for (const int fd : {first, second, taken, other})
            ::close(fd);
    }
    CHECK(open_files() == files);
}

TEST_CASE("nobody can be reached in a process that has ended") {
    const auto handover = link::Handover::make().value();
    handover->close_far_end();
    CHECK(handover->connect() == -EPIPE);
}

TEST_CASE("a process that takes nothing does not block the daemon") {
    const auto files = open_files();
    const auto handover = link::Handover::make().value();
    std::vector<int> connections;
    int last = 0;
    while ((last = handover->connect()) >= 0 && connections.size() < 10'000)
        connections.push_back(last);
    CHECK((last == -EAGAIN || last == -ETOOMANYREFS || last == -EMFILE));
    for (const int fd : connections)
        ::close(fd);
    while ((last = take(handover->far_end())) >= 0)
        ::close(last);
    CHECK(open_files() == files + 2);
}

TEST_CASE("a connection over a handover says hello like any other") {
    Stage stage;
    const auto handover = link::Handover::make().value();
    core::CancelToken nobody;
    link::Endpoint where;
    where.handover = handover;
    const auto opening =
        stage.start(link::Connection::open(stage.timers, where, "token", {}, nobody));
    link::StreamSocket far(stage.io.get_executor());
    far.assign({AF_UNIX, 0}, take(handover->far_end()));
    const std::string hello = R"({"hello":{"link":1,"name":"peer"}})";
    std::string frame{0, 0, 0, static_cast<char>(hello.size()), 0, 0, 0, 0};
    frame += hello;
    CHECK(far.send(boost::asio::buffer(frame)) == frame.size());
    const auto connection = stage.finish(opening).value();
    CHECK(connection->usable());
    CHECK(connection->peer_hello().find("peer") != std::string::npos);
    connection->close();
}

TEST_CASE("an error of a handover says where it was") {
    Stage stage;
    const auto handover = link::Handover::make().value();
    handover->close_far_end();
    core::CancelToken nobody;
    link::Endpoint where;
    where.handover = handover;
    const auto opened =
        stage.finish(stage.start(link::Connection::open(stage.timers, where, "token", {}, nobody)));
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == ErrorCode::connection);
    CHECK(opened.error().message ==
          "Connection failed: Broken pipe (over the socket that it has inherited)");
}

}  // namespace blender_mcpd::test
