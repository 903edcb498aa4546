// Models from services: ordered once, waited for, fetched, and never lost.
#include "generation_shapes.hpp"
#include "shapes.hpp"
#include "stage.hpp"

#include <blender_mcpd/assets/generation.hpp>

#include <support/catch.hpp>

namespace blender_mcpd::assets {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto secret = "key-that-nobody-may-see";
constexpr auto requests = "/fal-ai/hyper3d/requests/r-1";

core::Secret key(const std::string& setting) {
    return {.name = "the key",
            .source = "here",
            .setting = setting,
            .variable = "KEY",
            .value = secret};
}

struct Services : Stage {
    GenerationOptions options() {
        GenerationOptions options;
        options.rodin_url = options.fal_url = options.hunyuan_url = server.url();
        options.rodin_key = key("generation.rodin_key_file");
        options.fal_key = key("generation.fal_key_file");
        options.timeout = minutes(10);
        options.downloads.cache = folder / "cache";
        return options;
    }
    core::Result<GenerationJob> submit(GenerationRequest request) {
        return run(generation.submit(std::move(request), cancel.token()));
    }
    core::Result<Prepared> finish(const std::string& job) {
        return run(generation.finish(generation.job_of(job).value(), {}, cancel.token()));
    }
    void wait_for(const std::string& job, std::optional<core::Result<Prepared>>& result) {
        GenerationProgress on_progress = [this](double, std::string message) {
            messages.push_back(std::move(message));
        };
        start(generation.finish(generation.job_of(job).value(), std::move(on_progress),
                                cancel.token()),
              result);
    }
    [[nodiscard]] std::string model(const Prepared& prepared) const {
        return text_of(prepared.files.at(0).path);
    }

    std::vector<std::string> messages;
    Generation generation{timers, metrics, options()};
};

GenerationRequest words(std::string service, std::string prompt = "a red chair") {
    GenerationRequest request;
    request.service = std::move(service);
    request.prompt = std::move(prompt);
    return request;
}

TEST_CASE("rodin makes a model of words") {
    Services services;
    serve_rodin(services.server);
    auto request = words("rodin");
    request.bounding_box = {1, 2, 4};
    request.seed = 7;
    request.quality = "high";
    request.tier = "Sketch";
    const auto job = services.submit(std::move(request));
    REQUIRE(job.has_value());
    CHECK(job->text() == "rodin:t-1:s.k-1");
    const auto& order = services.server.requests.at(0);
    CHECK(order["Authorization"] == "Bearer " + std::string(secret));
    for (const auto* field :
         {"name=\"prompt\"\r\n\r\na red chair\r\n",
          "name=\"bbox_condition\"\r\n\r\n[50,100,25]\r\n", "name=\"seed\"\r\n\r\n7\r\n",
          "name=\"quality\"\r\n\r\nhigh\r\n", "name=\"tier\"\r\n\r\nSketch\r\n",
          "name=\"geometry_file_format\"\r\n\r\nglb\r\n"})
        CHECK_THAT(order.body, ContainsSubstring(field));

    const auto prepared = services.finish(job->text());
    REQUIRE(prepared.has_value());
    CHECK(services.model(*prepared) == "glTF the chair");
    CHECK(prepared->files.at(0).role == "model");
    CHECK(prepared->asset.provider == "rodin");
    CHECK(prepared->asset.id == "t-1");
    CHECK(prepared->asset.license.name.empty());
    CHECK(services.server.requests.at(1).body == R"({"subscription_key":"s.k-1"})");
    CHECK(services.server.requests.at(2).body == R"({"task_uuid":"t-1"})");
    CHECK(services.server.requests.at(3)["Authorization"].empty());
    CHECK(services.timers.armed().empty());
}

TEST_CASE("rodin takes images, and is asked again until all parts are done") {
    Services services;
    serve_rodin(services.server);
    int looks = 0;
    services.server.on("/api/v2/status", [&](const auto&) {
        if (++looks == 3) return Answer{201, rodin_done};
        return Answer{201, R"({"jobs":[{"status":"Done"},{"status":"Generating"}]})"};
    });
    GenerationRequest request;
    request.pictures.push_back(read_picture(image("chair")).value());
    const auto job = services.submit(std::move(request));
    REQUIRE(job.has_value());
    CHECK_THAT(services.server.requests.at(0).body, ContainsSubstring("filename=\"1.png\""));
    std::optional<core::Result<Prepared>> prepared;
    services.wait_for(job->text(), prepared);
    services.pass(seconds(1), "generation-look");
    services.pass(seconds(2), "generation-look");
    services.drive([&] { return prepared.has_value(); });
    CHECK(prepared->has_value());
    CHECK(services.messages.at(0) == "Ordered as rodin:t-1:s.k-1");
    CHECK(services.messages.at(1) == "1 of 2 parts are done");
}

TEST_CASE("fal makes a model of words and images") {
    Services services;
    services.server.on("/fal-ai/hyper3d/rodin", Answer{200, R"({"request_id":"r-1"})"});
    int looks = 0;
    services.server.on(std::string(requests) + "/status", [&](const auto&) {
        ++looks;
        if (looks == 1) return Answer{202, R"({"status":"IN_QUEUE","queue_position":3})"};
        if (looks == 2) return Answer{202, R"({"status":"IN_PROGRESS"})"};
        return Answer{200, R"({"status":"COMPLETED"})"};
    });
    services.server.on(requests, [&](const auto&) {
        return Answer{200, Json{{"model_mesh", {{"url", services.server.url("/m.glb")}}}}.dump()};
    });
    services.server.on("/m.glb", Answer{200, "glTF the chair"});
    auto request = words("fal");
    request.pictures.push_back(read_picture(photo("chair")).value());
    request.bounding_box = {1, 2, 4};
    const auto job = services.submit(std::move(request));
    REQUIRE(job.has_value());
    CHECK(job->text() == "fal:r-1");
    const auto& order = services.server.requests.at(0);
    CHECK(order["Authorization"] == "Key " + std::string(secret));
    const auto said = Json::parse(order.body);
    CHECK(said["prompt"] == "a red chair");
    CHECK(said["bbox_condition"] == Json{25, 50, 100});
    CHECK(said["input_image_urls"][0].get<std::string>().starts_with("data:image/jpeg;base64,/9j"));

    std::optional<core::Result<Prepared>> prepared;
    services.wait_for(job->text(), prepared);
    services.pass(seconds(1), "generation-look");
    services.pass(seconds(2), "generation-look");
    services.drive([&] { return prepared.has_value(); });
    REQUIRE(prepared->has_value());
    CHECK(services.model(**prepared) == "glTF the chair");
    CHECK(services.messages.at(1) == "waits, 3 before it");
    CHECK(services.server.requests.back()["Authorization"].empty());
}

TEST_CASE("hunyuan sends the model in its answer, and gets no key") {
    Services services;
    services.server.on("/send", Answer{200, R"({"uid":"u-1"})"});
    services.server.on(
        "/status/u-1",
        Answer{200, [] {
                   std::string model;
                   core::append_base64(model, "glTF the chair");
                   return Json{{"status", "completed"}, {"model_base64", model}}.dump();
               }()});
    GenerationRequest request;
    request.service = "hunyuan";
    request.quality = "medium";
    request.pictures.push_back(read_picture(image("chair")).value());
    const auto job = services.submit(std::move(request));
    REQUIRE(job.has_value());
    const auto said = Json::parse(services.server.requests.at(0).body);
    CHECK(said["image"] == "iVBORw0KGgpjaGFpcg==");
    CHECK(said["octree_resolution"] == 256);
    CHECK(said["texture"] == false);
    const auto prepared = services.finish("hunyuan:u-1");
    if (!prepared) FAIL(core::describe(prepared.error()));
    CHECK(services.model(*prepared) == "glTF the chair");
    for (const auto& one : services.server.requests)
        CHECK(one["Authorization"].empty());
}

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

TEST_CASE("models come from the service's own hosts alone, and must be models") {
    Services services;
    serve_rodin(services.server);
    std::string file = R"({"list":[{"name":"m.glb","url":"https://example.com/m.glb"}]})";
    const bool is_foreign = GENERATE(true, false);
    if (is_foreign)
        services.server.on("/api/v2/download", Answer{201, file});
    else
        services.server.on("/m.glb", Answer{200, "<html>expired</html>"});
    const auto prepared = services.finish("rodin:t-1:k");
    REQUIRE(!prepared);
    CHECK(prepared.error().code ==
          (is_foreign ? core::ErrorCode::invalid : core::ErrorCode::protocol));
    CHECK_THAT(prepared.error().remedy, ContainsSubstring("\"job\""));
}

TEST_CASE("what a service has not is refused before anything is sent") {
    struct Row {
        const char* field;
        GenerationRequest request;
    };
    const auto with = [](const char* service, auto change) {
        auto request = words(service);
        change(request);
        return request;
    };
    const auto picture = read_picture(image("x")).value();
    const auto row = GENERATE_COPY(
        Row{"service", words("meshy")}, Row{"prompt", words("rodin", "")},
        Row{"images", with("rodin", [&](auto& one) { one.pictures.assign(6, picture); })},
        Row{"prompt", with("hunyuan", [&](auto& one) { one.pictures = {picture}; })},
        Row{"bounding_box", with("hunyuan",
                                 [](auto& one) {
                                     one.bounding_box = {1, 1, 1};
                                 })},
        Row{"seed", with("fal", [](auto& one) { one.seed = 65'536; })},
        Row{"quality", with("rodin", [](auto& one) { one.quality = "best"; })},
        Row{"tier", with("fal", [](auto& one) { one.tier = "Gen-2"; })},
        Row{"tier", with("hunyuan", [](auto& one) { one.tier = "Sketch"; })});
    CAPTURE(row.field, row.request.service);
    Services services;
    const auto job = services.submit(row.request);
    REQUIRE(!job);
    CHECK(job.error().code == core::ErrorCode::invalid);
    CHECK(job.error().message.starts_with(std::string(row.field) + ": "));
    CHECK(!job.error().remedy.empty());
    CHECK(services.server.requests.empty());
}

TEST_CASE("jobs are what was told of them") {
    Services services;
    for (const auto* text : {"", "rodin", "rodin:", "rodin:t", "fal:../x", "fal:a/b", "meshy:x",
                             "fal:a?b", "hunyuan:..", "rodin:t:k:x"}) {
        CAPTURE(text);
        CHECK(services.generation.job_of(text).error().code == core::ErrorCode::invalid);
    }
    CHECK(services.generation.job_of("fal:abc-1").value().id == "abc-1");
}

TEST_CASE("nothing is sent where nothing is set up, and what there is comes first") {
    Services services;
    auto options = services.options();
    options.rodin_key = options.fal_key = {};
    SECTION("nothing") {
        options.hunyuan_url.clear();
        Generation none(services.timers, services.metrics, options);
        const auto checked = none.check(words(""));
        REQUIRE(!checked);
        CHECK(checked.error().code == core::ErrorCode::unavailable);
        for (const auto* setting : {"rodin_key_file", "fal_key_file", "hunyuan_url"})
            CHECK_THAT(checked.error().remedy, ContainsSubstring(setting));
    }
    SECTION("a server of one's own") {
        Generation local(services.timers, services.metrics, options);
        CHECK(local.check(words("")).has_value());
        const auto checked = local.check(words("fal"));
        REQUIRE(!checked);
        CHECK_THAT(checked.error().remedy, ContainsSubstring("generation.fal_key_file"));
    }
}

TEST_CASE("images are known by their first bytes, and have a limit") {
    CHECK(read_picture(image("x")).value().mime_type == "image/png");
    CHECK(read_picture(photo("x")).value().mime_type == "image/jpeg");
    CHECK(read_picture("RIFF\1\1\1\1WEBPVP8 ").value().mime_type == "image/webp");
    CHECK(read_picture("root:x:0:0:").error().code == core::ErrorCode::invalid);
    CHECK(read_picture("").error().code == core::ErrorCode::invalid);
    CHECK(read_picture(image(std::string(largest_picture, 'x'))).error().code ==
          core::ErrorCode::too_large);
}

}  // namespace
}  // namespace blender_mcpd::assets
