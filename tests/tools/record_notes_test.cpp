// What the tools note in the record of a call.
#include "fake_blender.hpp"

#include <blender_mcpd/mcp/call_audit.hpp>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

class Notes final : public mcp::CallRecord {
  public:
    std::map<std::string, core::Json> told;

    void note(std::string_view name, core::Json value) override {
        told[std::string(name)] = std::move(value);
    }
    void end(mcp::CallEnd) override {}
    [[nodiscard]] bool wants_content() const override { return false; }
};

std::map<std::string, core::Json> notes_of(Bench& bench, const std::string& tool,
                                           const std::string& arguments) {
    const auto notes = std::make_shared<Notes>();
    mcp::CallContext context{"client-1", bench.cancel.token()};
    context.record = notes;
    (void)bench.loop.run(
        bench.tool(tool).handler(std::move(context), core::Json::parse(arguments)));
    return notes->told;
}

}  // namespace

TEST_CASE("an edit is noted with its Blender and its name in the journal") {
    Bench bench;
    bench.blender.result = "{}";
    auto notes = notes_of(bench, "delete_objects", R"({"names":["Cube"]})");
    CHECK(notes["edit"] == true);
    CHECK(notes["instance"] == "main");
    CHECK(notes["uuid"] == bench.blender.calls.back().operation.uuid);
    CHECK(notes["uuid"].get<std::string>().size() == 32);
}

TEST_CASE("an import of an asset is noted as any edit") {
    Bench bench;
    bench.blender.result = "{}";
    auto notes =
        notes_of(bench, "import_asset",
                 core::dump({{"provider", "local"}, {"id", some_asset(assets::Kind::texture)}}));
    CHECK(notes["edit"] == true);
    REQUIRE(bench.blender.calls.size() == 1);
    CHECK(notes["uuid"] == bench.blender.calls.back().operation.uuid);
}

TEST_CASE("what only reads, or keeps the scene, is no edit") {
    Bench bench;
    bench.blender.result = "{}";
    for (const auto* tool : {"get_scene_info", "render"}) {
        auto notes = notes_of(bench, tool, "{}");
        CHECK(notes["edit"] == false);
        CHECK(!notes.contains("uuid"));
    }
}

TEST_CASE("a call that names a Blender is noted with that") {
    Bench bench;
    bench.blender.result = "{}";
    FakeBlender other;
    other.result = "{}";
    bench.blenders.others["second"] = std::shared_ptr<blender::Blender>(&other, [](auto*) {});
    CHECK(notes_of(bench, "get_scene_info", R"({"instance":"second"})")["instance"] == "second");
    CHECK(notes_of(bench, "get_scene_info", R"({"instance":"default"})")["instance"] == "main");
}

TEST_CASE("a call that is refused before it comes to a Blender has no notes") {
    Bench bench;
    CHECK(notes_of(bench, "delete_objects", R"({"names":7})").empty());
}

TEST_CASE("what the script policy finds is noted without a word of the script") {
    auto options = Bench::generous();
    options.scripts.policy = guard::ScriptPolicyLevel::block;
    Bench bench(options);
    auto notes = notes_of(bench, "execute_blender_code",
                          R"_({"code":"import os\nos.system('secret words')\n"})_");
    CHECK(notes["policy"]["action"] == "block");
    CHECK(notes["policy"]["findings"][0]["rule"] == "process.run");
    CHECK(notes["policy"]["findings"][0]["line"] == 2);
    CHECK(core::dump(notes["policy"]).find("secret") == std::string::npos);
    CHECK(!notes.contains("uuid"));
}

}  // namespace blender_mcpd::tools
