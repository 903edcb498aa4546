// Hyper3D Rodin at its own site (developer.hyper3d.ai): an order is a form, the state of its parts
// is told for a key that came with the order, and files are told for its number.
#pragma once

#include "generator.hpp"
#include "service_call.hpp"

#include <string>

namespace blender_mcpd::assets {

class Rodin final : public Generator {
  public:
    Rodin(Http& http, std::string url, core::Secret key);

    [[nodiscard]] std::string_view name() const override { return generation_services[0]; }
    [[nodiscard]] std::string_view page() const override { return "https://hyper3d.ai/"; }
    [[nodiscard]] const Abilities& abilities() const override;
    [[nodiscard]] bool is_set_up() const override { return account_.key.is_given(); }
    [[nodiscard]] std::string_view setting() const override { return account_.key.setting; }
    [[nodiscard]] bool is_job(std::string_view id) const override;
    boost::asio::awaitable<core::Result<std::string>> submit(GenerationRequest request,
                                                             core::CancelToken cancel) override;
    boost::asio::awaitable<core::Result<JobState>> look(std::string id,
                                                        core::CancelToken cancel) override;

  private:
    boost::asio::awaitable<core::Result<core::Json>> ask(std::string path, core::Json question,
                                                         core::CancelToken cancel);
    boost::asio::awaitable<core::Result<FinishedModel>> files(std::string task,
                                                              core::CancelToken cancel);

    Http& http_;
    const ServiceAccount account_;
};

}  // namespace blender_mcpd::assets
