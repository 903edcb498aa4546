// Poly Pizza (poly.pizza, API v1.1): low-poly models, CC0 or CC-BY, each one GLB file; for people
// with an account. It is searched by the site itself, page by page.
#pragma once

#include "model_site.hpp"

#include <optional>
#include <string>

namespace blender_mcpd::assets {

class PolyPizza final : public ModelSite {
  public:
    PolyPizza(Http& http, std::string url, core::Secret key);

    [[nodiscard]] std::string_view name() const override { return polypizza_provider; }
    boost::asio::awaitable<core::Result<ProviderPage>> search(ProviderSearch wanted,
                                                              core::CancelToken cancel) override;
    boost::asio::awaitable<core::Result<Plan>> plan(ProviderImport wanted,
                                                    core::CancelToken cancel) override;

  private:
    [[nodiscard]] guard::UrlBuilder model_url(std::string_view id) const override;
    [[nodiscard]] std::optional<Asset> read(const core::Json& found) const override;
};

/// What the answers mean. `found` is one of "results", or that of /v1.1/model/{id}.
[[nodiscard]] std::optional<Asset> polypizza_asset(const core::Json& found);
[[nodiscard]] core::Result<Plan> polypizza_plan(const core::Json& found,
                                                const ProviderImport& wanted);

}  // namespace blender_mcpd::assets
