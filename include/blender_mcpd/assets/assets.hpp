// Assets of all providers: looked for, looked at, fetched. The network is ours, so that Blender
// neither waits for it nor needs it.
#pragma once

#include <blender_mcpd/assets/asset.hpp>
#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/secret.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::assets {

struct AssetsOptions {
    std::vector<std::string> providers{provider_names.begin(), provider_names.end()};
    std::vector<std::filesystem::path> folders{};  // of the provider local; absolute
    std::filesystem::path cache{};                 // see StoreOptions::folder; empty: there is none
    std::uint64_t cache_bytes = std::uint64_t{8} << 30;
    std::uint64_t max_download = std::uint64_t{2} << 30;  // of one asset
    std::string resolution = "2k";                        // when a call asks for none
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds inactivity_timeout{30'000};
    std::chrono::milliseconds timeout{1'800'000};  // of one file
    std::string polyhaven_url = "https://api.polyhaven.com";
    std::string ambientcg_url = "https://ambientcg.com";
    std::string sketchfab_url = "https://api.sketchfab.com";
    core::Secret sketchfab_token{};
    std::string polypizza_url = "https://api.poly.pizza";
    core::Secret polypizza_key{};
    std::string version;  // of the daemon: providers want to know who asks
};

/// Whether it can be the URL of a provider: https and a public host, or "http://127.0.0.1:8080" for
/// a server on this machine; no path.
[[nodiscard]] bool is_provider_url(std::string_view url);

/// Whether it can be the id of an asset of any provider.
[[nodiscard]] bool is_asset_id(std::string_view id);

/// What the licence of an asset must allow.
enum class LicenseFilter {
    any,
    cc0,         // use without naming anybody
    commercial,  // selling, and changing: CC0, CC-BY, CC-BY-SA
};

/// In the order of LicenseFilter.
inline constexpr std::array<std::string_view, 3> license_filter_names{"any", "cc0", "commercial"};

[[nodiscard]] std::optional<LicenseFilter> license_filter_named(std::string_view name);

struct SearchFilters {
    std::string category{};  // of the provider; empty: any
    LicenseFilter license = LicenseFilter::any;
    std::optional<bool> animated{};
    std::int64_t max_faces = 0;  // 0: any number
};

/// Those that match, of all that the provider has. Error: invalid, when there is no such category,
/// or when the provider tells nothing of what is asked for.
[[nodiscard]] core::Result<std::vector<Asset>> filtered(std::string_view provider,
                                                        std::vector<Asset> all,
                                                        const SearchFilters& filters);

/// Those that have at least half of the words, the best first; without words all. Forgives typing
/// errors. `query` is clean.
[[nodiscard]] std::vector<Asset> best_first(std::span<const Asset> assets, std::string_view query);

struct SearchRequest {
    std::string query{};                   // words; empty: what is fetched most
    std::vector<std::string> providers{};  // empty: all, but those without the key that they need
    std::optional<Kind> kind{};
    std::size_t limit = 20;
    std::string cursor{};  // of the page before
    SearchFilters filters{};
};

struct SearchAnswer {
    struct Failure {
        std::string provider;
        core::Error error;
    };
    std::vector<Asset> assets{};      // the best of each provider first, in turns
    std::vector<Failure> failures{};  // providers that did not answer, or cannot filter so
    std::size_t total = 0;            // of the providers that answered; some know it roughly
    std::string cursor{};             // of the next page; empty: there is none
};

struct Preview {
    Asset asset;
    std::string bytes;
    std::string mime_type;
};

struct ImportRequest {
    std::string provider;
    std::string id;
    std::string resolution{};  // "2k"; empty: that of the options, or the nearest that there is
    std::string format{};      // "jpg", "exr", "gltf"; empty: the smallest that will do
    bool with_displacement = false;  // also when a normal map tells of the same relief
    /// Asked before anything of it is fetched; empty: nothing speaks against it.
    std::function<core::Result<void>(const Asset&)> check{};
};

/// What is ready to be imported. The files stay for as long as the lease lives.
struct Prepared {
    Asset asset;
    std::string resolution;  // empty: there is but one
    std::string format;
    std::vector<AssetFile> files;
    std::shared_ptr<const void> lease;
};

/// Bytes that are there, and how many there will be (0: unknown).
using ByteProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Loop thread. Makes no connection, thread or folder before the first call. Must outlive its
/// calls.
class Assets {
  public:
    Assets(core::Timers& timers, core::Metrics& metrics, AssetsOptions options);
    ~Assets();
    Assets(const Assets&) = delete;
    Assets& operator=(const Assets&) = delete;

    /// The user's own; absolute.
    [[nodiscard]] const std::vector<std::filesystem::path>& folders() const {
        return options_.folders;
    }

    /// Asks the providers at once. Error (when none of them answers: that of the first): invalid,
    /// and as those of the network (unavailable, busy, connection, timeout, protocol), cancelled.
    boost::asio::awaitable<core::Result<SearchAnswer>> search(SearchRequest request,
                                                              core::CancelToken cancel);

    /// Errors: not_found, also when it has no picture; as above.
    boost::asio::awaitable<core::Result<Preview>> preview(std::string provider, std::string id,
                                                          core::CancelToken cancel);

    /// Fetches what is not there yet. Errors: not_found, invalid (no such resolution or format; the
    /// remedy lists those that there are), too_large; as above.
    boost::asio::awaitable<core::Result<Prepared>> prepare(ImportRequest request,
                                                           ByteProgress on_progress,
                                                           core::CancelToken cancel);

  private:
    struct Parts;
    /// Made by the first call: most daemons never fetch anything.
    Parts& parts();

    core::Timers& timers_;
    core::Metrics& metrics_;
    const AssetsOptions options_;
    std::unique_ptr<Parts> parts_;
};

}  // namespace blender_mcpd::assets
