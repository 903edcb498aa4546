// Poly Haven (api.polyhaven.com): CC0 textures, HDRIs and models. It has lists, and no search by
// words: that is done here, on lists that are kept for an hour.
#pragma once

#include "provider.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace blender_mcpd::assets {

class PolyHaven final : public Provider {
  public:
    PolyHaven(core::Timers& timers, Http& http, Background& background, std::string url);

    [[nodiscard]] std::string_view name() const override { return polyhaven_provider; }
    boost::asio::awaitable<core::Result<ProviderPage>> search(ProviderSearch wanted,
                                                              core::CancelToken cancel) override;
    boost::asio::awaitable<core::Result<Asset>> details(std::string id,
                                                        core::CancelToken cancel) override;
    boost::asio::awaitable<core::Result<Plan>> plan(ProviderImport wanted,
                                                    core::CancelToken cancel) override;
    boost::asio::awaitable<core::Result<std::string>> preview(Asset asset,
                                                              core::CancelToken cancel) override;

  private:
    using Assets = std::shared_ptr<const std::vector<Asset>>;
    struct List {
        Assets assets;
        core::TimePoint since{};
    };
    boost::asio::awaitable<core::Result<Assets>> list(Kind kind, core::CancelToken cancel);
    boost::asio::awaitable<core::Result<core::Json>> ask(std::string_view what, std::string id,
                                                         core::CancelToken cancel);

    core::Timers& timers_;
    Http& http_;
    Background& background_;
    const Site site_;
    std::array<List, kind_names.size()> lists_;  // by kind
};

/// What the answers mean. `files` is that of /files/{id}.
[[nodiscard]] Asset polyhaven_asset(const std::string& id, const core::Json& info);
[[nodiscard]] core::Result<std::vector<Asset>> polyhaven_list(const std::string& text);
[[nodiscard]] core::Result<Plan> polyhaven_plan(Asset asset, const core::Json& files,
                                                const ProviderImport& wanted);

}  // namespace blender_mcpd::assets
