// Sketchfab (sketchfab.com, Data API v3): models of many authors, under many licences; for people
// with an account. It is searched by the site itself, page by page, and does not say how much there
// is.
#pragma once

#include "provider.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/secret.hpp>
#include <blender_mcpd/guard/url.hpp>

#include <optional>
#include <string>

namespace blender_mcpd::assets {

class Sketchfab final : public Provider {
  public:
    Sketchfab(Http& http, std::string url, core::Secret token);

    [[nodiscard]] std::string_view name() const override { return provider_names[3]; }
    [[nodiscard]] bool is_set_up() const override { return token_.is_given(); }
    boost::asio::awaitable<core::Result<ProviderPage>> search(ProviderSearch wanted,
                                                              core::CancelToken cancel) override;
    boost::asio::awaitable<core::Result<Asset>> details(std::string id,
                                                        core::CancelToken cancel) override;
    boost::asio::awaitable<core::Result<Plan>> plan(ProviderImport wanted,
                                                    core::CancelToken cancel) override;
    boost::asio::awaitable<core::Result<std::string>> preview(Asset asset,
                                                              core::CancelToken cancel) override;

  private:
    boost::asio::awaitable<core::Result<core::Json>> ask(guard::UrlBuilder url,
                                                         core::CancelToken cancel);
    boost::asio::awaitable<core::Result<core::Json>> find(std::string id, core::CancelToken cancel);

    Http& http_;
    const Site site_;
    const core::Secret token_;
};

/// What the answers mean. `found` is one of "results", or that of /v3/models/{uid}.
[[nodiscard]] std::optional<Asset> sketchfab_asset(const core::Json& found);
/// `downloads` is that of /v3/models/{uid}/download.
[[nodiscard]] core::Result<Plan> sketchfab_plan(const core::Json& found,
                                                const core::Json& downloads,
                                                const ProviderImport& wanted);

}  // namespace blender_mcpd::assets
