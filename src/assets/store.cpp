#include "store.hpp"

#include "file_type.hpp"
#include "part_file.hpp"
#include "store_folder.hpp"

#include <blender_mcpd/core/aside.hpp>
#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/guard/atomic_file.hpp>
#include <blender_mcpd/guard/sha256.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include <sha256.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace blender_mcpd::assets {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t files_at_once = 4;  // of one bundle
constexpr auto unpacked_name = "unpacked";

/// Checks what has come, unpacks it, and lets it appear, with a lock on it from the start. `lease`
/// is on `partial`, and the caller's. Blocks.
core::Result<std::shared_ptr<const Lease>> complete(const fs::path& partial, const fs::path& ready,
                                                    const Bundle& bundle,
                                                    std::shared_ptr<const Lease> lease,
                                                    const ArchiveLimits& limits,
                                                    const std::atomic<bool>& stop) {
    std::error_code error;
    auto whole = partial;
    std::vector<std::string> files;
    if (bundle.is_archive) {
        const auto archive = partial / bundle.files.front().path;
        whole = partial / unpacked_name;
        fs::remove_all(whole, error);
        fs::create_directory(whole, error);
        auto unpacked = unpack(archive, whole, limits, stop);
        if (!unpacked) {
            fs::remove_all(whole, error);
            if (unpacked.error().code != core::ErrorCode::cancelled) fs::remove(archive, error);
            return unpacked.error();
        }
        files = std::move(*unpacked);
    } else {
        for (const auto& file : bundle.files)
            files.push_back(file.path);
    }
    for (const auto& file : files)
        if (const auto fine = check_type(whole / file); !fine) {
            fs::remove_all(partial, error);
            return fine.error();
        }
    flush_folder(whole);
    if (bundle.is_archive)
        lease = std::make_shared<const Lease>(lock_folder(whole, LOCK_SH));
    else
        lease->share();
    if (::rename(whole.c_str(), ready.c_str()) != 0 && errno != EEXIST && errno != ENOTEMPTY)
        return refused(ready, "made");
    flush_folder(ready.parent_path());
    if (bundle.is_archive) fs::remove_all(partial, error);
    return lease;
}

}  // namespace

std::string key_of(const Bundle& bundle) {
    std::string text = bundle.is_archive ? "archive" : "files";
    for (const auto& file : bundle.files)
        text += fmt::format("\n{}\t{}\t{}\t{}", file.path,
                            file.identity.empty() ? file.url : file.identity, file.size, file.md5);
    std::array<char, SHA256_DIGEST_STRING_LENGTH> sum{};
    SHA256Data(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), sum.data());
    return std::string(sum.data()).substr(0, 40);
}

/// One bundle on its way.
struct Store::Work {
    Work(core::Timers& timers, std::string the_key, Bundle the_bundle)
        : key(std::move(the_key)), bundle(std::move(the_bundle)), done(timers.executor()) {
        for (const auto& file : bundle.files)
            total += file.size;
        if (std::ranges::any_of(bundle.files, [](const auto& file) { return file.size == 0; }))
            total = 0;
    }

    const std::string key;
    const Bundle bundle;
    std::filesystem::path partial;
    std::uint64_t total = 0;
    std::uint64_t finished = 0;                                // bytes of files that are whole
    std::map<std::size_t, std::shared_ptr<PartFile>> running;  // by index
    std::size_t next = 0;
    std::size_t workers = 0;
    core::Event done;
    core::CancelSource stop;
    std::optional<core::Error> error;  // the first
};

Store::Store(core::Timers& timers, core::Metrics& metrics, Http& http, Background& background,
             StoreOptions options)
    : timers_(timers),
      metrics_(metrics),
      http_(http),
      background_(background),
      options_(std::move(options)),
      flights_(timers.executor()) {
    metrics_.declare(bytes_fetched);
}

core::Result<void> Store::make_folders() const {
    if (options_.folder.empty())
        return core::Error{
            core::ErrorCode::unavailable,
            "there is no folder for downloads: neither XDG_CACHE_HOME nor HOME is set",
            "Set assets.cache_folder"};
    for (const auto& folder :
         {options_.folder, options_.folder / "ready", options_.folder / "partial"})
        if (const auto made = make_private(folder); !made) return made.error();
    return {};
}

core::Result<std::shared_ptr<const Lease>> Store::begin_partial(const fs::path& folder) const {
    if (const auto made = make_folders(); !made) return made.error();
    if (const auto made = make_private(folder); !made) return made.error();
    const int lock = lock_folder(folder, LOCK_EX);
    if (lock < 0)
        return core::Error{core::ErrorCode::busy, "another blender-mcpd fetches this asset",
                           "Call again in a moment"};
    return std::make_shared<const Lease>(lock);
}

core::Result<StoredBundle> Store::take(const std::string& key) const {
    const auto folder = options_.folder / "ready" / key;
    const int lock = lock_folder(folder, LOCK_SH);
    if (lock < 0) return core::Error{core::ErrorCode::not_found, "it is not in the store"};
    (void)::futimens(lock, nullptr);  // used now
    return StoredBundle{folder, std::make_shared<const Lease>(lock)};
}

asio::awaitable<core::Result<StoredBundle>> Store::get(Bundle bundle, ByteProgress on_progress,
                                                       core::CancelToken cancel) {
    const auto key = key_of(bundle);
    if (auto there = take(key)) co_return std::move(*there);
    auto& waiting = waiting_[key];
    const auto own = waiting.listeners.insert(waiting.listeners.end(), std::move(on_progress));
    guard::CacheKey flight{"assets", "fetch", key};
    guard::SingleFlight::Loader loader = [this, key, bundle](core::CancelToken stop) {
        return load(key, bundle, std::move(stop));
    };
    const auto loaded = co_await flights_.run(std::move(flight), std::move(loader), cancel);
    auto stored = loaded ? take(key) : core::Result<StoredBundle>(loaded.error());
    waiting.listeners.erase(own);
    if (waiting.listeners.empty()) waiting_.erase(key);
    if (!loaded && loaded.error().code == core::ErrorCode::cancelled)
        co_return cancelled_error(cancel);
    co_return stored;
}

asio::awaitable<core::Result<guard::CachedResult>> Store::load(std::string key, Bundle bundle,
                                                               core::CancelToken cancel) {
    auto work = std::make_shared<Work>(timers_, key, std::move(bundle));
    work->partial = options_.folder / "partial" / key;
    const auto lease = begin_partial(work->partial);
    if (!lease) co_return lease.error();
    const auto registration = cancel.on_cancel([work](auto reason) { work->stop.cancel(reason); });
    const auto fetched = co_await fetch_all(work);
    if (!fetched) co_return fetched.error();
    auto job = [work, lease = *lease, ready = options_.folder / "ready" / key,
                folder = options_.folder, limits = options_.archive, most = options_.max_bytes](
                   const std::atomic<bool>& stop) -> core::Result<std::shared_ptr<const Lease>> {
        // Room first: what comes now is the last to go.
        evict(folder, most - std::min(most, work->total));
        return complete(work->partial, ready, work->bundle, lease, limits, stop);
    };
    auto completed = co_await background_.run(std::move(job), cancel);
    if (!completed) co_return completed.error();
    if (const auto found = waiting_.find(key); found != waiting_.end())
        found->second.lease = std::move(*completed);
    co_return guard::make_result(key);
}

asio::awaitable<core::Result<StoredBundle>> Store::keep(std::string name, std::string bytes,
                                                        core::CancelToken cancel) {
    if (bytes.size() > options_.max_download)
        co_return core::Error{core::ErrorCode::too_large,
                              fmt::format("the file has {} bytes, and {} may be kept", bytes.size(),
                                          options_.max_download),
                              "Raise assets.max_download_bytes"};
    const auto size = bytes.size();
    const auto sum = co_await core::aside(size, [&] { return guard::sha256(bytes); });
    const Bundle bundle{{}, {{"sha256:" + sum, name, size}}};
    const auto key = key_of(bundle);
    if (auto there = take(key)) co_return std::move(*there);
    const auto partial = options_.folder / "partial" / key;
    const auto ready = options_.folder / "ready" / key;
    const auto lease = begin_partial(partial);
    if (!lease) co_return lease.error();
    auto job = [bundle, partial, ready, lease = *lease, bytes = std::move(bytes),
                folder = options_.folder, limits = options_.archive, most = options_.max_bytes](
                   const std::atomic<bool>& stop) -> core::Result<std::shared_ptr<const Lease>> {
        evict(folder, most - std::min<std::uint64_t>(most, bytes.size()));
        const auto file = partial / bundle.files.front().path;
        if (const auto written = guard::write_file(file, bytes, guard::Overwrite::yes); !written)
            return written.error();
        return complete(partial, ready, bundle, lease, limits, stop);
    };
    const auto completed = co_await background_.run(std::move(job), cancel);
    if (!completed) co_return completed.error();
    co_return take(key);
}

void Store::report(const Work& work) {
    auto bytes = work.finished;
    for (const auto& [index, file] : work.running)
        bytes += file->size();
    const auto found = waiting_.find(work.key);
    if (found == waiting_.end()) return;
    for (const auto& listener : found->second.listeners)
        if (listener) listener(bytes, work.total);
}

asio::awaitable<core::Result<void>> Store::fetch_all(std::shared_ptr<Work> work) {
    if (work->total > options_.max_download)
        co_return core::Error{core::ErrorCode::too_large,
                              fmt::format("the asset has {} bytes, and {} may be fetched",
                                          work->total, options_.max_download),
                              "Choose a lower resolution, or raise assets.max_download_bytes"};
    for (const auto& file : work->bundle.files)
        if (!is_safe_path(file.path))
            co_return core::Error{core::ErrorCode::protocol,
                                  "the provider names a file " + core::excerpt(file.path),
                                  "Try another asset"};
    work->workers = std::min(files_at_once, work->bundle.files.size());
    for (std::size_t count = work->workers; count > 0; --count)
        asio::co_spawn(timers_.executor(), fetch_some(work), asio::detached);
    co_await work->done.wait();
    if (work->error) co_return *work->error;
    co_return core::Result<void>();
}

asio::awaitable<void> Store::fetch_some(std::shared_ptr<Work> work) {
    while (work->next < work->bundle.files.size() && !work->error) {
        const auto index = work->next++;
        const auto fetched = co_await fetch_one(work, index);
        if (fetched || work->error) continue;
        work->error = fetched.error();
        work->stop.cancel(core::CancelReason::client);  // the others
    }
    if (--work->workers == 0) work->done.set();
}

asio::awaitable<core::Result<void>> Store::fetch_one(std::shared_ptr<Work> work,
                                                     std::size_t index) {
    const auto& file = work->bundle.files[index];
    const auto path = work->partial / file.path;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (const auto there = fs::file_size(path, error); !error) {  // whole, of an earlier call
        work->finished += there;
        report(*work);
        co_return core::Result<void>();
    }
    auto opened = PartFile::open(path, Expected{file.size, file.md5, options_.max_download});
    if (!opened) co_return opened.error();
    auto part = *opened;
    work->running[index] = part;
    const auto before = part->size();
    HttpRequest request{file.url, work->bundle.site};
    std::function<void()> on_step = [this, work] { report(*work); };
    const auto head =
        co_await http_.fetch(std::move(request), part, std::move(on_step), work->stop.token());
    if (part->size() > before)
        metrics_.add(bytes_fetched, static_cast<std::int64_t>(part->size() - before));
    if (!head) {
        work->running.erase(index);
        co_return head.error();
    }
    auto job = [part](const std::atomic<bool>&) { return part->finish(); };
    const auto finished = co_await background_.run(std::move(job), work->stop.token());
    work->running.erase(index);
    if (finished) work->finished += part->size();
    report(*work);
    co_return finished;
}

}  // namespace blender_mcpd::assets
