// ambientCG (ambientcg.com): CC0 materials, HDRIs and models, searched by the site itself; most
// come as a zip archive.
#pragma once

#include "provider.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/guard/url.hpp>

#include <string>
#include <vector>

namespace blender_mcpd::assets {

class AmbientCg final : public Provider {
  public:
    AmbientCg(Http& http, std::string url);

    [[nodiscard]] std::string_view name() const override { return ambientcg_provider; }
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
};

/// What the answers mean. `found` is one of "foundAssets".
[[nodiscard]] std::optional<Asset> ambientcg_asset(const core::Json& found);
[[nodiscard]] core::Result<Plan> ambientcg_plan(const core::Json& found,
                                                const ProviderImport& wanted);

}  // namespace blender_mcpd::assets
