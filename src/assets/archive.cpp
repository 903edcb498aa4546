// minizip's reader (zlib), which finds the entries and checks their sums; what they may be called,
// and how much may come of them, is judged here.
#include "archive.hpp"

#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/guard/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <minizip/unzip.h>
#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::assets {

namespace fs = std::filesystem;

namespace {

core::Error refused(std::string what) {
    return {core::ErrorCode::protocol, "the archive " + std::move(what),
            "Nothing of it was kept: try another format, or another asset"};
}

core::Error too_large(std::string what) {
    return {core::ErrorCode::too_large, "the archive " + std::move(what),
            "Nothing of it was kept: choose a lower resolution, or another asset"};
}

struct CloseArchive {
    void operator()(void* archive) const { unzClose(archive); }
};
using Reader = std::unique_ptr<void, CloseArchive>;

struct Entry {
    std::string name;
    unz_file_info64 info{};

    [[nodiscard]] bool is_folder() const { return name.ends_with('/'); }
    /// As Unix has it; 0 when the archive comes from elsewhere.
    [[nodiscard]] mode_t mode() const {
        constexpr auto made_on_unix = 3U;
        return (info.version >> 8U) == made_on_unix ? static_cast<mode_t>(info.external_fa >> 16U)
                                                    : 0;
    }
};

core::Result<Entry> current(const Reader& reader) {
    std::string name(65'536, '\0');  // no longer name can be told in an archive
    Entry entry;
    if (unzGetCurrentFileInfo64(reader.get(), &entry.info, name.data(), name.size(), nullptr, 0,
                                nullptr, 0) != UNZ_OK)
        return refused("is damaged");
    name.resize(std::min<std::size_t>(entry.info.size_filename, name.size()));
    entry.name = std::move(name);
    return entry;
}

core::Result<void> check(const Entry& entry) {
    const auto shown = core::excerpt(entry.name);
    auto path = std::string_view(entry.name);
    if (entry.is_folder()) path.remove_suffix(1);
    if (!is_safe_path(path)) return refused("has an entry with the path " + shown);
    const auto type = entry.mode() & static_cast<mode_t>(S_IFMT);
    if (type != 0 && type != S_IFREG && type != S_IFDIR)
        return refused("has an entry that is a link or a device: " + shown);
    if ((entry.info.flag & 1U) != 0) return refused("has an encrypted entry: " + shown);
    return {};
}

/// One file that is written. Closes it.
class Output {
  public:
    explicit Output(const fs::path& path)
        : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
    ~Output() {
        if (file_ >= 0) ::close(file_);
    }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    [[nodiscard]] bool is_open() const { return file_ >= 0; }
    bool write(const char* bytes, std::size_t size) const {
        while (size > 0) {
            const auto done = ::write(file_, bytes, size);
            if (done < 0 && errno == EINTR) continue;
            if (done <= 0) return false;
            bytes += done;
            size -= static_cast<std::size_t>(done);
        }
        return true;
    }
    [[nodiscard]] bool flush() const { return ::fsync(file_) == 0; }

  private:
    const int file_;
};

core::Error unwritable(const std::string& name) {
    return {core::ErrorCode::internal,
            fmt::format("{} cannot be written: {}", core::excerpt(name), std::strerror(errno)),
            "Make room on the disk, or set assets.cache_folder to another folder"};
}

class Unpacking {
  public:
    Unpacking(const fs::path& archive, const fs::path& folder, const ArchiveLimits& limits,
              const std::atomic<bool>& stop)
        : reader_(unzOpen64(archive.c_str())), folder_(folder), limits_(limits), stop_(stop) {
        std::error_code error;
        packed_ = fs::file_size(archive, error);
    }

    core::Result<std::vector<std::string>> run() {
        if (!reader_) return refused("is damaged, or is none");
        int at = unzGoToFirstFile(reader_.get());
        for (std::size_t count = 1; at == UNZ_OK; ++count) {
            if (count > limits_.entries)
                return too_large(fmt::format("has more than {} entries", limits_.entries));
            const auto entry = current(reader_);
            if (!entry) return entry.error();
            if (const auto fine = check(*entry); !fine) return fine.error();
            if (!entry->is_folder())
                if (const auto written = write(*entry); !written) return written.error();
            at = unzGoToNextFile(reader_.get());
        }
        if (at != UNZ_END_OF_LIST_OF_FILE) return refused("is damaged");
        if (files_.empty()) return refused("is empty");
        return std::move(files_);
    }

  private:
    core::Result<void> write(const Entry& entry) {
        const auto path = folder_ / entry.name;
        std::error_code error;
        fs::create_directories(path.parent_path(), error);
        const Output output(path);
        if (!output.is_open())
            return errno == EEXIST ? refused("has two entries called " + core::excerpt(entry.name))
                                   : unwritable(entry.name);
        if (unzOpenCurrentFile(reader_.get()) != UNZ_OK)
            return refused("is packed in a way that we do not know");
        buffer_.resize(std::size_t{1} << 18);
        while (true) {
            if (stop_) return core::Error{core::ErrorCode::cancelled, "unpacking was cancelled"};
            const int got = unzReadCurrentFile(reader_.get(), buffer_.data(),
                                               static_cast<unsigned>(buffer_.size()));
            if (got < 0) return refused("is damaged");
            if (got == 0) break;
            if (auto fits = count(static_cast<std::uint64_t>(got)); !fits) return fits;
            if (!output.write(buffer_.data(), static_cast<std::size_t>(got)))
                return unwritable(entry.name);
        }
        if (unzCloseCurrentFile(reader_.get()) != UNZ_OK)
            return refused("is damaged: the sum of " + core::excerpt(entry.name) + " is wrong");
        if (!output.flush()) return unwritable(entry.name);
        files_.push_back(entry.name);
        return {};
    }

    /// What really comes out, whatever the archive says of it.
    core::Result<void> count(std::uint64_t bytes) {
        unpacked_ += bytes;
        if (unpacked_ > limits_.bytes)
            return too_large(fmt::format("unpacks to more than {} bytes", limits_.bytes));
        if (unpacked_ > limits_.small &&
            unpacked_ / std::max<std::uint64_t>(packed_, 1) > limits_.ratio)
            return too_large(fmt::format("unpacks to more than {} times its size", limits_.ratio));
        return {};
    }

    const Reader reader_;
    const fs::path folder_;
    const ArchiveLimits limits_;
    const std::atomic<bool>& stop_;
    std::uint64_t packed_ = 0;
    std::uint64_t unpacked_ = 0;
    std::string buffer_;
    std::vector<std::string> files_;
};

}  // namespace

bool is_safe_path(std::string_view path) {
    constexpr std::size_t most_parts = 8;
    constexpr std::size_t longest = 512;
    if (path.empty() || path.size() > longest) return false;
    for (std::size_t parts = 1; parts <= most_parts; ++parts) {
        const auto end = std::min(path.find('/'), path.size());
        const auto name = path.substr(0, end);
        const auto safe = guard::safe_file_name(name);
        if (!safe || *safe != name) return false;
        if (end == path.size()) return true;
        path.remove_prefix(end + 1);
    }
    return false;
}

core::Result<std::vector<std::string>> unpack(const fs::path& archive, const fs::path& folder,
                                              const ArchiveLimits& limits,
                                              const std::atomic<bool>& stop) {
    return Unpacking(archive, folder, limits, stop).run();
}

}  // namespace blender_mcpd::assets
