// Models from services: what is sent, and what comes of it.
#include "services.hpp"
#include "shapes.hpp"

#include <support/catch.hpp>

namespace blender_mcpd::assets {
namespace {

using std::chrono::seconds;

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
    // The second time its URL is another one.
    CHECK(services.finish(job->text()).has_value());
    CHECK(services.server.count("/m.glb") == 1);
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

TEST_CASE("a model within an answer is checked, and kept once") {
    Services services;
    std::string model;
    core::append_base64(model, GENERATE("glTF the chair", "<html>an error</html>"));
    const bool is_model = model.starts_with("Z2xU");
    services.server.on("/status/u",
                       Answer{200, Json{{"status", "completed"}, {"model_base64", model}}.dump()});
    const auto first = services.finish("hunyuan:u");
    CHECK(first.has_value() == is_model);
    if (!is_model) {
        CHECK(first.error().code == core::ErrorCode::protocol);
        return;
    }
    CHECK(services.finish("hunyuan:u").value().files.at(0).path == first->files.at(0).path);
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
    options.rodin_key.value = options.fal_key.value = {};
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
