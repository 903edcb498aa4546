#include "allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> held{0};
std::atomic<std::size_t> peak{0};
}  // namespace

// A sanitizer has operators of its own, and counts what it adds.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

static constexpr std::size_t note = alignof(std::max_align_t);  // before each block: its size

void* operator new(std::size_t size) {
    auto* memory = static_cast<char*>(std::malloc(size + note));
    if (!memory) throw std::bad_alloc();
    *reinterpret_cast<std::size_t*>(memory) = size;
    const auto now = held += size;
    for (auto before = peak.load(); before < now && !peak.compare_exchange_weak(before, now);) {
    }
    return memory + note;
}

void operator delete(void* memory) noexcept {
    if (!memory) return;
    auto* begin = static_cast<char*>(memory) - note;
    held -= *reinterpret_cast<std::size_t*>(begin);
    std::free(begin);
}

void operator delete(void* memory, std::size_t) noexcept {
    operator delete(memory);
}

#endif

namespace blender_mcpd::test {

PeakMemory::PeakMemory() : before_(held) {
    peak = before_;
}

std::size_t PeakMemory::bytes() const {
    return peak - before_;
}

}  // namespace blender_mcpd::test
