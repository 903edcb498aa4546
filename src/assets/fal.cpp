#include "fal.hpp"

#include "document.hpp"
#include "retry.hpp"

#include <blender_mcpd/core/aside.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace blender_mcpd::assets {

namespace asio = boost::asio;

namespace {

constexpr auto model_path = "/fal-ai/hyper3d/rodin";
// The queue knows requests by the application, without the rest of the model's path.
constexpr auto requests_path = "/fal-ai/hyper3d/requests/";

std::string data_url(const Picture& picture) {
    auto url = fmt::format("data:{};base64,", picture.mime_type);
    core::append_base64(url, picture.bytes);
    return url;
}

std::string body_of(const GenerationRequest& request) {
    core::Json json{{"geometry_file_format", "glb"}, {"material", "PBR"}};
    if (!request.prompt.empty()) json["prompt"] = request.prompt;
    if (!request.tier.empty()) json["tier"] = request.tier;
    if (!request.quality.empty()) json["quality"] = request.quality;
    if (request.seed) json["seed"] = *request.seed;
    if (request.bounding_box) json["bbox_condition"] = shares_of(*request.bounding_box);
    for (const auto& picture : request.pictures)
        json["input_image_urls"].push_back(data_url(picture));
    return core::dump(json);
}

}  // namespace

Fal::Fal(Http& http, std::string url, core::Secret key)
    : http_(http),
      account_{name(), {std::move(url), {"fal.media", ".fal.media"}}, "Key", std::move(key)} {}

const Abilities& Fal::abilities() const {
    static const Abilities all{most_pictures,        true, true, 65'535, {"low", "medium", "high"},
                               {"Sketch", "Regular"}};
    return all;
}

asio::awaitable<core::Result<std::string>> Fal::submit(GenerationRequest request,
                                                       core::CancelToken cancel) {
    std::size_t bytes = 0;
    for (const auto& picture : request.pictures)
        bytes += picture.bytes.size();
    auto body = co_await core::aside(bytes, [&] { return body_of(request); });
    Content content{Method::post, std::move(body)};
    auto wanted = order(model_path, std::move(content));
    const auto reply = co_await call_service(http_, account_, std::move(wanted), std::move(cancel));
    const auto document = order_of(reply.answer, reply.asked);
    if (!document) co_return document.error();
    auto id = text_at(*document, "request_id");
    if (is_job(id)) co_return id;
    co_return order_lost({core::ErrorCode::protocol, "fal's answer names no job"}, reply.asked);
}

asio::awaitable<core::Result<JobState>> Fal::look(std::string id, core::CancelToken cancel) {
    ServiceCall call{requests_path + id + "/status"};
    const auto reply = co_await call_service(http_, account_, std::move(call), cancel);
    const auto document = reply.document();
    if (!document) co_return document.error();
    const auto status = text_at(*document, "status");
    if (status == "FAILED" || status == "CANCELED" || status == "CANCELLED")
        co_return job_failed(core::lower_case(status), reply.asked);
    if (status == "IN_QUEUE") {
        const auto before = count_at(*document, "queue_position");
        co_return JobState{fmt::format("waits, {} before it", before)};
    }
    if (status != "COMPLETED") co_return JobState{"works"};
    auto model = co_await result(std::move(id), std::move(cancel));
    if (!model) co_return model.error();
    co_return JobState{"done", std::move(*model)};
}

asio::awaitable<core::Result<FinishedModel>> Fal::result(std::string id, core::CancelToken cancel) {
    ServiceCall call{requests_path + id};
    const auto reply = co_await call_service(http_, account_, std::move(call), std::move(cancel));
    const auto document = reply.document();
    if (!document) {
        // What went wrong with the model comes as the status of the result.
        const int status = reply.answer.head.status;
        const bool is_final = !reply.answer.error && status >= 400 && status != 401 &&
                              status != 403 && (status == 500 || !is_temporary_status(status));
        co_return is_final ? job_failed(document.error().message, reply.asked) : document.error();
    }
    const auto& mesh = at(*document, "model_mesh");
    auto url = text_at(mesh, "url");
    if (url.empty())
        co_return core::Error{core::ErrorCode::protocol, "fal tells of no model",
                              "Call again in a while"};
    Bundle bundle{account_.site, {}};
    bundle.files.push_back({std::move(url), "model.glb", count_at(mesh, "file_size")});
    co_return bundle;
}

asio::awaitable<bool> Fal::abandon(std::string id) {
    ServiceCall call{requests_path + id + "/cancel", {Method::put}};
    call.total = std::chrono::seconds(3);
    core::CancelToken never;
    const auto reply = co_await call_service(http_, account_, std::move(call), std::move(never));
    co_return reply.document().has_value();
}

}  // namespace blender_mcpd::assets
