// All services on one server of the test, with keys.
#pragma once

#include "generation_shapes.hpp"
#include "stage.hpp"

#include <blender_mcpd/assets/generation.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace blender_mcpd::assets {

inline constexpr auto secret = "key-that-nobody-may-see";
inline constexpr auto requests = "/fal-ai/hyper3d/requests/r-1";

inline core::Secret key(const std::string& setting) {
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
        options.timeout = std::chrono::minutes(10);
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

inline GenerationRequest words(std::string service, std::string prompt = "a red chair") {
    GenerationRequest request;
    request.service = std::move(service);
    request.prompt = std::move(prompt);
    return request;
}

}  // namespace blender_mcpd::assets
