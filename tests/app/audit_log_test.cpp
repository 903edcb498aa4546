#include "audit_log.hpp"

#include "audit_line.hpp"
#include "temp_folder.hpp"

#include <blender_mcpd/guard/sha256.hpp>
#include <blender_mcpd/mcp/tool.hpp>

#include <condition_variable>
#include <mutex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <support/captured_log.hpp>
#include <support/catch.hpp>
#include <support/loop.hpp>

using namespace blender_mcpd;
using core::Json;

namespace {

/// A disk that takes lines, refuses them or stands still, as the test wishes.
class FakeDisk {
  public:
    class Sink final : public app::AuditSink {
      public:
        explicit Sink(FakeDisk& disk) : disk_(disk) {}
        core::Result<void> open(const app::AuditOptions&) override {
            const std::scoped_lock lock(disk_.mutex_);
            ++disk_.opened_;
            return {};
        }
        core::Result<void> append(std::string_view line) override {
            std::unique_lock lock(disk_.mutex_);
            disk_.moves_.wait(lock, [&] { return !disk_.stands_; });
            if (disk_.full_)
                return core::Error{core::ErrorCode::invalid, "the disk is full", "Make room"};
            disk_.lines_.push_back(*core::parse_json(line.substr(0, line.size() - 1)));
            return {};
        }

      private:
        FakeDisk& disk_;
    };

    std::unique_ptr<app::AuditSink> sink() { return std::make_unique<Sink>(*this); }
    void stand(bool stands) {
        const std::scoped_lock lock(mutex_);
        stands_ = stands;
        moves_.notify_all();
    }
    void fill(bool full) {
        const std::scoped_lock lock(mutex_);
        full_ = full;
    }
    std::vector<Json> lines() {
        const std::scoped_lock lock(mutex_);
        return lines_;
    }
    int opened() {
        const std::scoped_lock lock(mutex_);
        return opened_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable moves_;
    bool stands_ = false;
    bool full_ = false;
    int opened_ = 0;
    std::vector<Json> lines_;
};

struct Stage {
    test::Loop loop;
    core::ManualClock clock;
    core::Metrics metrics;
    FakeDisk disk;
    app::AuditOptions options;
    app::AuditQueueLimits limits;
    std::unique_ptr<app::AuditLog> log;

    Stage() { options.path = "/audit.jsonl"; }

    void start() {
        log = std::make_unique<app::AuditLog>(clock, metrics, disk.sink(), limits);
        log->configure(options);
    }
    std::shared_ptr<mcp::CallRecord> begin(std::string arguments, bool read_only = true,
                                           std::string_view tool = "create_objects") {
        if (!log) start();
        return log->begin({"client-1", R"({"name":"Some client","version":"2"})", "stdio",
                           mcp::Revision{"2025-11-25"}, "7", tool,
                           std::make_shared<const std::string>(std::move(arguments)), read_only});
    }
    std::vector<Json> written() {
        loop.run(log->written());
        return disk.lines();
    }
    Json only() {
        const auto lines = written();
        REQUIRE(lines.size() == 1);
        return lines.front();
    }
};

mcp::CallEnd with(const mcp::ToolResult& result, bool with_content = false) {
    mcp::CallEnd end;
    end.outcome = result.is_error ? mcp::CallOutcome::failed : mcp::CallOutcome::ok;
    end.result = mcp::summarize(result, with_content);
    return end;
}

mcp::ToolResult result_of(std::string structured) {
    mcp::ToolResult result;
    result.structured = std::move(structured);
    return result;
}

}  // namespace

TEST_CASE("a call that was made has one line with who, what and what came of it") {
    Stage stage;
    const auto record = stage.begin(R"({"b":1,"a":[2]})");
    record->note("edit", true);
    record->note("instance", "main");
    record->note("uuid", "0123");
    stage.clock.advance(std::chrono::microseconds(12'345));
    record->end(with(result_of(R"({"generation":8,"names":["Cube"]})")));
    auto line = stage.only();
    CHECK(line["time"].get<std::string>().size() == std::string("2025-01-31T12:00:00.123Z").size());
    CHECK(line["call"].get<std::string>().ends_with("-1"));
    line.erase("time");
    line.erase("call");
    const auto structured = std::string(R"({"generation":8,"names":["Cube"]})");
    const Json expected{
        {"event", "call"},
        {"client", {{"id", "client-1"}, {"name", "Some client"}, {"version", "2"}}},
        {"transport", "stdio"},
        {"protocol", "2025-11-25"},
        {"request", 7},
        {"tool", "create_objects"},
        {"instance", "main"},
        {"edit", true},
        {"arguments_sha256", guard::sha256(R"({"a":[2],"b":1})")},
        {"uuid", "0123"},
        {"outcome", "ok"},
        {"scene", "applied"},
        {"generation", 8},
        {"duration_ms", 12.345},
        {"result", {{"bytes", structured.size()}, {"sha256", guard::sha256(structured)}}}};
    CHECK(core::dump(line) == core::dump(expected));
}

TEST_CASE("what may change something is told when it begins, and again at its end") {
    Stage stage;
    const auto record = stage.begin("{}", false);
    auto lines = stage.written();
    REQUIRE(lines.size() == 1);
    CHECK(lines[0]["event"] == "begin");
    CHECK(!lines[0].contains("outcome"));
    record->end({});
    lines = stage.written();
    REQUIRE(lines.size() == 2);
    CHECK(lines[1]["event"] == "call");
    CHECK(lines[1]["call"] == lines[0]["call"]);
}

TEST_CASE("how a call failed is told by the codes of its result") {
    Stage stage;
    auto failed = mcp::error_result("It took too long");
    failed.meta = R"("blender-mcpd/error":{"code":"timeout","outcome":"unknown"})";
    const auto record = stage.begin("{}");
    record->note("edit", true);
    record->end(with(failed));
    record->end({});  // the first counts
    auto lines = stage.written();
    REQUIRE(lines.size() == 1);
    CHECK(lines[0]["outcome"] == "failed");
    CHECK(lines[0]["code"] == "timeout");
    CHECK(lines[0]["scene"] == "unknown");

    mcp::CallEnd refused;
    refused.outcome = mcp::CallOutcome::protocol_error;
    refused.error = mcp::RpcError{mcp::RpcCode::invalid_params, "Unknown tool"};
    stage.begin("{}", true, "no_such_tool")->end(refused);
    CHECK(stage.written().back()["code"] == -32602);
    CHECK(stage.written().back()["scene"] == "not_applied");

    stage.begin("{}").reset();
    CHECK(stage.written().back()["outcome"] == "unanswered");
}

TEST_CASE("arguments are kept as the setting says, without secrets") {
    Stage stage;
    const std::string arguments = R"({"name":"Cube","password":"hunter22"})";
    SECTION("none") {
        stage.options.arguments = app::AuditArguments::none;
        stage.begin(arguments)->end({});
        CHECK(!stage.only().contains("arguments_sha256"));
        CHECK(!stage.only().contains("arguments"));
    }
    SECTION("full") {
        stage.options.arguments = app::AuditArguments::full;
        stage.begin(arguments)->end({});
        CHECK(core::dump(stage.only()["arguments"]) == R"({"name":"Cube","password":"[masked]"})");
        CHECK(stage.only()["arguments_sha256"] == guard::sha256(arguments));
    }
    SECTION("what is no JSON") {
        stage.options.arguments = app::AuditArguments::full;
        stage.begin("[1e999]")->end({});
        CHECK(stage.only()["arguments_sha256"] == guard::sha256("[1e999]"));
        CHECK(!stage.only().contains("arguments"));
    }
}

TEST_CASE("scripts have their SHA-256 whatever is kept of arguments") {
    Stage stage;
    stage.options.arguments = app::AuditArguments::none;
    stage
        .begin(R"({"steps":[{"tool":"execute_blender_code","arguments":{"code":"x = 1"}}],)"
               R"("return_expression":"x"})")
        ->end({});
    const auto line = stage.only();
    CHECK(core::dump(line["scripts"]) ==
          core::dump(Json{{{"at", "steps[0].arguments.code"}, {"sha256", guard::sha256("x = 1")}},
                          {{"at", "return_expression"}, {"sha256", guard::sha256("x")}}}));
}

TEST_CASE("results are kept as the setting says, without secrets and pictures") {
    Stage stage;
    stage.options.results = app::AuditResults::full;
    auto result = result_of(R"({"x":1,"token":"abc"})");
    result.content.emplace_back(mcp::ImageContent{"PNG", "image/png"});
    const auto record = stage.begin("{}");
    CHECK(record->wants_content());
    record->end(with(result, true));
    const auto about = stage.only()["result"];
    CHECK(core::dump(about["structured"]) == R"({"x":1,"token":"[masked]"})");
    CHECK(about["images"] == 1);
    CHECK(about["bytes"] == result.structured.size() + 3);
    CHECK(about["sha256"] == guard::sha256(result.structured + "PNG"));
}

TEST_CASE("a disk that stands still delays nothing; what does not fit is lost and told") {
    Stage stage;
    stage.limits.lines = 3;
    const test::CapturedLog log;
    stage.disk.stand(true);
    for (int call = 0; call < 5; ++call)
        stage.begin("{}")->end({});
    CHECK(stage.metrics.value(app::audit_lines_lost) == 2);
    CHECK(log.count("calls are not recorded") == 1);
    stage.disk.stand(false);
    const auto lines = stage.written();
    REQUIRE(lines.size() == 4);
    // Told as soon as anything is written.
    CHECK(lines[0]["event"] == "lost");
    CHECK(lines[0]["lines"] == 2);
    CHECK(lines[3]["event"] == "call");
    CHECK(log.count("written again") == 1);
}

TEST_CASE("the memory of what waits is bounded, too") {
    Stage stage;
    stage.limits.bytes = 100'000;
    stage.disk.stand(true);
    stage.begin('"' + std::string(60'000, 'x') + '"')->end({});
    stage.begin('"' + std::string(60'000, 'x') + '"')->end({});
    CHECK(stage.metrics.value(app::audit_lines_lost) == 1);
    stage.disk.stand(false);
    CHECK(stage.written().size() == 2);
}

TEST_CASE("a full disk is told once, and the gap in the file when there is room") {
    Stage stage;
    const test::CapturedLog log;
    stage.disk.fill(true);
    for (int call = 0; call < 3; ++call)
        stage.begin("{}")->end({});
    CHECK(stage.written().empty());
    CHECK(log.count("calls are not recorded: the disk is full. Make room") == 1);
    CHECK(stage.metrics.value(app::audit_lines_lost) == 3);
    stage.disk.fill(false);
    stage.begin("{}")->end({});
    const auto lines = stage.written();
    REQUIRE(lines.size() == 2);
    CHECK(lines[0]["lines"] == 3);
    CHECK(stage.metrics.value(app::audit_lines) == 1);
}

TEST_CASE("the end of the daemon waits for what is to be written, and takes no more") {
    Stage stage;
    stage.disk.stand(true);
    const auto late = stage.begin("{}");
    stage.begin("{}")->end({});
    bool finished = false;
    const auto finish = [](app::AuditLog& log, bool& done) -> boost::asio::awaitable<void> {
        co_await log.finish();
        done = true;
    };
    stage.loop.spawn(finish(*stage.log, finished));
    stage.loop.settle();
    CHECK(!finished);
    stage.disk.stand(false);
    stage.loop.drive([&] { return finished; });
    CHECK(stage.disk.lines().size() == 1);
    stage.log.reset();
    late->end({});  // a record may outlive the log
    CHECK(stage.disk.lines().size() == 1);
}

TEST_CASE("a reload opens the file anew and changes what is kept") {
    Stage stage;
    stage.start();
    CHECK(stage.log->on());
    stage.options.arguments = app::AuditArguments::full;
    stage.log->configure(stage.options);
    stage.begin(R"({"a":1})")->end({});
    CHECK(stage.only().contains("arguments"));
    CHECK(stage.disk.opened() == 2);
    stage.log->configure({});
    CHECK(!stage.log->on());
}

TEST_CASE("without a path there is neither a file nor a thread") {
    Stage stage;
    stage.options.path.clear();
    stage.start();
    CHECK(!stage.log->on());
    CHECK(stage.disk.opened() == 0);
    stage.loop.run(stage.log->finish());
}
