// Where a value lies in the document. Kept as a chain on the stack and spelled out only when
// something is wrong there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace blender_mcpd::guard {

class Path {
  public:
    Path() = default;
    /// Children refer to their parent and to `member`; neither may die before them.
    Path(const Path& parent, std::string_view member)
        : parent_(&parent), member_(member), depth_(parent.depth_ + 1) {}
    Path(const Path& parent, std::size_t index)
        : parent_(&parent), index_(index), is_index_(true), depth_(parent.depth_ + 1) {}

    [[nodiscard]] std::size_t depth() const { return depth_; }
    /// Null for the root; otherwise this is either the member or the index of the parent.
    [[nodiscard]] const Path* parent() const { return parent_; }
    [[nodiscard]] bool is_index() const { return is_index_; }
    [[nodiscard]] std::string_view member() const { return member_; }
    [[nodiscard]] std::size_t index() const { return index_; }
    /// "items[2].location[0]"; "arguments" for the root. Odd member names become ["…"].
    [[nodiscard]] std::string text() const;

  private:
    void append(std::string& out) const;

    const Path* parent_ = nullptr;
    std::string_view member_;
    std::size_t index_ = 0;
    bool is_index_ = false;
    std::size_t depth_ = 0;
};

}  // namespace blender_mcpd::guard
