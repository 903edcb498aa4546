// The connection for scene events: made, lost and made again. Time stands still; the peer does what
// it is told.
#include "scene_watch.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <support/catch.hpp>
#include <support/loop.hpp>
#include <support/scripted_peer.hpp>

namespace blender_mcpd::blender {

namespace {

using namespace std::chrono_literals;

std::string agreement(std::uint64_t id, int generation) {
    return test::frame(R"({"id":)" + std::to_string(id) + R"(,"ok":true,"gen":)" +
                       std::to_string(generation) + R"(,"ms":0.1,"result":{}})");
}

std::string event(int generation, const std::string& rest) {
    return test::frame(R"({"event":"scene","gen":)" + std::to_string(generation) + "," + rest +
                       "}");
}

struct WatchStage : test::ManualLoop {
    WatchStage() { peer.emplace(io.get_executor()); }
    ~WatchStage() {
        watch.reset();
        until([&] {
            io.restart();
            io.poll();
            return io.stopped() || peer_is_busy;
        });
        CHECK(timers.armed().empty());
    }
    WatchStage(const WatchStage&) = delete;
    WatchStage& operator=(const WatchStage&) = delete;

    void start(std::optional<std::uint64_t> known = 1) {
        SceneWatch::Connect connect = [this](core::CancelToken cancel) {
            ++attempts;
            return link::Connection::open(timers, {.port = peer->port()}, "secret", {},
                                          std::move(cancel));
        };
        watch.emplace(timers, metrics, std::move(connect), known, [this](const SceneChange& told) {
            changes.push_back(told);
            if (changes.size() == end_after) watch.reset();
        });
    }

    /// The peer takes a connection and agrees to tell.
    void accept(int generation = 1) { run(take(*this, generation)); }
    void write(std::string bytes) { run(session->write(std::move(bytes))); }
    void until_changes(std::size_t count) {
        until([&] { return changes.size() >= count; });
    }
    void until_lost(std::int64_t count) {
        until([&] { return metrics.value(scene_watches_lost) == count; });
    }

    template <typename Condition>
    void until(Condition done) {
        test::drive(io, std::move(done));
    }
    void run(boost::asio::awaitable<void> work) {
        peer_is_busy = true;
        boost::asio::co_spawn(io, std::move(work), [this](std::exception_ptr failure) {
            peer_is_busy = false;
            if (failure) std::rethrow_exception(failure);
        });
        until([&] { return !peer_is_busy; });
    }

    core::Metrics metrics;
    std::optional<test::ScriptedPeer> peer;
    std::optional<test::PeerSession> session;
    std::optional<SceneWatch> watch;
    std::vector<SceneChange> changes;
    std::size_t end_after = 0;
    int attempts = 0;
    bool peer_is_busy = false;

  private:
    static boost::asio::awaitable<void> take(WatchStage& stage, int generation) {
        stage.session.emplace(co_await stage.peer->welcome());
        const auto request = co_await stage.session->read_json();
        const auto id = test::id_of(request);
        co_await stage.session->write(agreement(id, generation));
        co_await stage.session->delivered();
    }
};

}  // namespace

TEST_CASE("scene watch: events become changes") {
    WatchStage stage;
    stage.start();
    stage.accept();
    CHECK(stage.changes.empty());  // that is what was known
    stage.write(event(2, R"("changed":["Cube"])"));
    stage.write(event(3, R"("changed":[],"more":true,"file":"")"));
    stage.until_changes(2);
    CHECK(stage.changes[0].generation == 2);
    CHECK(stage.changes[0].changed == std::vector<std::string>{"Cube"});
    CHECK_FALSE(stage.changes[0].more);
    CHECK_FALSE(stage.changes[0].file_changed);
    CHECK(stage.changes[1].generation == 3);
    CHECK(stage.changes[1].more);
    CHECK(stage.changes[1].file_changed);
    CHECK(stage.metrics.value(scene_events) == 2);
    CHECK(stage.timers.armed().empty());
}

TEST_CASE("scene watch: what has happened before it begins is told") {
    const struct {
        const char* name;
        std::optional<std::uint64_t> known;
        int generation;
        std::size_t told;
    } table[]{
        {"nothing", 7, 7, 0},
        {"an edit", 6, 7, 1},
        {"another Blender", std::nullopt, 0, 1},
    };
    for (const auto& row : table) {
        INFO(row.name);
        WatchStage stage;
        stage.start(row.known);
        stage.accept(row.generation);
        stage.write(event(99, R"("changed":["Cube"])"));
        stage.until_changes(row.told + 1);
        REQUIRE(stage.changes.size() == row.told + 1);
        CHECK(stage.changes.back().generation == 99);
        if (row.told == 0) continue;
        CHECK(stage.changes[0].generation == static_cast<std::uint64_t>(row.generation));
        CHECK(stage.changes[0].more);
        CHECK(stage.changes[0].file_changed);
    }
}

TEST_CASE(
    "scene watch: a lost connection is made again after a pause, and what was missed is told") {
    WatchStage stage;
    stage.start();
    stage.accept();
    stage.write(event(2, R"("changed":["Cube"])"));
    stage.until_changes(1);

    SECTION("nothing was missed") {
        stage.session->close();
        stage.until_lost(1);
        CHECK(stage.attempts == 1);
        stage.advance(SceneWatch::first_pause);
        stage.accept(2);
        stage.write(event(3, R"("changed":["Light"])"));
        stage.until_changes(2);
        CHECK(stage.changes[1].changed == std::vector<std::string>{"Light"});
    }
    SECTION("something was missed") {
        stage.session->reset();
        stage.until_lost(1);
        stage.advance(SceneWatch::first_pause - 1ms);
        CHECK(stage.attempts == 1);
        stage.advance(1ms);
        stage.accept(5);
        stage.until_changes(2);
        CHECK(stage.changes[1].generation == 5);
        CHECK(stage.changes[1].changed.empty());
        CHECK(stage.changes[1].more);
    }
    SECTION("Blender broke the protocol") {
        stage.write(test::frame("[]"));
        stage.until_lost(1);
        stage.advance(SceneWatch::first_pause);
        stage.accept(2);
    }
}

TEST_CASE("scene watch: the pauses grow to a minute, and are short again after a success") {
    WatchStage stage;
    const auto port = stage.peer->port();
    stage.peer->stop();
    SceneWatch::Connect connect = [&](core::CancelToken cancel) {
        ++stage.attempts;
        return link::Connection::open(stage.timers, {.port = port}, "secret", {},
                                      std::move(cancel));
    };
    stage.watch.emplace(stage.timers, stage.metrics, std::move(connect), 1,
                        [](const SceneChange&) {});
    std::int64_t losses = 0;
    for (const auto pause : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
        stage.until_lost(++losses);
        stage.advance(pause - 1ms);
        CHECK(stage.attempts == losses);
        stage.advance(1ms);
        CHECK(stage.attempts == losses + 1);
    }
    stage.until_lost(++losses);
    stage.peer.emplace(stage.io.get_executor(), "127.0.0.1", port);
    stage.advance(60s);
    stage.accept();
    stage.session->close();
    stage.until_lost(++losses);
    stage.advance(1s);
    stage.accept();
}

TEST_CASE("scene watch: it ends at once, whatever it waits for") {
    WatchStage stage;
    stage.start();
    SECTION("for the connection") {
        stage.watch.reset();
    }
    SECTION("for the hello") {
        stage.settle();
        stage.watch.reset();
    }
    SECTION("for an event") {
        stage.accept();
        stage.watch.reset();
        stage.run(stage.session->wait_end());
    }
    SECTION("for the end of a pause") {
        stage.accept();
        stage.session->close();
        stage.until_lost(1);
        CHECK(stage.timers.armed() == std::vector<std::string>{"scene-watch"});
        stage.watch.reset();
        CHECK(stage.timers.armed().empty());  // before the loop turns
    }
    CHECK(stage.changes.empty());
}

TEST_CASE("scene watch: the handler may end it") {
    for (const std::optional<std::uint64_t> known : {std::optional<std::uint64_t>(1), {}}) {
        WatchStage stage;
        stage.end_after = 1;
        stage.start(known);
        stage.accept();
        if (known) stage.write(event(2, R"("changed":["Cube"])") + event(3, R"("changed":[])"));
        stage.until_changes(1);
        stage.run(stage.session->wait_end());
        CHECK(stage.changes.size() == 1);
    }
}

}  // namespace blender_mcpd::blender
