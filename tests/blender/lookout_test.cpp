// What was found on an endpoint, for who asks: one look for all, and none that a status waits for.
#include "lookout.hpp"

#include <link/plain_stage.hpp>

namespace blender_mcpd::blender {

using namespace std::chrono_literals;
using link::Family;
using test::PeerSession;

namespace {

struct LookoutStage : test::Stage {
    LookoutStage() : peer(io.get_executor()) {
        lookout = std::make_shared<Lookout>(timers, link::Endpoint{"127.0.0.1", peer.port()},
                                            closing.token());
    }
    ~LookoutStage() {
        closing.cancel(core::CancelReason::shutdown);
        lookout.reset();
        sessions.clear();
        peer.stop();
        until_quiet();
    }
    LookoutStage(const LookoutStage&) = delete;
    LookoutStage& operator=(const LookoutStage&) = delete;

    /// Somebody looks; who is there has been asked.
    PeerSession& accept() {
        sessions.push_back(std::make_unique<PeerSession>(run(peer.accept())));
        until([&] { return !timers.armed().empty(); });
        advance(100ms);
        CHECK_THAT(run(sessions.back()->read_some()), ContainsSubstring("ping"));
        return *sessions.back();
    }
    void answer(PeerSession& session) { run(session.write(R"({"success":false,"error":"x"})")); }

    core::CancelSource closing;
    test::ScriptedPeer peer;
    std::shared_ptr<Lookout> lookout;
    std::vector<std::unique_ptr<PeerSession>> sessions;
};

}  // namespace

TEST_CASE("lookout: all who look at once share one look") {
    LookoutStage stage;
    const auto first = stage.start(stage.lookout->look());
    const auto second = stage.start(stage.lookout->look());
    const auto glance = stage.start(stage.lookout->glance(700ms));
    stage.answer(stage.accept());
    CHECK(stage.finish(first).family == Family::seed);
    CHECK(stage.finish(second).family == Family::seed);
    CHECK(stage.finish(glance)->family == Family::seed);
    CHECK(stage.lookout->last()->family == Family::seed);
    CHECK(stage.sessions.size() == 1);
}

TEST_CASE("lookout: a glance takes what is fresh, and looks anew when it is not") {
    LookoutStage stage;
    const auto first = stage.start(stage.lookout->glance(700ms));
    stage.answer(stage.accept());
    CHECK(stage.finish(first)->family == Family::seed);
    stage.advance(Lookout::fresh_for - 1ms);
    CHECK(stage.run(stage.lookout->glance(700ms))->family == Family::seed);
    stage.advance(1ms);
    const auto later = stage.start(stage.lookout->glance(700ms));
    stage.answer(stage.accept());
    CHECK(stage.finish(later)->family == Family::seed);
    CHECK(stage.sessions.size() == 2);
}

TEST_CASE("lookout: a glance does not wait longer than it may, and the look goes on") {
    LookoutStage stage;
    const auto glance = stage.start(stage.lookout->glance(150ms));
    auto& session = stage.accept();
    stage.advance(50ms);
    CHECK_FALSE(stage.finish(glance).has_value());
    stage.answer(session);
    stage.until([&] { return stage.lookout->last().has_value(); });
    CHECK(stage.lookout->last()->family == Family::seed);
    CHECK(stage.sessions.size() == 1);
}

TEST_CASE("lookout: shutdown ends a look") {
    LookoutStage stage;
    const auto look = stage.start(stage.lookout->look());
    stage.accept();
    stage.closing.cancel(core::CancelReason::shutdown);
    CHECK(stage.finish(look).family == Family::undecided);
}

}  // namespace blender_mcpd::blender
