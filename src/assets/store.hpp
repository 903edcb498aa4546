// The files of assets, as they came from providers: whole and checked, or not there at all.
//
//   ready/<key>/…      the files of one asset in one form; the folder appears when they are whole
//   partial/<key>/…    what has come of others, to go on from
//
// The key is a sum over what the provider says of the files (URL or identity, size, MD5): when it
// changes them, they are others. Whoever uses a folder in `ready` holds a lock on it, which other
// daemons of the same user see as well; what nobody uses goes when there is too much, the longest
// unused first.
#pragma once

#include "archive.hpp"
#include "background.hpp"
#include "http.hpp"
#include "store_folder.hpp"

#include <blender_mcpd/assets/assets.hpp>
#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/guard/single_flight.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace blender_mcpd::assets {

inline constexpr core::Metric bytes_fetched{"assets.bytes",
                                            "Bytes of assets that came from providers"};

struct RemoteFile {
    std::string url;
    std::string path;        // in the asset's folder; see is_safe_path()
    std::uint64_t size = 0;  // 0: unknown
    std::string md5{};       // empty: unknown
    /// What it is known by in the store, where its URL is another one each time; empty: the URL.
    std::string identity{};
};

/// What is fetched together.
struct Bundle {
    Site site;
    std::vector<RemoteFile> files;
    bool is_archive = false;  // its only file is a zip archive, to be unpacked
};

struct StoreOptions {
    std::filesystem::path folder;  // made when it is first needed, for the user alone
    std::uint64_t max_bytes = std::uint64_t{8} << 30;     // of the files in `ready`
    std::uint64_t max_download = std::uint64_t{2} << 30;  // of one bundle
    ArchiveLimits archive{};
};

struct StoredBundle {
    std::filesystem::path folder;
    std::shared_ptr<const Lease> lease;
};

/// Loop thread. Must outlive its calls.
class Store {
  public:
    Store(core::Timers& timers, core::Metrics& metrics, Http& http, Background& background,
          StoreOptions options);

    /// From the disk, or from the provider. Who asks for the same meanwhile waits for the same;
    /// when nobody waits any more it stops, and what has come is kept. Errors: as Http::fetch(),
    /// and busy when another process fetches the same, internal for what the disk refuses.
    boost::asio::awaitable<core::Result<StoredBundle>> get(Bundle bundle, ByteProgress on_progress,
                                                           core::CancelToken cancel);

    /// Keeps a file that came in an answer, under that name, with the checks of one that is
    /// fetched. Errors: protocol, when it is not what its name says; too_large, cancelled; busy and
    /// internal as get().
    boost::asio::awaitable<core::Result<StoredBundle>> keep(std::string name, std::string bytes,
                                                            core::CancelToken cancel);

  private:
    struct Work;
    /// Who wants the same.
    struct Waiting {
        std::list<ByteProgress> listeners;
        std::shared_ptr<const Lease> lease{};  // of what has come, until each has one of its own
    };

    [[nodiscard]] core::Result<void> make_folders() const;
    [[nodiscard]] core::Result<std::shared_ptr<const Lease>> begin_partial(
        const std::filesystem::path& folder) const;
    [[nodiscard]] core::Result<StoredBundle> take(const std::string& key) const;
    boost::asio::awaitable<core::Result<guard::CachedResult>> load(std::string key, Bundle bundle,
                                                                   core::CancelToken cancel);
    boost::asio::awaitable<core::Result<void>> fetch_all(std::shared_ptr<Work> work);
    boost::asio::awaitable<void> fetch_some(std::shared_ptr<Work> work);
    boost::asio::awaitable<core::Result<void>> fetch_one(std::shared_ptr<Work> work,
                                                         std::size_t index);
    void report(const Work& work);

    core::Timers& timers_;
    core::Metrics& metrics_;
    Http& http_;
    Background& background_;
    const StoreOptions options_;
    std::map<std::string, Waiting> waiting_;  // by key
    guard::SingleFlight flights_;
};

/// The name of the folder of a bundle.
[[nodiscard]] std::string key_of(const Bundle& bundle);

}  // namespace blender_mcpd::assets
