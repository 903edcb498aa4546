#include "generation_board.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <support/catch.hpp>
#include <sys/mman.h>
#include <unistd.h>

namespace blender_mcpd::blender {
namespace {

constexpr std::size_t page = 4096;

/// A page as the runtime shares it.
struct Shared {
    explicit Shared(std::size_t size = page, int seals = F_SEAL_SHRINK)
        : fd(memfd_create("generation", MFD_CLOEXEC | MFD_ALLOW_SEALING)) {
        REQUIRE(fd >= 0);
        REQUIRE(ftruncate(fd, static_cast<off_t>(size)) == 0);
        REQUIRE(fcntl(fd, F_ADD_SEALS, seals) == 0);
        std::array<unsigned char, 16> nonce{};
        nonce.fill(0xAB);
        REQUIRE(pwrite(fd, nonce.data(), nonce.size(), 0) == 16);
    }
    ~Shared() { close(fd); }
    void set(int word, std::uint64_t value) const {
        REQUIRE(pwrite(fd, &value, sizeof value, 16 + 8 * word) == sizeof value);
    }
    [[nodiscard]] std::string hello(std::string_view nonce = "abababababababababababababababab",
                                    int other_fd = -1) const {
        return fmt::format(R"({{"link":1,"pid":{},"generation":{{"fd":{},"nonce":"{}"}}}})",
                           getpid(), other_fd < 0 ? fd : other_fd, nonce);
    }
    int fd;
};

TEST_CASE("a generation board is read without asking") {
    const Shared shared;
    const auto board = GenerationBoard::open(shared.hello());
    REQUIRE(board);
    CHECK(board->generation() == 0);
    shared.set(0, 7);
    CHECK(board->generation() == 7);

    SECTION("edits that nobody has seen count as well") {
        shared.set(1, 3);
        CHECK(board->generation() == 10);
    }
    SECTION("while something edits without being seen, it does not know") {
        shared.set(2, 1);
        CHECK_FALSE(board->generation());
        shared.set(2, 0);
        CHECK(board->generation() == 7);
    }
}

TEST_CASE("a generation board lasts when its Blender closes it") {
    auto shared = std::make_unique<Shared>();
    shared->set(0, 5);
    const auto board = GenerationBoard::open(shared->hello());
    REQUIRE(board);
    shared.reset();
    CHECK(board->generation() == 5);
}

TEST_CASE("what is no generation board is not taken for one") {
    const Shared shared;
    const Shared unsealed(page, 0);
    const Shared short_one(100);
    const int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    std::array<int, 2> pipe_ends{};
    REQUIRE(pipe2(pipe_ends.data(), O_CLOEXEC) == 0);
    const auto nonce = "abababababababababababababababab";

    for (const auto& hello : {
             std::string("no JSON"),
             std::string("{}"),
             std::string(R"({"pid":1})"),
             fmt::format(R"({{"pid":{},"generation":7}})", getpid()),
             fmt::format(R"({{"pid":{},"generation":{{"fd":"3","nonce":"ab"}}}})", getpid()),
             fmt::format(R"({{"pid":{},"generation":{{"fd":{}}}}})", getpid(), shared.fd),
             shared.hello("cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"),  // the number is of something else
             shared.hello(nonce, 1'000'000),
             shared.hello(nonce, file),
             shared.hello(nonce, pipe_ends[0]),
             unsealed.hello(),  // whoever shrinks it would end us
             short_one.hello(),
         }) {
        INFO(hello);
        CHECK_FALSE(GenerationBoard::open(hello));
    }
    for (const int fd : {file, pipe_ends[0], pipe_ends[1]})
        close(fd);
}

}  // namespace
}  // namespace blender_mcpd::blender
