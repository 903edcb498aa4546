// Sketchfab (sketchfab.com, Data API v3): models of many authors, under many licences; for people
// with an account. It is searched by the site itself, page by page, and does not say how much there
// is.
#pragma once

#include "model_site.hpp"

#include <optional>
#include <string>

namespace blender_mcpd::assets {

class Sketchfab final : public ModelSite {
  public:
    Sketchfab(Http& http, std::string url, core::Secret token);

    [[nodiscard]] std::string_view name() const override { return sketchfab_provider; }
    boost::asio::awaitable<core::Result<ProviderPage>> search(ProviderSearch wanted,
                                                              core::CancelToken cancel) override;
    boost::asio::awaitable<core::Result<Plan>> plan(ProviderImport wanted,
                                                    core::CancelToken cancel) override;

  private:
    [[nodiscard]] guard::UrlBuilder model_url(std::string_view id) const override;
    [[nodiscard]] std::optional<Asset> read(const core::Json& found) const override;
};

/// What the answers mean. `found` is one of "results", or that of /v3/models/{uid}.
[[nodiscard]] std::optional<Asset> sketchfab_asset(const core::Json& found);
/// `downloads` is that of /v3/models/{uid}/download.
[[nodiscard]] core::Result<Plan> sketchfab_plan(const core::Json& found,
                                                const core::Json& downloads,
                                                const ProviderImport& wanted);

}  // namespace blender_mcpd::assets
