#include "line_buffer.hpp"

#include <utility>

namespace blender_mcpd::transport {

namespace {

LineBuffer::Line whole(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    return {line, false};
}

}  // namespace

void LineBuffer::append(std::string_view bytes) {
    if (begin_ > 0) {
        bytes_.erase(0, begin_);
        searched_ -= begin_;
        begin_ = 0;
    }
    bytes_ += bytes;
}

std::optional<LineBuffer::Line> LineBuffer::next() {
    for (;;) {
        const auto end = bytes_.find('\n', searched_);
        if (end == std::string::npos) {
            searched_ = bytes_.size();
            if (skipping_ || searched_ - begin_ > max_line_bytes_) {
                // Drop what is here; the rest of the line follows.
                begin_ = searched_;
                if (!std::exchange(skipping_, true)) return Line{{}, true};
            }
            return std::nullopt;
        }
        auto line = std::string_view(bytes_).substr(begin_, end - begin_);
        begin_ = searched_ = end + 1;
        if (std::exchange(skipping_, false)) continue;  // the tail of a line that was reported
        if (line.size() > max_line_bytes_) return Line{{}, true};
        return whole(line);
    }
}

std::optional<LineBuffer::Line> LineBuffer::rest() {
    if (skipping_ || begin_ == bytes_.size()) return std::nullopt;
    const auto line = std::string_view(bytes_).substr(begin_);
    begin_ = searched_ = bytes_.size();
    return whole(line);
}

}  // namespace blender_mcpd::transport
