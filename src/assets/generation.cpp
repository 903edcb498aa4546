#include "fal.hpp"
#include "fetch_options.hpp"
#include "file_type.hpp"
#include "hunyuan.hpp"
#include "rodin.hpp"
#include "waiting.hpp"

#include <blender_mcpd/assets/generation.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace blender_mcpd::assets {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds first_look{1'000};
constexpr milliseconds rarest_look{10'000};  // services ask not to be asked often

core::Error refused(std::string_view field, std::string message, std::string remedy) {
    return {core::ErrorCode::invalid, fmt::format("{}: {}", field, message), std::move(remedy)};
}

core::Error nothing_set_up() {
    return {core::ErrorCode::unavailable, "no service that makes models is set up here",
            "Set generation.rodin_key_file or generation.fal_key_file to a file with your key, or "
            "generation.hunyuan_url to a Hunyuan3D server on this machine, which needs no key; see "
            "docs/generation.md. import_asset has models that others made"};
}

core::Error not_set_up(const Generator& generator) {
    return {
        core::ErrorCode::unavailable, fmt::format("{} is not set up here", generator.name()),
        fmt::format("Set {}, or leave service out: see docs/generation.md", generator.setting())};
}

/// What it offers of something; a refusal that lists it, when it has not this.
core::Result<void> check_choice(const Generator& generator, std::string_view field,
                                std::string_view wanted,
                                const std::vector<std::string_view>& offered) {
    if (wanted.empty() || std::ranges::find(offered, wanted) != offered.end()) return {};
    if (offered.empty())
        return refused(field, fmt::format("{} has no such choice", generator.name()),
                       "Leave it out");
    return refused(field, fmt::format("{} has no {}", generator.name(), core::excerpt(wanted)),
                   fmt::format("It has: {}", fmt::join(offered, ", ")));
}

core::Result<void> check_request(const GenerationRequest& request, const Generator& generator) {
    const auto& can = generator.abilities();
    const auto name = generator.name();
    if (request.prompt.empty() && request.pictures.empty())
        return refused("prompt", "there is neither a prompt nor an image",
                       "Say what the model shows, or give images of it");
    if (request.pictures.size() > can.pictures)
        return refused("images", fmt::format("{} takes {} at most", name, can.pictures),
                       "Give fewer, or use another service");
    if (!request.prompt.empty() && !request.pictures.empty() && !can.prompt_with_pictures)
        return refused("prompt", fmt::format("{} takes a prompt or an image, not both", name),
                       "Leave one of them out");
    if (request.bounding_box && !can.bounding_box)
        return refused("bounding_box", fmt::format("{} has no such choice", name),
                       "Leave it out; target_size scales the model");
    if (request.seed && (*request.seed < 0 || *request.seed > can.largest_seed))
        return refused("seed", fmt::format("must be from 0 to {} for {}", can.largest_seed, name),
                       "Give another one, or leave it out");
    if (auto fine = check_choice(generator, "quality", request.quality, can.qualities); !fine)
        return fine;
    return check_choice(generator, "tier", request.tier, can.tiers);
}

/// What may be gone when it is asked again.
bool is_temporary(const core::Error& error) {
    return error.code == core::ErrorCode::connection || error.code == core::ErrorCode::timeout ||
           error.code == core::ErrorCode::busy;
}

}  // namespace

core::Result<Picture> read_picture(std::string bytes) {
    if (bytes.size() > largest_picture)
        return core::Error{core::ErrorCode::too_large,
                           fmt::format("must be of {} bytes at most", largest_picture),
                           "Scale the image down: 1024 pixels are enough"};
    auto type = image_type(bytes);
    if (type.empty())
        return core::Error{core::ErrorCode::invalid, "must be a PNG, JPEG or WebP image",
                           "Convert it first"};
    return Picture{std::move(bytes), std::move(type)};
}

std::array<long, 3> shares_of(const std::array<double, 3>& lengths) {
    const auto largest = std::ranges::max(lengths);
    std::array<long, 3> shares{};
    std::ranges::transform(lengths, shares.begin(), [&](double length) {
        return std::max<long>(1, std::lround(100 * length / largest));
    });
    return shares;
}

core::Error keeping_job(core::Error error, const GenerationJob& job) {
    error.remedy = fmt::format(
        "{}{}generate_model with \"job\": \"{}\" and no prompt goes on with it, without another "
        "order",
        error.remedy, error.remedy.empty() ? "" : ". ", job.text());
    return error;
}

struct Generation::Parts {
    Parts(core::Timers& timers, core::Metrics& metrics, const GenerationOptions& options)
        : http(timers, metrics, http_limits(options.downloads), user_agent(options.downloads)),
          store(timers, metrics, http, background, store_options(options.downloads)) {
        generators.push_back(std::make_unique<Rodin>(http, options.rodin_url, options.rodin_key));
        generators.push_back(std::make_unique<Fal>(http, options.fal_url, options.fal_key));
        generators.push_back(
            std::make_unique<Hunyuan>(http, options.hunyuan_url, options.hunyuan_texture));
    }

    /// The default for an empty name. Errors: unavailable, when it is not set up; invalid.
    core::Result<Generator*> find(std::string_view name) {
        for (const auto& generator : generators) {
            if (!name.empty() && generator->name() != name) continue;
            if (generator->is_set_up()) return generator.get();
            if (!name.empty()) return not_set_up(*generator);
        }
        if (name.empty()) return nothing_set_up();
        return refused("service", fmt::format("there is no {}", core::excerpt(name)),
                       fmt::format("There are: {}", fmt::join(generation_services, ", ")));
    }

    Http http;
    Background background;
    Store store;
    std::vector<std::unique_ptr<Generator>> generators;
};

Generation::Generation(core::Timers& timers, core::Metrics& metrics, GenerationOptions options)
    : timers_(timers), metrics_(metrics), options_(std::move(options)) {}

Generation::~Generation() = default;

Generation::Parts& Generation::parts() {
    if (!parts_) parts_ = std::make_unique<Parts>(timers_, metrics_, options_);
    return *parts_;
}

core::Result<void> Generation::check(const GenerationRequest& request) {
    const auto found = parts().find(request.service);
    if (!found) return found.error();
    return check_request(request, **found);
}

asio::awaitable<core::Result<GenerationJob>> Generation::submit(GenerationRequest request,
                                                                core::CancelToken cancel) {
    if (const auto fine = check(request); !fine) co_return fine.error();
    auto& generator = **parts().find(request.service);
    auto id = co_await generator.submit(std::move(request), std::move(cancel));
    if (!id) co_return id.error();
    co_return GenerationJob{std::string(generator.name()), std::move(*id)};
}

core::Result<GenerationJob> Generation::job_of(std::string_view text) {
    const auto colon = std::min(text.find(':'), text.size());
    GenerationJob job{std::string(text.substr(0, colon)),
                      std::string(text.substr(std::min(colon + 1, text.size())))};
    for (const auto& generator : parts().generators)
        if (generator->name() == job.service && generator->is_job(job.id)) return job;
    return refused("job", "is none that generate_model told",
                   "Give it as it was told: the name of the service, a colon, and what follows");
}

namespace {

/// What is said to who no longer waits.
core::Error cancelled(const GenerationJob& job, bool stopped, const core::CancelToken& cancel) {
    auto error = cancelled_error(cancel);
    error.remedy.clear();
    if (stopped) {
        error.message = fmt::format("the order was taken back from {}", job.service);
        return error;
    }
    error.message = fmt::format("nobody waits for {} any more, which goes on", job.service);
    return keeping_job(std::move(error), job);
}

/// Looks for it until there is a model.
asio::awaitable<core::Result<FinishedModel>> wait_for(core::Timers& timers, Generator& generator,
                                                      GenerationJob job, milliseconds longest,
                                                      std::function<void(std::string)> report,
                                                      core::CancelToken cancel) {
    TimeLimit limit(timers, "generation", longest, cancel);
    std::string last = "there was no answer";
    for (auto wait = first_look;; wait = std::min(wait * 3 / 2, rarest_look)) {
        auto state = co_await generator.look(job.id, limit.token());
        if (state && state->model) co_return std::move(*state->model);
        if (limit.is_over())
            co_return keeping_job({core::ErrorCode::timeout,
                                   fmt::format("{} was not ready within {} s; the last news: {}",
                                               job.service, longest.count() / 1'000, last),
                                   "Raise generation.timeout_s when that lasts"},
                                  job);
        if (cancel.cancelled()) {
            bool stopped = false;
            if (cancel.reason() == core::CancelReason::client)
                stopped = co_await generator.abandon(job.id);
            co_return cancelled(job, stopped, cancel);
        }
        if (!state && !is_temporary(state.error()))
            co_return state.error().code == core::ErrorCode::unavailable ||
                    state.error().code == core::ErrorCode::not_found
                ? state.error()
                : keeping_job(state.error(), job);
        last = state ? state->message : state.error().message;
        report(last);
        co_await pause(timers, "generation-look", wait, limit.token());
    }
}

}  // namespace

asio::awaitable<core::Result<Prepared>> Generation::finish(GenerationJob job,
                                                           GenerationProgress on_progress,
                                                           core::CancelToken cancel) {
    const auto found = parts().find(job.service);
    if (!found) co_return found.error();
    auto& generator = **found;
    const auto begin = timers_.now();
    std::function<void(std::string)> report = [this, begin, on_progress](std::string message) {
        const std::chrono::duration<double> passed = timers_.now() - begin;
        if (on_progress) on_progress(passed.count(), std::move(message));
    };
    report(fmt::format("Ordered as {}", job.text()));
    auto model = co_await wait_for(timers_, generator, job, options_.timeout, report, cancel);
    if (!model) co_return model.error();
    core::Result<StoredBundle> stored = core::Error{};
    if (auto* bytes = std::get_if<std::string>(&*model)) {
        stored = co_await parts().store.keep("model.glb", std::move(*bytes), cancel);
    } else {
        ByteProgress on_bytes = [report](std::uint64_t done, std::uint64_t total) {
            report(fmt::format("Fetching the model: {} of {} KiB", done >> 10U, total >> 10U));
        };
        auto bundle = std::get<Bundle>(std::move(*model));
        stored = co_await parts().store.get(std::move(bundle), std::move(on_bytes), cancel);
    }
    if (!stored) co_return keeping_job(stored.error(), job);
    Prepared prepared;
    prepared.asset.provider = job.service;
    prepared.asset.id = job.id.substr(0, job.id.find(':'));
    prepared.asset.kind = Kind::model;
    prepared.asset.source_url = generator.page();
    prepared.format = "glb";
    prepared.files = {{stored->folder / "model.glb", "model"}};
    prepared.lease = stored->lease;
    co_return prepared;
}

}  // namespace blender_mcpd::assets
