// A file that arrives over the network: what has come stays when the transfer ends early, and the
// next one goes on from there.
#pragma once

#include "transfer.hpp"

#include <blender_mcpd/core/error.hpp>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::assets {

/// What is known of a file before it comes.
struct Expected {
    std::uint64_t size = 0;  // 0: unknown
    std::string md5{};       // hexadecimal; empty: unknown
    std::uint64_t most = 0;  // bytes; more is refused
};

/// "name.part", and beside it "name.part.tag" with what the server calls this version of it, so
/// that no two versions are joined.
class PartFile final : public Receiver {
  public:
    /// Opens or creates it. Errors: internal, when the operating system refuses.
    [[nodiscard]] static core::Result<std::shared_ptr<PartFile>> open(std::filesystem::path path,
                                                                      Expected expected);
    ~PartFile() override;
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;

    [[nodiscard]] std::vector<std::string> headers() const override;
    bool start_over() override;
    std::optional<core::Error> begin(const ResponseHead& head) override;
    std::optional<core::Error> write(std::string_view bytes) override;

    /// Bytes that are there. Any thread.
    [[nodiscard]] std::uint64_t size() const { return size_; }

    /// Checks size and sum, brings it to the disk and gives it its name. Blocks. Errors: protocol,
    /// when it is not what was expected (then it is gone); internal.
    [[nodiscard]] core::Result<void> finish();

  private:
    PartFile(std::filesystem::path path, Expected expected, int file);
    [[nodiscard]] core::Error failure(const char* what) const;
    [[nodiscard]] std::filesystem::path part() const;
    [[nodiscard]] std::filesystem::path tag_file() const;
    [[nodiscard]] core::Result<std::string> sum() const;
    void forget();

    const std::filesystem::path path_;
    const Expected expected_;
    const int file_;
    std::atomic<std::uint64_t> size_ = 0;
    std::string tag_;  // of the part that is there; empty: the server gave none
};

}  // namespace blender_mcpd::assets
