// A day in some seconds: a million calls through session, guards and pool, while the clock of the
// test runs through 24 hours of ticks. Nothing may grow.
#include <blender_mcpd/blender/health.hpp>
#include <blender_mcpd/core/alerts.hpp>
#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/link/pool.hpp>
#include <blender_mcpd/mcp/session.hpp>
#include <blender_mcpd/tools/guards.hpp>
#include <blender_mcpd/tools/tools.hpp>

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include <link/fake_connection.hpp>
#include <malloc.h>
#include <support/catch.hpp>
#include <support/function_channel.hpp>
#include <support/loop.hpp>
#include <tools/all_tools.hpp>
#include <tools/fake_blenders.hpp>

using namespace blender_mcpd;
using namespace std::chrono_literals;

namespace {

constexpr int calls = 1'000'000;
constexpr int hours = 24;
constexpr core::Duration step = core::Duration(24h) / calls;

/// Operations go through a real pool to connections that fail now and then.
class PooledBlender final : public blender::Blender {
  public:
    PooledBlender(core::Timers& timers, core::Metrics& metrics)
        : pool_(timers, metrics, [this](core::CancelToken) { return connect(); },
                {.max = 3,
                 .min = 1,
                 .acquire_timeout = 2s,
                 .idle_timeout = 60s,
                 .health_interval = 30s,
                 .max_requests_per_connection = 500}) {
        pool_.start();
    }

    boost::asio::awaitable<core::Result<link::Reply>> call(blender::Operation operation,
                                                           core::CancelToken cancel,
                                                           link::ProgressHandler) override {
        auto lease = co_await pool_.acquire(cancel);
        if (!lease) co_return lease.error();
        if (operation.mutates) ++generation_;
        link::Request request;
        link::ProgressHandler nobody;
        auto reply =
            co_await (*lease)->call(std::move(request), std::move(cancel), std::move(nobody));
        if (++carried_ % 1'000 == 0) connection_->alive = false;  // the peer goes away
        if (!reply) co_return reply.error();
        constexpr std::string_view text = R"({"objects":[1,2,3]})";
        co_return link::Reply(std::string(text), {}, 0, text.size(), generation_);
    }
    boost::asio::awaitable<core::Result<link::Reply>> call_on_copy(
        blender::Operation operation, core::CancelToken cancel,
        link::ProgressHandler progress) override {
        return call(std::move(operation), std::move(cancel), std::move(progress));
    }
    [[nodiscard]] std::string instance() const override { return "blender-1"; }
    boost::asio::awaitable<core::Result<std::optional<std::uint64_t>>> generation() override {
        co_return std::optional(generation_);
    }
    [[nodiscard]] blender::ChangeSubscription on_change(blender::ChangeHandler) override {
        return {};
    }
    boost::asio::awaitable<std::filesystem::path> project_directory() override {
        co_return std::filesystem::path();
    }
    [[nodiscard]] std::string recent_output() const override { return {}; }
    boost::asio::awaitable<core::Json> status() override {
        co_return core::Json{{"state", "ready"}, {"message", ""}, {"next_step", ""}};
    }
    boost::asio::awaitable<std::optional<core::Result<blender::HealthFinding>>> check() {
        if (++checks_ % 5 == 0) co_return core::Error{.message = "gone"};
        co_return blender::HealthFinding{};
    }
    void close() { pool_.close(); }
    [[nodiscard]] link::PoolStats stats() const { return pool_.stats(); }

  private:
    boost::asio::awaitable<core::Result<std::shared_ptr<link::Connection>>> connect() {
        if (++attempts_ % 7 == 0)
            co_return core::Error{.code = core::ErrorCode::connection, .message = "refused"};
        connection_ = std::make_shared<test::FakeConnection>();
        co_return connection_;
    }

    std::shared_ptr<test::FakeConnection> connection_;
    std::uint64_t generation_ = 0;
    std::uint64_t carried_ = 0;
    std::uint64_t attempts_ = 0;
    std::uint64_t checks_ = 0;
    link::Pool pool_;
};

/// What must be the same at every hour.
struct Reading {
    std::size_t files = 0;
    std::size_t threads = 0;
    std::size_t timers = 0;
    std::size_t handlers = 0;
    std::size_t bytes = 0;  // allocated and not freed; 0 where the allocator does not tell
};

std::size_t entries(const char* folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

tools::GuardOptions guard_options() {
    tools::GuardOptions options;
    options.limits.general = {.per_minute = 550, .burst = 550};  // there are times of refusals
    options.limits.script = {.per_minute = 60, .burst = 60};
    options.cache.max_entries = 2;
    options.roots = {"/tmp"};
    return options;
}

struct Day {
    Day() {
        health.emplace(
            loop.timers, metrics, [this](std::chrono::milliseconds) { return blender.check(); },
            30s);
        health->start();
        guards.limiter.start(loop.timers);
        for (const auto& rule : {core::timer_leak, tools::ttl_out_of_range, tools::many_non_finite,
                                 tools::many_validation_failures})
            alerts.add(rule);
    }

    void call(int number) {
        static constexpr std::array<std::string_view, 8> kinds{
            R"_("get_scene_info","arguments":{})_",
            R"_("get_scene_info","arguments":{"detail":"objects","limit":NUMBER})_",
            R"_("get_object_info","arguments":{"names":["Object NUMBER"]})_",
            R"_("update_objects","arguments":{"items":[{"name":"Cube","location":[0,0,NUMBER]}]})_",
            R"_("execute_blender_code","arguments":{"code":"import os\nos.remove('NUMBER')"})_",
            R"_("get_object_info","arguments":{"names":[]})_",
            R"_("update_objects","arguments":{"items":[{"name":"Cube","location":[0,0,1e999]}]})_",
            R"_("no_such_tool_NUMBER","arguments":{})_",
        };
        auto kind = std::string(kinds.at(static_cast<std::size_t>(number / 3) % kinds.size()));
        if (const auto place = kind.find("NUMBER"); place != std::string::npos)
            kind.replace(place, 6, std::to_string(number / 3 % 300 + 1));
        receive(fmt::format(
            R"({{"jsonrpc":"2.0","id":{},"method":"tools/call","params":{{"name":{}}}}})", number,
            kind));
        if (number % 50 == 0)
            receive(fmt::format(
                R"({{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":{}}}}})",
                number));
        loop.settle();
    }

    void receive(const std::string& message) { session->receive(message, client); }

    [[nodiscard]] Reading read() const {
        return {entries("/proc/self/fd"), entries("/proc/self/task"), loop.timers.armed().size(),
                session->in_flight(), static_cast<std::size_t>(mallinfo2().uordblks)};
    }

    test::ManualLoop loop;
    core::Metrics metrics;
    core::Alerts alerts{loop.clock, metrics};
    PooledBlender blender{loop.timers, metrics};
    tools::FakeBlenders blenders{blender};
    tools::Guards guards{loop.timers, loop.clock, metrics, guard_options()};
    std::optional<blender::HealthCheck> health;
    mcp::Server server{
        loop.timers, metrics, {"soak", "Soak", "1", ""}, tools::all_tools(blenders, guards), {}};
    std::uint64_t answers = 0;
    std::unique_ptr<mcp::Session> session =
        std::make_unique<mcp::Session>(server, server.name_client());
    std::shared_ptr<mcp::Channel> client = test::channel([this](const std::string&) { ++answers; });
};

}  // namespace

TEST_CASE("a day of a million calls leaves nothing behind") {
    Day day;
    std::vector<Reading> readings;
    for (int number = 1; number <= calls; ++number) {
        day.call(number);
        day.loop.advance(step);
        if (number % (calls / hours) == 0) readings.push_back(day.read());
    }
    REQUIRE(readings.size() >= hours);

    // The first hours fill the cache, the buckets and the allocator.
    const auto& first = readings.at(2);
    constexpr std::size_t noise = 64 * 1024;
    for (std::size_t hour = 3; hour < readings.size(); ++hour) {
        const auto& now = readings.at(hour);
        CAPTURE(hour, first.bytes, now.bytes);
        CHECK(now.files == first.files);
        CHECK(now.threads == first.threads);
        CHECK(now.timers == first.timers);
        CHECK(now.handlers == 0);
        CHECK(now.bytes <= first.bytes + noise);
    }

    // Every call was answered once, but those that were cancelled in time not at all.
    CHECK(day.answers <= calls);
    CHECK(day.answers >= calls - calls / 50);
    // All of it really happened.
    for (const auto* name : {"rate_limiter.admitted", "rate_limiter.refused{rate}", "cache.hits",
                             "cache.evictions", "validation.nan_infinity.blocked",
                             "security.scripts_flagged{warn}", "connection_pool.failed{connection}",
                             "health_check.failures", "validation.failures{get_object_info}"}) {
        CAPTURE(name);
        CHECK(day.metrics.all()[name] > 100);
    }
    CHECK(day.alerts.recent().size() <= core::Alerts::max_recent);
    CHECK(day.health->report().checked);

    day.health->stop();
    day.guards.limiter.shutdown();
    day.blender.close();
    day.loop.settle();
    CHECK(day.blender.stats().total == 0);
    CHECK(day.guards.limiter.stats().in_progress == 0);
    const auto leaked = day.loop.timers.close();
    day.metrics.set(core::timers_leaked, static_cast<std::int64_t>(leaked));
    CHECK(day.metrics.value(core::timers_leaked) == 0);
}
