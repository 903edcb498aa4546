// Many acquirers against peers of all manners.
#include "stress.hpp"

#include <blender_mcpd/link/pool.hpp>

using namespace blender_mcpd;
using namespace blender_mcpd::test;

TEST_CASE("100 acquirers, 5 connections, good peers: every call succeeds over 5 connections") {
    Stress stress(stress_options);
    stress.only = Manners::good;
    stress.run_workers(100, 10);
    CHECK(stress.ends["ok"] == 1000);
    CHECK(stress.pool->stats().opened == 5);
    CHECK(stress.pool->stats().discarded == 0);
}

TEST_CASE("100 acquirers, 5 connections, peers that close after each reply: every call succeeds") {
    Stress stress(stress_options);
    stress.only = Manners::close_after_reply;
    stress.run_workers(100, 3);
    CHECK(stress.ends["ok"] == 300);
    CHECK(stress.pool->stats().opened == 300);
}

TEST_CASE("100 acquirers, 5 connections, peers of all manners: every acquire ends") {
    Stress stress(stress_options);
    stress.run_workers(100, 5);
    CHECK(stress.most == 5);
    for (const auto* end :
         {"ok", "acquire: connection", "call: connection", "call: protocol", "call: timeout"}) {
        INFO(end);
        CHECK(stress.ends.erase(end) == 1);
    }
    // Who waits for a slow failure is mostly served by another connection first.
    stress.ends.erase("acquire: timeout");
    stress.ends.erase("acquire: protocol");
    CHECK(stress.ends.empty());
}

TEST_CASE("100 acquirers, 5 connections, nobody listens: each gets its own refusal") {
    Stress stress(stress_options);
    stress.peer->stop();
    stress.run_workers(100, 1);
    CHECK(stress.ends["acquire: connection"] == 100);
    CHECK(stress.pool->stats().failed == 100);
}

TEST_CASE("100 acquirers are told when the pool closes under them") {
    Stress stress(stress_options);
    stress.only = Manners::silent_after_request;
    stress.start_workers(100, 1);
    stress.until([&] { return stress.pool->stats().active == 5; });
    stress.pool->close();
    stress.until([&] { return stress.finished == 95; });
    CHECK(stress.ends["acquire: shutting_down"] == 95);
    stress.pass_time_until_finished(100);
    CHECK(stress.ends["call: timeout"] == 5);
}
