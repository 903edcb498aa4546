#pragma once

#include <cstdint>

namespace blender_mcpd::guard {

/// Calls in progress of one client. Permits make leave() without enter() impossible; should it
/// happen all the same, it is reported and the count stays at 0.
class ConcurrencyCounter {
  public:
    [[nodiscard]] bool may_enter(std::int64_t limit) const { return count_ < limit; }
    void enter() { ++count_; }
    void leave();
    [[nodiscard]] std::int64_t count() const { return count_; }

  private:
    std::int64_t count_ = 0;
};

}  // namespace blender_mcpd::guard
