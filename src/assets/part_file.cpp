#include "part_file.hpp"

#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/guard/atomic_file.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <md5.h>
#include <sys/stat.h>
#include <unistd.h>

namespace blender_mcpd::assets {

namespace fs = std::filesystem;

namespace {

/// A strong validator (RFC 9110, 8.8): weak ones do not promise the same bytes.
std::string tag_of(const ResponseHead& head) {
    const auto tag = head.header("etag");
    return tag.starts_with('"') && tag.size() <= 200 ? tag : std::string();
}

/// Where the body begins: "bytes 100-199/200".
std::optional<std::uint64_t> begin_of(const std::string& range) {
    constexpr std::string_view unit = "bytes ";
    if (!range.starts_with(unit)) return {};
    std::uint64_t begin = 0;
    const auto [at, error] =
        std::from_chars(range.data() + unit.size(), range.data() + range.size(), begin);
    if (error != std::errc() || at == range.data() + range.size() || *at != '-') return {};
    return begin;
}

}  // namespace

PartFile::PartFile(fs::path path, Expected expected, int file)
    : path_(std::move(path)), expected_(std::move(expected)), file_(file) {}

PartFile::~PartFile() {
    ::close(file_);
}

fs::path PartFile::part() const {
    return path_.string() + ".part";
}

fs::path PartFile::tag_file() const {
    return path_.string() + ".part.tag";
}

core::Error PartFile::failure(const char* what) const {
    return {core::ErrorCode::internal,
            fmt::format("{} cannot be {}: {}", core::excerpt(path_.string(), 300), what,
                        std::strerror(errno)),
            "Make room on the disk, or set assets.cache_folder to another folder"};
}

core::Result<std::shared_ptr<PartFile>> PartFile::open(fs::path path, Expected expected) {
    const auto part = path.string() + ".part";
    const int file = ::open(part.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    std::shared_ptr<PartFile> opened(new PartFile(std::move(path), std::move(expected), file));
    struct stat about {};
    if (file < 0 || ::fstat(file, &about) != 0) return opened->failure("opened");
    opened->size_ = static_cast<std::uint64_t>(about.st_size);
    std::ifstream tag(opened->tag_file(), std::ios::binary);
    std::getline(tag, opened->tag_);
    // A sum tells in the end whether two parts belong together. Without it, the tag must.
    if (opened->tag_.empty() && opened->expected_.md5.empty()) opened->forget();
    if (opened->expected_.size > 0 && opened->size_ >= opened->expected_.size) opened->forget();
    return opened;
}

void PartFile::forget() {
    (void)::ftruncate(file_, 0);
    size_ = 0;
    tag_.clear();
    std::error_code error;
    fs::remove(tag_file(), error);
}

std::vector<std::string> PartFile::headers() const {
    std::vector<std::string> lines;
    if (size_ == 0) return lines;
    lines.push_back(fmt::format("Range: bytes={}-", size_.load()));
    if (!tag_.empty()) lines.push_back("If-Range: " + tag_);
    return lines;
}

bool PartFile::start_over() {
    if (size_ == 0) return false;
    forget();
    return true;
}

std::optional<core::Error> PartFile::begin(const ResponseHead& head) {
    if (head.status == 206) {
        if (begin_of(head.header("content-range")) == size_) return {};
        return core::Error{core::ErrorCode::protocol,
                           "the server sent another part of the file than was asked for",
                           "Call again"};
    }
    forget();
    tag_ = tag_of(head);
    if (tag_.empty()) return {};
    if (const auto kept = guard::write_file(tag_file(), tag_, guard::Overwrite::yes); !kept)
        return kept.error();
    return {};
}

std::optional<core::Error> PartFile::write(std::string_view bytes) {
    const auto most = expected_.size > 0 ? expected_.size : expected_.most;
    if (size_ + bytes.size() > most) {
        forget();
        return core::Error{
            core::ErrorCode::too_large,
            fmt::format("{} is larger than {} bytes", path_.filename().string(), most),
            expected_.size > 0 ? "The provider has changed it: look it up again"
                               : "Choose a lower resolution, or raise "
                                 "assets.max_download_bytes"};
    }
    while (!bytes.empty()) {
        const auto done =
            ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(size_.load()));
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return failure("written");
        size_ += static_cast<std::uint64_t>(done);
        bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return {};
}

core::Result<std::string> PartFile::sum() const {
    MD5_CTX context;
    MD5Init(&context);
    std::vector<std::uint8_t> piece(std::size_t{1} << 20);
    std::uint64_t at = 0;
    while (true) {
        const auto got = ::pread(file_, piece.data(), piece.size(), static_cast<off_t>(at));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failure("read");
        if (got == 0) break;
        MD5Update(&context, piece.data(), static_cast<std::size_t>(got));
        at += static_cast<std::uint64_t>(got);
    }
    std::array<char, MD5_DIGEST_STRING_LENGTH> text{};
    MD5End(&context, text.data());
    return std::string(text.data());
}

core::Result<void> PartFile::finish() {
    const auto wrong = [this](std::string how) {
        forget();
        std::error_code error;
        fs::remove(part(), error);
        return core::Error{core::ErrorCode::protocol,
                           fmt::format("{} came {}", path_.filename().string(), how),
                           "It was thrown away: call again to fetch it anew"};
    };
    if (expected_.size > 0 && size_ != expected_.size)
        return wrong(fmt::format("with {} bytes in place of {}", size_.load(), expected_.size));
    if (!expected_.md5.empty()) {
        const auto found = sum();
        if (!found) return found.error();
        if (*found != core::lower_case(expected_.md5)) return wrong("damaged (its MD5 is wrong)");
    }
    if (::fsync(file_) != 0) return failure("flushed");
    if (::rename(part().c_str(), path_.c_str()) != 0) return failure("renamed");
    std::error_code error;
    fs::remove(tag_file(), error);
    return {};
}

}  // namespace blender_mcpd::assets
