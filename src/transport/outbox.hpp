// Text that waits to be written. Large texts are passed on as they are, never copied; small ones
// are put together, so that they go out together.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <utility>

namespace blender_mcpd::transport {

class Outbox {
  public:
    /// What is put together is no longer than that.
    static constexpr std::size_t together = std::size_t{64} << 10;

    /// No piece is ever empty.
    void add(std::string text) {
        if (text.empty()) return;
        size_ += text.size();
        if (!pieces_.empty() && pieces_.back().size() + text.size() <= together)
            pieces_.back() += text;
        else
            pieces_.push_back(std::move(text));
    }
    /// The next piece; there must be one.
    [[nodiscard]] std::string take() {
        auto piece = std::move(pieces_.front());
        pieces_.pop_front();
        size_ -= piece.size();
        return piece;
    }
    /// Of the next piece; there must be one.
    [[nodiscard]] std::size_t next_size() const { return pieces_.front().size(); }
    /// The rest of what was taken last.
    void put_back(std::string rest) {
        size_ += rest.size();
        pieces_.push_front(std::move(rest));
    }
    void clear() {
        pieces_.clear();
        size_ = 0;
    }
    [[nodiscard]] bool empty() const { return pieces_.empty(); }
    /// In bytes.
    [[nodiscard]] std::size_t size() const { return size_; }

  private:
    std::deque<std::string> pieces_;
    std::size_t size_ = 0;
};

}  // namespace blender_mcpd::transport
