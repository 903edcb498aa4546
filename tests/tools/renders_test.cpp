// The images that render made, as resources.
#include "offers_bench.hpp"

#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

constexpr auto reply = R"({"image":{"mime_type":"image/png","width":640,"height":480,"bytes":3},
                           "engine":"cycles","frame":12,"camera":"Eye"})";
constexpr auto render_template = "blender://{instance}/render/{id}";

struct RenderBench : OffersBench {
    explicit RenderBench(Renders::Limits room = {}) : OffersBench(Bench::generous(), room) {
        blender.result = reply;
        blender.blob = "PNG";
    }
    /// The link in the result, if there is one.
    std::optional<mcp::ResourceLink> make(std::string image = "PNG") {
        blender.blob = std::move(image);
        const auto result = render();
        CHECK(!result.is_error);
        REQUIRE(!result.content.empty());
        CHECK(std::get<mcp::ImageContent>(result.content[0]).bytes == blender.blob);
        if (result.content.size() == 1) return {};
        return std::get<mcp::ResourceLink>(result.content.at(1));
    }
    std::vector<std::string> listed() const {
        std::vector<std::string> uris;
        for (const auto& resource : registry.resources())
            if (resource->uri.find("/render/") != std::string::npos) uris.push_back(resource->uri);
        return uris;
    }
};

TEST_CASE("a render is kept as a resource, and its result links to it") {
    RenderBench bench;
    int changes = 0;
    const auto observation = bench.registry.observe([&](const mcp::Change& change) {
        if (change.kind == mcp::Change::Kind::resources) ++changes;
    });
    const auto link = bench.make();
    REQUIRE(link);
    CHECK(changes == 1);
    CHECK(link->uri.starts_with("blender://default/render/"));
    CHECK(link->mime_type == "image/png");
    CHECK(link->description == "cycles, 640 x 480, frame 12, Eye");
    CHECK(bench.listed() == std::vector<std::string>{link->uri});
    const auto contents = bench.read(link->uri);
    CHECK(contents.uri == link->uri);
    CHECK(contents.mime_type == "image/png");
    CHECK(contents.data == "PNG");
    CHECK(contents.binary);
    // Through the template it is the same.
    const auto matched = mcp::match_template(render_template, link->uri);
    REQUIRE(matched);
    const auto one = bench.registry.resource_template(render_template);
    const auto answer = bench.loop.run(one->read(bench.context(), {link->uri, *matched}));
    CHECK(std::get<std::vector<mcp::ResourceContents>>(answer).at(0).data == "PNG");
}

TEST_CASE("only so many renders are kept") {
    RenderBench bench({.images = 2, .bytes = 1'000});
    const auto first = bench.make();
    const auto second = bench.make();
    const auto third = bench.make();
    CHECK(bench.listed() == std::vector<std::string>{second->uri, third->uri});
    CHECK(bench.fail(first->uri).code == mcp::RpcCode::resource_not_found);
}

TEST_CASE("only so many bytes are kept") {
    RenderBench bench({.images = 10, .bytes = 10});
    const auto first = bench.make("1234");
    const auto second = bench.make("1234");
    const auto third = bench.make("12345");
    CHECK(bench.listed() == std::vector<std::string>{second->uri, third->uri});
    // One that fits exactly takes all the room.
    const auto whole = bench.make("1234567890");
    CHECK(bench.listed() == std::vector<std::string>{whole->uri});
    // One that does not fit is not kept, and nothing has to go for it.
    CHECK(!bench.make("12345678901"));
    CHECK(bench.listed() == std::vector<std::string>{whole->uri});
    CHECK(bench.read(whole->uri).data == "1234567890");
}

TEST_CASE("a render that fails, or has no image, is not kept") {
    RenderBench bench;
    bench.blender.blob.clear();
    CHECK(bench.render().content.empty());
    bench.blender.error = core::Error{core::ErrorCode::blender, "No camera"};
    CHECK(bench.render().is_error);
    CHECK(bench.listed().empty());
}

TEST_CASE("ids of renders complete, the newest first") {
    RenderBench bench;
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i) {
        const auto uri = bench.make()->uri;
        ids.insert(ids.begin(), uri.substr(uri.rfind('/') + 1));
    }
    CHECK(bench.complete_template(render_template, {"id", "", {}}).values == ids);
    CHECK(bench.complete_template(render_template, {"id", ids[1], {}}).values ==
          std::vector<std::string>{ids[1]});
    CHECK(bench.complete_template(render_template, {"id", "none", {}}).values.empty());
}

TEST_CASE("an image that goes while it is read is read to its end") {
    RenderBench bench({.images = 1, .bytes = 1'000});
    const auto first = bench.make("first");
    auto reader = bench.registry.reader(first->uri);
    (void)bench.make("second");
    const auto answer = bench.loop.run(reader.read(bench.context(), reader.request));
    CHECK(std::get<std::vector<mcp::ResourceContents>>(answer).at(0).data == "first");
}

TEST_CASE("without a registry nothing is kept") {
    Renders renders;
    CHECK(!renders.keep({"PNG", "image/png"}, "a render"));
    CHECK(renders.ids().empty());
}

}  // namespace
}  // namespace blender_mcpd::tools
