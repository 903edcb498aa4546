// A site of models for people with an account: what such sites have in common.
#pragma once

#include "provider.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/secret.hpp>
#include <blender_mcpd/guard/url.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::assets {

class ModelSite : public Provider {
  public:
    [[nodiscard]] bool is_set_up() const final { return key_.is_given(); }
    boost::asio::awaitable<core::Result<Asset>> details(std::string id,
                                                        core::CancelToken cancel) final;
    boost::asio::awaitable<core::Result<std::string>> preview(Asset asset,
                                                              core::CancelToken cancel) final;

  protected:
    /// The key stands in a header that begins so: "Authorization: Token ".
    ModelSite(Http& http, Site site, core::Secret key, std::string_view header)
        : http_(http), site_(std::move(site)), key_(std::move(key)), header_(header) {}

    [[nodiscard]] const Site& site() const { return site_; }
    /// A question to the interface. The key goes to its origin alone. Errors: unavailable, when
    /// there is no key, or one that cannot be used or is refused; as Http::get().
    boost::asio::awaitable<core::Result<core::Json>> ask(guard::UrlBuilder url,
                                                         core::CancelToken cancel);
    /// What the site tells of one. Error: not_found.
    boost::asio::awaitable<core::Result<core::Json>> find(std::string id, core::CancelToken cancel);

  private:
    /// Where it tells of one.
    [[nodiscard]] virtual guard::UrlBuilder model_url(std::string_view id) const = 0;
    /// What the site tells of one, read; nullopt: it makes no sense.
    [[nodiscard]] virtual std::optional<Asset> read(const core::Json& found) const = 0;

    Http& http_;
    const Site site_;
    const core::Secret key_;
    const std::string_view header_;
};

}  // namespace blender_mcpd::assets
