// What fuzz targets share: how they complain, and how they take an input apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace blender_mcpd::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// A promise of the code under test. Broken: the input is kept and the run ends.
inline void require(bool kept, std::string_view promise, std::string_view about = {}) {
    if (kept) return;
    std::fprintf(stderr, "BROKEN: %.*s\n%.*s\n", static_cast<int>(promise.size()), promise.data(),
                 static_cast<int>(about.size()), about.data());
    std::abort();
}

/// One line for people: it cannot end the line, or play with the terminal.
inline bool is_tame(std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    return true;
}

/// A stream and the sizes of the blocks that it arrives in. The input says both: the number of
/// sizes, the sizes, the stream. The sizes are used in turn; without any, it is one block.
class Blocks {
  public:
    explicit Blocks(std::string_view input) {
        if (input.empty()) return;
        const auto count = static_cast<unsigned char>(input[0]);
        sizes_ = input.substr(1, count);
        stream_ = input.substr(1 + sizes_.size());
    }
    [[nodiscard]] std::string_view stream() const { return stream_; }

    /// 1 or more.
    [[nodiscard]] std::size_t next() {
        if (sizes_.empty()) return std::size_t{1} << 30;
        return std::size_t{1} + static_cast<unsigned char>(sizes_[turn_++ % sizes_.size()]);
    }

  private:
    std::string_view sizes_;
    std::string_view stream_;
    std::size_t turn_ = 0;
};

}  // namespace blender_mcpd::fuzz
