// Hyper3D Rodin through fal (fal.ai/models/fal-ai/hyper3d/rodin): a queue with JSON, where orders
// can be taken back.
#pragma once

#include "generator.hpp"
#include "service_call.hpp"

#include <string>

namespace blender_mcpd::assets {

class Fal final : public Generator {
  public:
    Fal(Http& http, std::string url, core::Secret key);

    [[nodiscard]] std::string_view name() const override { return generation_services[1]; }
    [[nodiscard]] std::string_view page() const override {
        return "https://fal.ai/models/fal-ai/hyper3d/rodin";
    }
    [[nodiscard]] const Abilities& abilities() const override;
    [[nodiscard]] bool is_set_up() const override { return account_.key.is_given(); }
    [[nodiscard]] std::string_view setting() const override { return account_.key.setting; }
    [[nodiscard]] bool is_job(std::string_view id) const override { return is_plain_id(id); }
    boost::asio::awaitable<core::Result<std::string>> submit(GenerationRequest request,
                                                             core::CancelToken cancel) override;
    boost::asio::awaitable<core::Result<JobState>> look(std::string id,
                                                        core::CancelToken cancel) override;
    boost::asio::awaitable<bool> abandon(std::string id) override;

  private:
    boost::asio::awaitable<core::Result<FinishedModel>> result(std::string id,
                                                               core::CancelToken cancel);

    Http& http_;
    const ServiceAccount account_;
};

}  // namespace blender_mcpd::assets
