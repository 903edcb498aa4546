// Who gets the path of the socket, and what the file system looks like before and after.
#include "unix_stage.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include <support/captured_log.hpp>
#include <sys/file.h>
#include <sys/stat.h>

namespace blender_mcpd::transport {

namespace {

namespace fs = std::filesystem;

struct Umask {
    explicit Umask(mode_t mask) : before(umask(mask)) {}
    ~Umask() { umask(before); }
    Umask(const Umask&) = delete;
    Umask& operator=(const Umask&) = delete;
    mode_t before;
};

std::string error_of(UnixStage& stage, core::ErrorCode code) {
    const auto opened = stage.open();
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == code);
    CHECK_FALSE(opened.error().remedy.empty());
    return opened.error().message;
}

}  // namespace

TEST_CASE("the socket and its folder are the owner's only, whatever the umask") {
    UnixStage stage;
    const Umask mask(GENERATE(0, 022, 077));
    stage.start();
    CHECK(mode_of(stage.folder / "own") == 0700);
    CHECK(mode_of(stage.options.path) == 0600);
    CHECK(mode_of(stage.options.path + ".lock") == 0600);
}

TEST_CASE("the end leaves neither socket nor lock") {
    UnixStage stage;
    stage.start();
    stage.listener->stop(core::CancelReason::shutdown);
    CHECK(mode_of(stage.options.path) == -1);
    stage.settle();
    REQUIRE(stage.ended);
    stage.listener.reset();
    CHECK(fs::is_empty(stage.folder / "own"));
    // And there can be a next one.
    CHECK(stage.open().has_value());
    CHECK(fs::is_empty(stage.folder / "own"));
}

TEST_CASE("a file that took the socket's place is not removed") {
    UnixStage stage;
    stage.start();
    fs::rename(stage.options.path, stage.folder / "own/renamed");
    std::ofstream(stage.options.path) << "of somebody else";
    stage.listener->stop(core::CancelReason::shutdown);
    CHECK(fs::is_regular_file(stage.options.path));
}

TEST_CASE("an own folder that is not ours alone is refused") {
    UnixStage stage;
    const auto folder = stage.folder / "own";
    SECTION("open to others") {
        fs::create_directory(folder);
        fs::permissions(folder, static_cast<fs::perms>(GENERATE(0755, 0710, 0701, 0770)));
    }
    SECTION("a link") {
        fs::create_directory(stage.folder / "target");
        fs::permissions(stage.folder / "target", fs::perms::owner_all);
        fs::create_symlink(stage.folder / "target", folder);
    }
    SECTION("a file") {
        std::ofstream(folder) << "";
        fs::permissions(folder, fs::perms::owner_read);
    }
    SECTION("another user's") {
        fs::create_directory(folder);
        fs::permissions(folder, fs::perms::owner_all);
        if (chown(folder.c_str(), 65'534, 65'534) != 0) return;  // only root can try this
    }
    CHECK_THAT(error_of(stage, core::ErrorCode::invalid), ContainsSubstring(folder));
    CHECK(mode_of(stage.options.path) == -1);
}

TEST_CASE("a shared folder must be safe from others") {
    UnixStage stage;
    stage.options.folder = SocketFolder::shared;
    const auto folder = stage.folder / "own";
    SECTION("it is not made") {
        CHECK_THAT(error_of(stage, core::ErrorCode::unavailable), ContainsSubstring(folder));
        CHECK(mode_of(folder) == -1);
    }
    SECTION("by its permissions") {
        struct Row {
            int mode;
            bool accepted;
        };
        const auto row = GENERATE(values<Row>({{0700, true},
                                               {0755, true},
                                               {0775, false},
                                               {0757, false},
                                               {0777, false},
                                               {01777, true}}));
        CAPTURE(row.mode);
        fs::create_directory(folder);
        fs::permissions(folder, static_cast<fs::perms>(row.mode));
        CHECK(stage.open().has_value() == row.accepted);
    }
    SECTION("by its owner") {
        fs::create_directory(folder);
        if (chown(folder.c_str(), 65'534, 65'534) != 0) return;
        CHECK_THAT(error_of(stage, core::ErrorCode::invalid), ContainsSubstring(folder));
    }
}

TEST_CASE("a path must fit") {
    UnixStage stage;
    const auto longest = 107 - (stage.folder / "own/").size();
    stage.options.path = stage.folder / ("own/" + std::string(longest, 's'));
    // The lock's name is longer, and may be.
    CHECK(stage.open().has_value());
    stage.options.path += 's';
    CHECK_THAT(error_of(stage, core::ErrorCode::invalid), ContainsSubstring("107 bytes"));
}

TEST_CASE("what a dead daemon left is replaced") {
    UnixStage stage;
    fs::create_directory(stage.folder / "own");
    fs::permissions(stage.folder / "own", fs::perms::owner_all);
    close(listen_on(stage.options.path));
    std::ofstream(stage.options.path + ".lock") << "";  // nobody holds it
    const test::CapturedLog log;
    stage.start();
    CHECK(log.count("left behind by an earlier run") == 1);
    const auto client = stage.connect();
    CHECK(stage.ask(*client, ping(1)) == pong(1) + "\n");
}

TEST_CASE("what is no socket is left alone") {
    UnixStage stage;
    fs::create_directory(stage.folder / "own");
    fs::permissions(stage.folder / "own", fs::perms::owner_all);
    SECTION("a file") {
        std::ofstream(stage.options.path) << "precious";
    }
    SECTION("a link to a socket") {
        const int fd = listen_on(stage.folder / "elsewhere");
        fs::create_symlink(stage.folder / "elsewhere", stage.options.path);
        close(fd);
    }
    CHECK_THAT(error_of(stage, core::ErrorCode::invalid), ContainsSubstring("no socket"));
    CHECK(fs::symlink_status(stage.options.path).type() != fs::file_type::not_found);
    CHECK(mode_of(stage.options.path + ".lock") == -1);
}

TEST_CASE("a living daemon keeps its socket") {
    UnixStage stage;
    const auto me = "process " + std::to_string(getpid());
    SECTION("ours") {
        stage.start();
        CHECK_THAT(error_of(stage, core::ErrorCode::busy),
                   ContainsSubstring(me) && ContainsSubstring(stage.options.path));
        const auto client = stage.connect();
        CHECK(stage.ask(*client, ping(1)) == pong(1) + "\n");
    }
    fs::create_directory(stage.folder / "own");
    fs::permissions(stage.folder / "own", fs::perms::owner_all);
    SECTION("one that knows no lock") {
        const int fd = listen_on(stage.options.path);
        CHECK_THAT(error_of(stage, core::ErrorCode::busy), ContainsSubstring(me));
        CHECK(mode_of(stage.options.path) != -1);
        close(fd);
    }
    SECTION("one that does not accept") {
        const int fd = listen_on(stage.options.path);
        std::vector<std::unique_ptr<End>> queue;
        for (;;) {
            queue.push_back(std::make_unique<End>(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)));
            if (connect_to(queue.back()->fd(), stage.options.path) != 0) break;
            REQUIRE(queue.size() < 1'000);
        }
        CHECK_THAT(error_of(stage, core::ErrorCode::busy), ContainsSubstring("has the socket"));
        CHECK(mode_of(stage.options.path) != -1);
        close(fd);
    }
    SECTION("one that has not begun to listen") {
        const auto lock = stage.options.path + ".lock";
        const int fd = open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        REQUIRE(flock(fd, LOCK_EX) == 0);
        CHECK_THAT(error_of(stage, core::ErrorCode::busy),
                   ContainsSubstring("starts or ends just now"));
        CHECK(mode_of(lock) == 0600);
        close(fd);
    }
}

TEST_CASE("of daemons that start at once, one gets the socket") {
    TempFolder folder;
    const auto path = folder / "daemon.sock";
    for (int round = 0; round < 30; ++round) {
        // Each finds the socket of a dead one.
        fs::remove(path);
        close(listen_on(path));
        constexpr int starters = 6;
        std::atomic<int> ready{0};
        std::atomic<int> tried{0};
        std::atomic<int> opened{0};
        std::atomic<int> refused{0};
        const auto try_it = [&] {
            test::ManualLoop loop;
            core::Metrics metrics;
            mcp::Server server(loop.timers, metrics, {"test", "Test", "1", ""}, {}, {});
            UnixOptions options;
            options.path = path;
            ++ready;
            while (ready < starters)
                std::this_thread::yield();
            const auto listener = UnixListener::open(loop.timers, server, options);
            if (listener.has_value())
                ++opened;
            else if (listener.error().code == core::ErrorCode::busy)
                ++refused;
            ++tried;
            while (tried < starters)
                std::this_thread::yield();
        };
        std::vector<std::thread> threads;
        for (int i = 0; i < starters; ++i)
            threads.emplace_back(try_it);
        for (auto& thread : threads)
            thread.join();
        REQUIRE(opened == 1);
        REQUIRE(refused == starters - 1);
        REQUIRE(fs::is_empty(folder.path));
    }
}

}  // namespace blender_mcpd::transport
