// Orders: made once, waited for, taken back, and never lost.
#include "services.hpp"

#include <support/catch.hpp>

namespace blender_mcpd::assets {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("refused orders say why and what to do, never the key") {
    struct Row {
        const char* name;
        Answer answer;
        core::ErrorCode code;
        const char* text;
    };
    const auto echo = std::string(R"({"error":"bad key )") + secret + "\"}";
    const auto row =
        GENERATE_COPY(Row{"key", {401, echo}, core::ErrorCode::unavailable, "refuses the key"},
                      Row{"page", {403, "<html>"}, core::ErrorCode::unavailable, "refuses the key"},
                      Row{"credit", {402, "{}"}, core::ErrorCode::unavailable, "no credit left"},
                      Row{"locked",
                          {403, R"({"detail":"User is locked. Reason: Exhausted balance."})"},
                          core::ErrorCode::unavailable,
                          "no credit left"},
                      Row{"many", {429, "{}"}, core::ErrorCode::busy, "fewer requests"},
                      Row{"wrong",
                          {422, R"({"detail":"no such tier"})"},
                          core::ErrorCode::invalid,
                          "no such tier"});
    CAPTURE(row.name);
    const auto* path = GENERATE("/api/v2/rodin", "/fal-ai/hyper3d/rodin");
    Services services;
    services.server.on(path, row.answer);
    const auto job = services.submit(words(std::string(path) == "/api/v2/rodin" ? "rodin" : "fal"));
    REQUIRE(!job);
    CHECK(job.error().code == row.code);
    CHECK_THAT(job.error().message, ContainsSubstring(row.text));
    CHECK(!job.error().remedy.empty());
    CHECK(core::describe(job.error()).find(secret) == std::string::npos);
    CHECK(core::describe(job.error()).find("all the same") == std::string::npos);
    CHECK(services.server.requests.size() == 1);
}

TEST_CASE("rodin refuses with a status of success, too") {
    Services services;
    services.server.on("/api/v2/rodin",
                       Answer{201, R"({"error":"API_INSUFFICIENT_FUNDS","message":"Empty."})"});
    const auto job = services.submit(words("rodin"));
    REQUIRE(!job);
    CHECK(job.error().code == core::ErrorCode::unavailable);
    CHECK_THAT(job.error().message, ContainsSubstring("no credit left"));
}

TEST_CASE("an order whose answer is lost is not sent again, and may have been taken") {
    struct Row {
        const char* name;
        Answer answer;
    };
    const auto row = GENERATE(Row{"cut", {200, "{\"request_id\"", {}, 3}},
                              Row{"no job", {200, R"({"request_id":"../x"})"}},
                              Row{"no JSON", {200, "fine"}}, Row{"gateway", {504, "late"}});
    CAPTURE(row.name);
    Services services;
    services.server.on("/fal-ai/hyper3d/rodin", row.answer);
    const auto job = services.submit(words("fal"));
    REQUIRE(!job);
    CHECK_THAT(job.error().message, ContainsSubstring("may have taken the order all the same"));
    CHECK_THAT(job.error().remedy, ContainsSubstring("before you order again"));
    CHECK(services.server.requests.size() == 1);
}

TEST_CASE("an order that is cancelled on its way may have been taken") {
    Services services;
    auto pause = std::make_shared<core::Event>(services.io.get_executor());
    services.server.on("/fal-ai/hyper3d/rodin", Answer{200, "{}", {}, {}, pause});
    std::optional<core::Result<GenerationJob>> job;
    services.start(services.generation.submit(words("fal"), services.cancel.token()), job);
    services.drive([&] { return !services.server.requests.empty(); });
    services.cancel.cancel(core::CancelReason::client);
    services.drive([&] { return job.has_value(); });
    CHECK(job->error().code == core::ErrorCode::cancelled);
    CHECK_THAT(job->error().message, ContainsSubstring("all the same"));
    pause->set();
}

TEST_CASE("a job that fails at the service says so") {
    Services services;
    SECTION("rodin") {
        services.server.on("/api/v2/status", Answer{201, R"({"jobs":[{"status":"Failed"}]})"});
        const auto prepared = services.finish("rodin:t-1:k");
        CHECK(prepared.error().code == core::ErrorCode::unavailable);
        CHECK_THAT(prepared.error().message, ContainsSubstring("rodin could not make the model"));
    }
    SECTION("fal, in its result") {
        services.server.on(std::string(requests) + "/status",
                           Answer{200, R"({"status":"COMPLETED"})"});
        services.server.on(requests, Answer{422, R"({"detail":"not allowed"})"});
        const auto prepared = services.finish("fal:r-1");
        CHECK(prepared.error().code == core::ErrorCode::unavailable);
        CHECK_THAT(prepared.error().message, ContainsSubstring("not allowed"));
    }
    SECTION("hunyuan") {
        services.server.on("/status/u", Answer{200, R"({"status":"error","message":"no GPU"})"});
        CHECK_THAT(services.finish("hunyuan:u").error().message, ContainsSubstring("no GPU"));
    }
    SECTION("nobody knows it") {
        CHECK(services.finish("fal:r-1").error().code == core::ErrorCode::not_found);
    }
}

TEST_CASE("what is out of order for a while does not lose the model") {
    Services services;
    serve_rodin(services.server);
    int looks = 0;
    services.server.on("/api/v2/status", [&](const auto&) {
        return ++looks == 1 ? Answer{429, "{}", {"Retry-After: 60"}} : Answer{201, rodin_done};
    });
    std::optional<core::Result<Prepared>> prepared;
    services.wait_for("rodin:t-1:k", prepared);
    services.pass(seconds(1), "generation-look");
    services.drive([&] { return prepared.has_value(); });
    CHECK(prepared->has_value());
}

TEST_CASE("the time is over, and the job can still be fetched") {
    Services services;
    services.server.on(std::string(requests) + "/status",
                       Answer{202, R"({"status":"IN_PROGRESS"})"});
    std::optional<core::Result<Prepared>> prepared;
    services.wait_for("fal:r-1", prepared);
    services.pass(minutes(10), "generation-look");
    services.drive([&] { return prepared.has_value(); });
    REQUIRE(!prepared->has_value());
    CHECK(prepared->error().code == core::ErrorCode::timeout);
    CHECK_THAT(prepared->error().message, ContainsSubstring("not ready within 600 s"));
    CHECK_THAT(prepared->error().remedy, ContainsSubstring(R"("job": "fal:r-1")"));
    CHECK(services.timers.armed().empty());
}

TEST_CASE("cancelled, an order is taken back where the service can") {
    Services services;
    services.server.on(std::string(requests) + "/status",
                       Answer{202, R"({"status":"IN_PROGRESS"})"});
    services.server.on("/api/v2/status", Answer{201, R"({"jobs":[{"status":"Waiting"}]})"});
    const auto* const row = GENERATE("rodin", "fal", "fal, too late");
    const bool is_fal = row != std::string("rodin");
    const bool is_refused = row == std::string("fal, too late");
    services.server.on(std::string(requests) + "/cancel",
                       Answer{is_refused ? 400 : 202, R"({"status":"CANCELLATION_REQUESTED"})"});
    std::optional<core::Result<Prepared>> prepared;
    services.wait_for(is_fal ? "fal:r-1" : "rodin:t-1:k", prepared);
    services.drive([&] { return services.messages.size() > 1; });
    services.cancel.cancel(core::CancelReason::client);
    services.drive([&] { return prepared.has_value(); });
    CHECK(prepared->error().code == core::ErrorCode::cancelled);
    const bool goes_on = !is_fal || is_refused;
    CHECK((prepared->error().message.find("taken back") == std::string::npos) == goes_on);
    CHECK((prepared->error().remedy.find("\"job\"") == std::string::npos) == !goes_on);
    CHECK(services.server.count(std::string(requests) + "/cancel") == (is_fal ? 1 : 0));
    if (is_fal) CHECK(services.server.requests.back().method == "PUT");
}

TEST_CASE("at the end of the daemon orders are left to be fetched later") {
    Services services;
    services.server.on(std::string(requests) + "/status",
                       Answer{202, R"({"status":"IN_PROGRESS"})"});
    std::optional<core::Result<Prepared>> prepared;
    services.wait_for("fal:r-1", prepared);
    services.drive([&] { return services.messages.size() > 1; });
    services.cancel.cancel(core::CancelReason::shutdown);
    services.drive([&] { return prepared.has_value(); });
    CHECK(prepared->error().code == core::ErrorCode::shutting_down);
    CHECK(services.server.count(std::string(requests) + "/cancel") == 0);
}

}  // namespace
}  // namespace blender_mcpd::assets
