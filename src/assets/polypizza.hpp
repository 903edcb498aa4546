// Poly Pizza (poly.pizza, API v1.1): low-poly models, CC0 or CC-BY, each one GLB file; for people
// with an account. It is searched by the site itself, page by page.
#pragma once

#include "provider.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/secret.hpp>
#include <blender_mcpd/guard/url.hpp>

#include <optional>
#include <string>

namespace blender_mcpd::assets {

class PolyPizza final : public Provider {
  public:
    PolyPizza(Http& http, std::string url, core::Secret key);

    [[nodiscard]] std::string_view name() const override { return provider_names[4]; }
    [[nodiscard]] bool is_set_up() const override { return key_.is_given(); }
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
    const core::Secret key_;
};

/// What the answers mean. `found` is one of "results", or that of /v1.1/model/{id}.
[[nodiscard]] std::optional<Asset> polypizza_asset(const core::Json& found);
[[nodiscard]] core::Result<Plan> polypizza_plan(const core::Json& found,
                                                const ProviderImport& wanted);

}  // namespace blender_mcpd::assets
