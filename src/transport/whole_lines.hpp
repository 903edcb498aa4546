// Lets only whole lines pass, so that a stream that breaks off does not break the protocol of the
// one that it is copied to. Sans-IO.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace blender_mcpd::transport {

class WholeLines {
  public:
    /// A longer line passes in parts: there is a bound to what is held.
    static constexpr std::size_t max_held = std::size_t{1} << 20;

    /// What may pass now.
    [[nodiscard]] std::string pass(std::string_view bytes) {
        const auto end = bytes.rfind('\n');
        const auto whole = end == std::string_view::npos ? 0 : end + 1;
        std::string passed;
        if (whole > 0) {
            passed.swap(held_);
            passed += bytes.substr(0, whole);
            in_line_ = false;
        }
        held_ += bytes.substr(whole);
        if (held_.size() > max_held) {
            passed += held_;
            held_.clear();
            in_line_ = true;
        }
        return passed;
    }
    /// The last thing that has passed was a part of a line.
    [[nodiscard]] bool in_line() const { return in_line_; }

  private:
    std::string held_;
    bool in_line_ = false;
};

}  // namespace blender_mcpd::transport
