// Splits a byte stream into lines. Sans-IO; every byte is looked at once.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::transport {

class LineBuffer {
  public:
    struct Line {
        std::string_view text;   // valid until the next call; without "\n" or "\r\n"
        bool oversized = false;  // longer than the limit: dropped, and `text` is empty
    };

    explicit LineBuffer(std::size_t max_line_bytes) : max_line_bytes_(max_line_bytes) {}

    void append(std::string_view bytes);
    /// The next whole line, or nullopt. An oversized line is reported once, as soon as it is known
    /// to be one.
    [[nodiscard]] std::optional<Line> next();
    /// At the end of the stream: the last line when it has no line break, or half of one ("\r").
    [[nodiscard]] std::optional<Line> rest();

  private:
    std::size_t max_line_bytes_;
    std::string bytes_;
    std::size_t begin_ = 0;     // of the current line
    std::size_t searched_ = 0;  // no line break before it
    bool skipping_ = false;     // inside an oversized line that was reported
};

}  // namespace blender_mcpd::transport
