// Keeps the last bytes of a stream.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace blender_mcpd::blender {

class OutputRing {
  public:
    explicit OutputRing(std::size_t capacity) : capacity_(capacity) {}

    void append(std::string_view bytes) {
        bytes_ += bytes;
        if (bytes_.size() <= 2 * capacity_) return;
        bytes_.erase(0, bytes_.size() - capacity_);
        dropped_ = true;
    }

    /// At most `capacity` bytes, beginning at a line when something was dropped.
    [[nodiscard]] std::string tail() const {
        if (bytes_.size() <= capacity_ && !dropped_) return bytes_;
        const auto tail = std::string_view(bytes_).substr(bytes_.size() - capacity_);
        const auto line = tail.find('\n');
        return std::string(line == std::string_view::npos ? tail : tail.substr(line + 1));
    }

  private:
    std::size_t capacity_;
    std::string bytes_;  // once something was dropped, never less than the capacity
    bool dropped_ = false;
};

}  // namespace blender_mcpd::blender
