// One source of assets. What all have in common is in Assets.
#pragma once

#include "search_place.hpp"
#include "store.hpp"

#include <blender_mcpd/assets/asset.hpp>
#include <blender_mcpd/assets/assets.hpp>
#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/error.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace blender_mcpd::assets {

struct ProviderSearch {
    std::string query;  // clean; may be empty
    std::optional<Kind> kind;
    Place place{};  // where it begins
    std::size_t limit = 20;
    SearchFilters filters{};
};

struct ProviderPage {
    std::vector<Asset> assets;
    std::size_t total = 0;
    /// Of providers that do not count what is shown: where to go on after each of the assets.
    std::vector<Place> after{};
    bool is_more = false;  // of the same: there is more behind them
};

struct ProviderImport {
    std::string id;
    std::string resolution;          // empty: any, `usual` if there is it
    std::string format;              // empty: any
    std::string usual_resolution{};  // never empty
    bool with_displacement = false;
};

/// How the files of an asset are got.
struct Plan {
    Asset asset;
    std::string resolution;
    std::string format;
    /// To fetch, or on this disk already.
    std::variant<Bundle, std::vector<AssetFile>> source;
    /// Of the bundle's files, in their order. Not for archives: see archive_roles().
    std::vector<std::string> roles{};
};

class Provider {
  public:
    virtual ~Provider() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    /// Whether it has what it needs from the user. Who does not name it does not hear of it else.
    [[nodiscard]] virtual bool is_set_up() const { return true; }
    virtual boost::asio::awaitable<core::Result<ProviderPage>> search(ProviderSearch wanted,
                                                                      core::CancelToken cancel) = 0;
    /// Error: not_found.
    virtual boost::asio::awaitable<core::Result<Asset>> details(std::string id,
                                                                core::CancelToken cancel) = 0;
    virtual boost::asio::awaitable<core::Result<Plan>> plan(ProviderImport wanted,
                                                            core::CancelToken cancel) = 0;
    /// The bytes of its picture. Error: not_found, when it has none.
    virtual boost::asio::awaitable<core::Result<std::string>> preview(Asset asset,
                                                                      core::CancelToken cancel) = 0;
};

/// The largest picture that is worth showing to a model.
inline constexpr std::size_t largest_preview = std::size_t{4} << 20;

/// The bytes of the picture that the asset's URL leads to, within the site. Errors: not_found, when
/// it has none; too_large; as Http::get().
boost::asio::awaitable<core::Result<std::string>> fetch_picture(Http& http, Site site, Asset asset,
                                                                core::CancelToken cancel);

/// The licence of both libraries that give their assets to everybody.
[[nodiscard]] inline License public_domain() {
    return {"CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"};
}

[[nodiscard]] core::Error no_such_asset(std::string_view provider, std::string_view id);

/// The one that was asked for, when it is there; else the nearest to the usual one, when none was.
/// Error: invalid.
[[nodiscard]] core::Result<std::string> choose_resolution(const ProviderImport& wanted,
                                                          const std::vector<std::string>& there);

/// The one that was asked for, when it is there; else the first of those preferred. Error: invalid.
[[nodiscard]] core::Result<std::string> choose_format(const std::string& wanted,
                                                      const std::vector<std::string>& preferred,
                                                      const std::vector<std::string>& there);

}  // namespace blender_mcpd::assets
