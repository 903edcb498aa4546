#include "changes.hpp"

#include <algorithm>

namespace blender_mcpd::guard {

void Changes::begin(std::string_view instance) {
    ++change(instance).in_progress;
}

void Changes::end(std::string_view instance) {
    --change(instance).in_progress;
}

void Changes::note(std::string_view instance) {
    change(instance);
}

bool Changes::since(std::string_view instance, std::uint64_t number) const {
    const auto found = instances_.find(instance);
    if (found == instances_.end()) return forgotten_ > number;
    return found->second.in_progress > 0 || found->second.last > number;
}

Changes::Instance& Changes::change(std::string_view instance) {
    auto found = instances_.find(instance);
    if (found == instances_.end()) {
        if (instances_.size() >= max_instances) forget_oldest();
        found = instances_.emplace(instance, Instance{}).first;
    }
    found->second.last = ++last_;
    return found->second;
}

void Changes::forget_oldest() {
    // Those in progress stay: their callers hold them, and so bound them.
    auto oldest = instances_.end();
    for (auto it = instances_.begin(); it != instances_.end(); ++it)
        if (it->second.in_progress == 0 &&
            (oldest == instances_.end() || it->second.last < oldest->second.last))
            oldest = it;
    if (oldest == instances_.end()) return;
    forgotten_ = std::max(forgotten_, oldest->second.last);
    instances_.erase(oldest);
}

}  // namespace blender_mcpd::guard
