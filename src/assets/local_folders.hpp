// Assets in the user's own folders: no network, no account, always there.
#pragma once

#include "provider.hpp"

#include <blender_mcpd/core/timers.hpp>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace blender_mcpd::assets {

/// An asset with its files.
struct LocalAsset {
    Asset asset;
    std::vector<AssetFile> files;
    std::filesystem::path picture;  // empty: none
};

/// What there is in a folder and those below: images whose names differ in the map only are a
/// texture; .hdr and other .exr are HDRIs; .blend, .glb, .gltf, .fbx, .obj, .usd*, .abc, .stl
/// and .ply are models. Hidden files, and links that lead out, are left out. Blocks; ends early
/// after `stop` was set.
[[nodiscard]] std::vector<LocalAsset> look_through(const std::filesystem::path& folder,
                                                   const std::atomic<bool>& stop);

class LocalFolders final : public Provider {
  public:
    LocalFolders(core::Timers& timers, Background& background,
                 std::vector<std::filesystem::path> folders);

    [[nodiscard]] std::string_view name() const override { return local_provider; }
    boost::asio::awaitable<core::Result<ProviderPage>> search(ProviderSearch wanted,
                                                              core::CancelToken cancel) override;
    boost::asio::awaitable<core::Result<Asset>> details(std::string id,
                                                        core::CancelToken cancel) override;
    boost::asio::awaitable<core::Result<Plan>> plan(ProviderImport wanted,
                                                    core::CancelToken cancel) override;
    boost::asio::awaitable<core::Result<std::string>> preview(Asset asset,
                                                              core::CancelToken cancel) override;

  private:
    using All = std::shared_ptr<const std::vector<LocalAsset>>;
    boost::asio::awaitable<core::Result<All>> all(core::CancelToken cancel);
    boost::asio::awaitable<core::Result<LocalAsset>> find(std::string id, core::CancelToken cancel);

    core::Timers& timers_;
    Background& background_;
    const std::vector<std::filesystem::path> folders_;
    All kept_;
    core::TimePoint since_{};
};

}  // namespace blender_mcpd::assets
