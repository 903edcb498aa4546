// generate_model: what it orders, of what, and what becomes of the model.
#include "fake_blender.hpp"

#include <support/catch.hpp>

namespace blender_mcpd::tools {
namespace {

constexpr auto png = "iVBORw0KGgp4";
const std::string png_bytes = "\x89PNG\r\n\x1a\nx";

/// A folder that may be read, and one that may not.
struct Studio : Bench {
    explicit Studio() : Bench(with_root()) {
        std::filesystem::create_directories(root());
        write("chair.png", png_bytes);
        write("notes.png", "not a picture");
        blender.result = R"({"created":{},"warnings":[],"changes":{"added":["a"]},"generation":8})";
    }
    ~Studio() { std::filesystem::remove_all(root()); }
    static std::filesystem::path root() {
        return "/tmp/generate-model-" + std::to_string(::getpid());
    }
    static GuardOptions with_root() {
        auto options = generous();
        options.roots = {root()};
        return options;
    }
    static void write(const std::string& name, const std::string& bytes) {
        std::ofstream(root() / name, std::ios::binary) << bytes;
    }
    std::string failure(core::Json arguments) {
        return error_text(call_with("generate_model", std::move(arguments)));
    }
};

core::Json image(const char* how, const std::string& what) {
    return {{"images", core::Json::array({core::Json{{how, what}}})}};
}

TEST_CASE("a model of words is made and imported with its origin") {
    Studio studio;
    const auto result = studio.call(
        "generate_model", R"({"prompt":"a red chair","location":[1,2,3],"target_size":2})");
    REQUIRE(error_text(result).empty());
    const auto answer = core::Json::parse(result.structured);
    CHECK(answer["job"] == "rodin:t-1:s.k-1");
    CHECK(answer["asset"]["provider"] == "rodin");
    CHECK(answer["asset"]["license"] == "unknown");
    CHECK(answer["changes"]["added"] == core::Json{"a"});
    CHECK(answer["generation"] == 8);
    const auto& operation = studio.blender.calls.back().operation;
    CHECK(operation.name == "asset.import");
    CHECK(operation.mutates);
    const auto sent = core::Json::parse(studio.sent());
    CHECK(sent["kind"] == "model");
    CHECK(sent["name"] == "a red chair");
    CHECK(sent["location"] == core::Json{1, 2, 3});
    CHECK(sent["target_size"] == 2);
    CHECK(sent["files"][0]["role"] == "model");
    CHECK(sent["files"][0]["path"].get<std::string>().starts_with(studio.services.cache.string()));
    CHECK(sent["provenance"]["provider"] == "rodin");
    CHECK(sent["provenance"]["prompt"] == "a red chair");
    CHECK(sent["provenance"]["license"] == "");
    REQUIRE(studio.progress.size() >= 2);
    CHECK(studio.progress.at(1).message == "Ordered as rodin:t-1:s.k-1");
}

TEST_CASE("a model of images from allowed files, or within the call") {
    Studio studio;
    const auto given =
        GENERATE(image("path", (Studio::root() / "chair.png").string()), image("data", png));
    CHECK(studio.failure(given).empty());
    const auto& order = studio.services.rodin.requests.at(0);
    CHECK_THAT(order.body, ContainsSubstring(png_bytes));
    CHECK_THAT(order.body, ContainsSubstring("Content-Type: image/png"));
}

TEST_CASE("nothing but images that may be read is ever sent") {
    struct Row {
        core::Json images;
        const char* text;
    };
    const auto row = GENERATE(
        Row{image("path", "/etc/passwd"), "images[0].path"},
        Row{image("path", "https://example.com/a.png"), "images[0].path"},
        Row{image("path", (Studio::root() / "../../etc/passwd").string()), "images[0].path"},
        Row{image("path", (Studio::root() / "none.png").string()), "images[0].path"},
        Row{image("path", (Studio::root() / "notes.png").string()),
            "images[0]: must be a PNG, JPEG or WebP image"},
        Row{image("data", "bm90IGEgcGljdHVyZQ=="), "images[0]: must be a PNG, JPEG or WebP image"},
        Row{image("data", "data:image/png;base64,iVBORw0KGgp4"), "images[0]: must be base64"},
        Row{{{"images", core::Json::array({core::Json::object()})}},
            "images[0]: must have either path or data"});
    CAPTURE(row.text);
    Studio studio;
    CHECK_THAT(studio.failure(row.images), ContainsSubstring(row.text));
    CHECK(studio.services.rodin.requests.empty());
}

TEST_CASE("an image that is too large is refused before it is read whole") {
    Studio studio;
    Studio::write("large.png", png_bytes);
    std::filesystem::resize_file(Studio::root() / "large.png", assets::largest_picture + 2);
    CHECK_THAT(studio.failure(image("path", (Studio::root() / "large.png").string())),
               ContainsSubstring("images[0]: must be of 10485760 bytes at most"));
}

TEST_CASE("an old job is fetched without another order") {
    Studio studio;
    CHECK(studio.failure({{"job", "rodin:t-1:s.k-1"}}).empty());
    CHECK(studio.services.rodin.count("/api/v2/rodin") == 0);
    CHECK(core::Json::parse(studio.sent())["name"] == "Generated model");
    CHECK_THAT(studio.failure({{"job", "rodin:t-1:s.k-1"}, {"prompt", "a chair"}}),
               ContainsSubstring("prompt: job names an order that was made already"));
    CHECK_THAT(studio.failure({{"job", "rodin:x"}}), ContainsSubstring("job: is none"));
}

TEST_CASE("nothing is ordered for a Blender that is not there") {
    Studio studio;
    studio.blender.error = core::Error{core::ErrorCode::unavailable, "no Blender here"};
    CHECK_THAT(studio.failure({{"prompt", "a chair"}}), ContainsSubstring("no Blender here"));
    CHECK(studio.services.rodin.requests.empty());
}

TEST_CASE("a model that Blender refuses is not lost") {
    Studio studio;
    studio.blender.error = core::Error{core::ErrorCode::blender, "the file has no mesh"};
    const auto text = studio.failure({{"job", "rodin:t-1:s.k-1"}});
    CHECK_THAT(text, ContainsSubstring("the file has no mesh"));
    CHECK_THAT(text, ContainsSubstring(R"("job": "rodin:t-1:s.k-1")"));
}

TEST_CASE("refused orders are errors without the key") {
    Studio studio;
    studio.services.rodin.on(
        "/api/v2/rodin", assets::Answer{401, R"({"error":"key-that-nobody-may-see is wrong"})"});
    const auto text = studio.failure({{"prompt", "a chair"}});
    CHECK_THAT(text, ContainsSubstring("rodin refuses the key"));
    CHECK_THAT(text, ContainsSubstring("generation.rodin_key_file"));
    CHECK_THAT(text, ContainsSubstring("Nothing was changed in the scene"));
    CHECK(text.find("nobody-may-see") == std::string::npos);
}

TEST_CASE("neither words nor images, and what the service has not") {
    Studio studio;
    CHECK_THAT(studio.failure(core::Json::object()), ContainsSubstring("neither a prompt nor"));
    CHECK_THAT(studio.failure({{"prompt", "a chair"}, {"service", "fal"}}),
               ContainsSubstring("fal is not set up here"));
    CHECK_THAT(studio.failure({{"prompt", "a chair"}, {"tier", "Huge"}}),
               ContainsSubstring("tier: rodin has no Huge"));
    CHECK(studio.blender.calls.empty());
}

}  // namespace
}  // namespace blender_mcpd::tools
