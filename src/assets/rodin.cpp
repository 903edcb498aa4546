#include "rodin.hpp"

#include "document.hpp"
#include "file_type.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace blender_mcpd::assets {

namespace asio = boost::asio;

namespace {

/// Its answers say of errors what they are, also with status 201; some say that there was none.
bool has_error(const core::Json& document) {
    const auto error = text_at(document, "error");
    return !error.empty() && error != "OK";
}

/// In its order of the axes: y, z, x.
std::string bounding_box(const std::array<double, 3>& box) {
    const auto shares = shares_of(box);
    return fmt::format("[{},{},{}]", shares[1], shares[2], shares[0]);
}

std::vector<FormField> form_of(GenerationRequest&& request) {
    std::vector<FormField> form{{"geometry_file_format", "glb"}, {"material", "PBR"}};
    const auto add = [&](const char* name, std::string value) {
        if (!value.empty()) form.push_back({name, std::move(value)});
    };
    add("prompt", std::move(request.prompt));
    add("tier", std::move(request.tier));
    add("quality", std::move(request.quality));
    if (request.seed) add("seed", std::to_string(*request.seed));
    if (request.bounding_box) add("bbox_condition", bounding_box(*request.bounding_box));
    for (std::size_t index = 0; index < request.pictures.size(); ++index) {
        auto& picture = request.pictures[index];
        const auto ending = picture.mime_type.substr(picture.mime_type.find('/') + 1);
        form.push_back({"images", std::move(picture.bytes), fmt::format("{}.{}", index + 1, ending),
                        std::move(picture.mime_type)});
    }
    return form;
}

/// The part of the id before the key, and the key.
std::pair<std::string, std::string> parts_of(std::string_view id) {
    const auto colon = std::min(id.find(':'), id.size());
    return {std::string(id.substr(0, colon)),
            std::string(id.substr(std::min(colon + 1, id.size())))};
}

}  // namespace

Rodin::Rodin(Http& http, std::string url, core::Secret key)
    : http_(http),
      account_{name(),
               {std::move(url), {".hyper3d.com", ".hyper3d.ai", ".deemos.com"}},
               "Bearer",
               std::move(key)} {}

const Abilities& Rodin::abilities() const {
    static const Abilities all{most_pictures,
                               true,
                               true,
                               65'535,
                               {"low", "medium", "high"},
                               {"Sketch", "Regular", "Detail", "Smooth", "Gen-2"}};
    return all;
}

bool Rodin::is_job(std::string_view id) const {
    const auto [task, key] = parts_of(id);
    return is_plain_id(task) && is_plain_id(key);
}

asio::awaitable<core::Result<std::string>> Rodin::submit(GenerationRequest request,
                                                         core::CancelToken cancel) {
    Content content{Method::post, {}, form_of(std::move(request))};
    auto wanted = order("/api/v2/rodin", std::move(content));
    const auto reply = co_await call_service(http_, account_, std::move(wanted), std::move(cancel));
    const auto document = order_of(reply.answer, reply.asked);
    if (!document) co_return document.error();
    if (has_error(*document)) co_return refusal(reply.answer.head.status, *document, reply.asked);
    auto id = fmt::format("{}:{}", text_at(*document, "uuid"),
                          text_at(at(*document, "jobs"), "subscription_key"));
    if (is_job(id)) co_return id;
    co_return order_lost({core::ErrorCode::protocol, "rodin's answer names no job"}, reply.asked);
}

asio::awaitable<core::Result<core::Json>> Rodin::ask(std::string path, core::Json question,
                                                     core::CancelToken cancel) {
    ServiceCall call{std::move(path), {Method::post, core::dump(question)}};
    const auto reply = co_await call_service(http_, account_, std::move(call), std::move(cancel));
    auto document = reply.document();
    if (document && has_error(*document))
        co_return refusal(reply.answer.head.status, *document, reply.asked);
    co_return document;
}

asio::awaitable<core::Result<JobState>> Rodin::look(std::string id, core::CancelToken cancel) {
    const auto [task, key] = parts_of(id);
    core::Json question{{"subscription_key", key}};
    const auto document = co_await ask("/api/v2/status", std::move(question), cancel);
    if (!document) co_return document.error();
    const auto& jobs = at(*document, "jobs");
    if (!jobs.is_array() || jobs.empty())
        co_return core::Error{core::ErrorCode::protocol, "rodin's answer tells of no parts",
                              "Call again in a while"};
    std::size_t done = 0;
    for (const auto& job : jobs) {
        const auto status = text_at(job, "status");
        if (status == "Failed" || status == "Canceled")
            co_return job_failed("a part of it is " + status, {name()});
        if (status == "Done") ++done;
    }
    JobState state{fmt::format("{} of {} parts are done", done, jobs.size())};
    if (done < jobs.size()) co_return state;
    auto model = co_await files(task, std::move(cancel));
    if (!model) co_return model.error();
    state.model = std::move(*model);
    co_return state;
}

asio::awaitable<core::Result<FinishedModel>> Rodin::files(std::string task,
                                                          core::CancelToken cancel) {
    core::Json question{{"task_uuid", task}};
    const auto document = co_await ask("/api/v2/download", std::move(question), std::move(cancel));
    if (!document) co_return document.error();
    std::string url;
    for (const auto& file : at(*document, "list")) {
        const auto file_name = text_at(file, "name");
        if (ending(file_name) != ".glb") continue;
        // Of several the one with its materials.
        if (url.empty() || file_name.find("pbr") != std::string::npos) url = text_at(file, "url");
    }
    if (url.empty())
        co_return core::Error{core::ErrorCode::protocol, "rodin tells of no .glb file",
                              "Call again in a while"};
    Bundle bundle{account_.site, {}};
    RemoteFile file{std::move(url), "model.glb"};
    file.identity = "rodin " + task;  // the URL is signed, and another one each time
    bundle.files.push_back(std::move(file));
    co_return bundle;
}

}  // namespace blender_mcpd::assets
