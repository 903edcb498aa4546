#include "concurrency_counter.hpp"

#include <spdlog/spdlog.h>

namespace blender_mcpd::guard {

void ConcurrencyCounter::leave() {
    if (count_ > 0) {
        --count_;
    } else {
        spdlog::error("Concurrency counter corrupted (negative release)");
    }
}

}  // namespace blender_mcpd::guard
