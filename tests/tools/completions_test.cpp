#include "offers_bench.hpp"

#include <completions.hpp>
#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

using Names = std::vector<std::string>;
constexpr auto object_template = "blender://{instance}/object/{name}";

TEST_CASE("what begins as typed comes first, then what contains it; case does not matter") {
    const Names candidates{"Old Lamp", "lamp 2", "Cube", "LAMP", "Lampshade", "Clamp"};
    struct Row {
        std::string typed;
        Names expected;
    };
    const std::vector<Row> rows{
        {"lamp", {"lamp 2", "LAMP", "Lampshade", "Old Lamp", "Clamp"}},
        {"LAMPS", {"Lampshade"}},
        {"", candidates},
        {"*", {}},
        {"lamp  ", {}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.typed);
        const auto completion = ranked(candidates, row.typed);
        CHECK(completion.values == row.expected);
        CHECK(completion.total == row.expected.size());
    }
}

TEST_CASE("all that fit are ranked and counted: the session sends the first of them") {
    Names many;
    for (int i = 0; i < 150; ++i)
        many.push_back("x" + std::to_string(i));
    const auto completion = ranked(many, "X");
    CHECK(completion.values.size() == 150);
    CHECK(completion.values.front() == "x0");
    CHECK(completion.total == 150);
}

TEST_CASE("names complete from the scene") {
    struct Row {
        std::string uri_template;
        std::string kind;
    };
    for (const auto& row : {Row{object_template, "object"},
                            Row{"blender://{instance}/collection/{name}", "collection"}}) {
        CAPTURE(row.kind);
        OffersBench bench;
        bench.blender.result = R"({"names":["Cube","Old Cube"],"total":7})";
        const auto completion =
            bench.complete_template(row.uri_template, {"name", "cu", {{"instance", "default"}}});
        CHECK(completion.values == Names{"Cube", "Old Cube"});
        CHECK(completion.total == 7);
        REQUIRE(bench.blender.calls.size() == 1);
        CHECK(bench.blender.calls[0].operation.name == "list_names");
        CHECK(bench.blender.calls[0].operation.args ==
              R"({"kind":")" + row.kind + R"(","text":"cu"})");
        CHECK(!bench.blender.calls[0].operation.mutates);
    }
}

TEST_CASE("the instance completes without Blender") {
    OffersBench bench;
    for (const auto& one : bench.registry.templates()) {
        CAPTURE(one->uri_template);
        CHECK(bench.complete(one->complete, {"instance", "De", {}}).values == Names{"default"});
        CHECK(bench.complete(one->complete, {"instance", "x", {}}).values.empty());
    }
    CHECK(bench.blender.calls.empty());
}

TEST_CASE("completion starts no Blender and asks for nothing that cannot be") {
    OffersBench bench;
    CHECK(bench.complete_template(object_template, {"nonsense", "C", {}}).values.empty());
    CHECK(bench.complete_template(object_template, {"name", "C", {{"instance", "other"}}})
              .values.empty());
    CHECK(bench.complete_template(object_template, {"name", std::string(300, 'x'), {}})
              .values.empty());
    bench.blender.name.clear();
    CHECK(bench.complete_template(object_template, {"name", "C", {}}).values.empty());
    CHECK(bench.complete_prompt("product_shot", {"object", "C", {}}).values.empty());
    CHECK(bench.blender.calls.empty());
}

TEST_CASE("completion never fails") {
    for (const std::string answer :
         {R"([])", R"({})", R"({"names":"Cube","total":-1})", R"({"names":[1,null,["x"]]})"}) {
        CAPTURE(answer);
        OffersBench bench;
        bench.blender.result = answer;
        CHECK(bench.complete_template(object_template, {"name", "C", {}}).values.empty());
    }
    OffersBench bench;
    bench.blender.error = core::Error{core::ErrorCode::timeout, "It took too long"};
    CHECK(bench.complete_template(object_template, {"name", "C", {}}).values.empty());

    auto strict = Bench::generous();
    strict.limits = {.enabled = true, .general = {.per_minute = 1, .burst = 0}};
    OffersBench limited(strict);
    CHECK(limited.complete_template(object_template, {"name", "C", {}}).values.empty());
    CHECK(limited.blender.calls.empty());
}

/// A completion that Blender does not answer.
struct Waiting {
    Waiting() {
        blender.hold = &release;
        mcp::CallContext context{"client-1", cancel.token(), [](const mcp::Progress&) {}};
        loop.spawn(keep(live_names(*toolbox_for({blenders, guards, {}}, {}, "client-1"),
                                   loop.timers, std::move(context), "object", "C"),
                        result));
    }
    ~Waiting() {
        release.set();
        loop.settle();
    }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

    static boost::asio::awaitable<void> keep(boost::asio::awaitable<mcp::Completion> work,
                                             std::optional<mcp::Completion>& result) {
        result = co_await std::move(work);
    }

    test::ManualLoop loop;
    core::Metrics metrics;
    FakeBlender blender;
    FakeBlenders blenders{blender};
    Guards guards{loop.timers, loop.clock, metrics, Bench::generous()};
    core::Event release{loop.io.get_executor()};
    core::CancelSource cancel;
    std::optional<mcp::Completion> result;
};

TEST_CASE("completion waits two seconds for Blender, and is told to Blender when it gives up") {
    Waiting waiting;
    REQUIRE(waiting.blender.tokens.size() == 1);
    waiting.loop.advance(std::chrono::milliseconds(1'999));
    CHECK(!waiting.result);
    waiting.loop.advance(std::chrono::milliseconds(1));
    REQUIRE(waiting.result);
    CHECK(waiting.result->values.empty());
    CHECK(waiting.blender.tokens[0].cancelled());
    CHECK(waiting.loop.timers.armed().empty());
}

TEST_CASE("a client can cancel a completion") {
    Waiting waiting;
    waiting.cancel.cancel(core::CancelReason::client);
    waiting.loop.settle();
    CHECK(waiting.result);
    CHECK(waiting.loop.timers.armed().empty());
}

}  // namespace
}  // namespace blender_mcpd::tools
