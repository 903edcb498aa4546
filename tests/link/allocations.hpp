// How much memory this test program holds: operator new counts. Always 0 under a sanitizer.
#pragma once

#include <cstddef>

namespace blender_mcpd::test {

/// The most that was allocated on top of what is there when it begins.
class PeakMemory {
  public:
    PeakMemory();
    [[nodiscard]] std::size_t bytes() const;

  private:
    std::size_t before_;
};

}  // namespace blender_mcpd::test
