#include "path.hpp"

#include <blender_mcpd/core/text.hpp>

#include <algorithm>

namespace blender_mcpd::guard {
namespace {

bool is_plain(std::string_view name) {
    constexpr std::size_t longest = 64;
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    };
    return !name.empty() && name.size() <= longest && std::all_of(name.begin(), name.end(), plain);
}

}  // namespace

std::string Path::text() const {
    if (parent_ == nullptr) return "arguments";
    std::string out;
    append(out);
    return out;
}

void Path::append(std::string& out) const {
    if (parent_ == nullptr) return;
    parent_->append(out);
    if (is_index_) {
        out += '[';
        out += std::to_string(index_);
        out += ']';
    } else if (is_plain(member_)) {
        if (!out.empty()) out += '.';
        out += member_;
    } else {
        out += "[\"";
        out += core::excerpt(member_, 40);
        out += "\"]";
    }
}

}  // namespace blender_mcpd::guard
