// Hunyuan3D on a server of one's own (api_server.py of Hunyuan3D-2 and 2.1): no key, no queue, and
// the model comes within the answer.
#pragma once

#include "generator.hpp"
#include "service_call.hpp"

#include <string>

namespace blender_mcpd::assets {

class Hunyuan final : public Generator {
  public:
    /// An empty URL: there is none.
    Hunyuan(Http& http, std::string url, bool has_texture);

    [[nodiscard]] std::string_view name() const override { return generation_services[2]; }
    [[nodiscard]] std::string_view page() const override {
        return "https://github.com/Tencent-Hunyuan/Hunyuan3D-2";
    }
    [[nodiscard]] const Abilities& abilities() const override;
    [[nodiscard]] bool is_set_up() const override { return !account_.site.base.empty(); }
    [[nodiscard]] std::string_view setting() const override { return "generation.hunyuan_url"; }
    [[nodiscard]] bool is_job(std::string_view id) const override { return is_plain_id(id); }
    boost::asio::awaitable<core::Result<std::string>> submit(GenerationRequest request,
                                                             core::CancelToken cancel) override;
    boost::asio::awaitable<core::Result<JobState>> look(std::string id,
                                                        core::CancelToken cancel) override;

  private:
    Http& http_;
    const ServiceAccount account_;
    const bool has_texture_;
};

}  // namespace blender_mcpd::assets
