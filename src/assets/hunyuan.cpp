#include "hunyuan.hpp"

#include "document.hpp"

#include <blender_mcpd/core/aside.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>

#include <array>
#include <utility>

namespace blender_mcpd::assets {

namespace asio = boost::asio;

namespace {

constexpr std::size_t largest_model = std::size_t{384} << 20;  // bytes of base64

struct Quality {
    std::string_view name;
    int octree_resolution;
    int steps;
};
constexpr std::array qualities{Quality{"low", 128, 5}, Quality{"medium", 256, 10},
                               Quality{"high", 384, 20}};

std::string body_of(const GenerationRequest& request, bool has_texture) {
    core::Json json{{"texture", has_texture}};
    for (const auto& picture : request.pictures) {
        std::string text;
        core::append_base64(text, picture.bytes);
        json["image"] = std::move(text);
    }
    if (!request.prompt.empty()) json["text"] = request.prompt;
    if (request.seed) json["seed"] = *request.seed;
    for (const auto& quality : qualities)
        if (quality.name == request.quality) {
            json["octree_resolution"] = quality.octree_resolution;
            json["num_inference_steps"] = quality.steps;
        }
    return core::dump(json);
}

/// The bytes in an answer that says that it is done.
core::Result<std::string> model_in(const core::Json& document) {
    std::string bytes;
    const auto& text = at(document, "model_base64");
    if (text.is_string() && core::decode_base64(bytes, text.get_ref<const std::string&>()) &&
        !bytes.empty())
        return bytes;
    return core::Error{core::ErrorCode::protocol, "hunyuan's answer holds no model",
                       "Is that the api_server.py of Hunyuan3D? Another service can be used"};
}

core::Result<JobState> state_of(const core::Json& document, const Asked& asked) {
    const auto status = text_at(document, "status");
    if (status == "error" || status == "failed")
        return job_failed(text_at(document, "message"), asked);
    if (status != "completed") return JobState{status.empty() ? "works" : status};
    auto bytes = model_in(document);
    if (!bytes) return bytes.error();
    return JobState{"done", FinishedModel(std::move(*bytes))};
}

}  // namespace

Hunyuan::Hunyuan(Http& http, std::string url, bool has_texture)
    : http_(http), account_{name(), {std::move(url), {}}}, has_texture_(has_texture) {}

const Abilities& Hunyuan::abilities() const {
    static const Abilities all{1, false, false, 4'294'967'295, {"low", "medium", "high"}, {}};
    return all;
}

asio::awaitable<core::Result<std::string>> Hunyuan::submit(GenerationRequest request,
                                                           core::CancelToken cancel) {
    const auto bytes = request.pictures.empty() ? 0 : request.pictures.front().bytes.size();
    auto body = co_await core::aside(bytes, [&] { return body_of(request, has_texture_); });
    Content content{Method::post, std::move(body)};
    auto wanted = order("/send", std::move(content));
    const auto reply = co_await call_service(http_, account_, std::move(wanted), std::move(cancel));
    const auto document = reply.document();
    if (!document) co_return document.error();
    auto id = text_at(*document, "uid");
    if (is_job(id)) co_return id;
    co_return core::Error{core::ErrorCode::protocol, "hunyuan's answer names no job",
                          "Is generation.hunyuan_url the api_server.py of Hunyuan3D?"};
}

asio::awaitable<core::Result<JobState>> Hunyuan::look(std::string id, core::CancelToken cancel) {
    ServiceCall call{"/status/" + id};
    call.max_bytes = largest_model;
    call.total = std::chrono::minutes(5);
    auto reply = co_await call_service(http_, account_, std::move(call), std::move(cancel));
    const auto read = [&]() -> core::Result<JobState> {
        const auto document = reply.document();
        if (!document) return document.error();
        return state_of(*document, reply.asked);
    };
    co_return co_await core::aside(reply.answer.body.size(), read);
}

}  // namespace blender_mcpd::assets
