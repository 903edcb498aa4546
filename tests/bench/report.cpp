#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace blender_mcpd::bench {

double Samples::percentile(double part) const {
    auto sorted = values_;
    std::sort(sorted.begin(), sorted.end());
    const auto index = static_cast<std::size_t>(part * static_cast<double>(sorted.size()));
    return sorted.at(std::min(index, sorted.size() - 1));
}

void print_header() {
    fmt::print("{:<58} {:>10} {:>10}   {}\n", "", "p50 us", "p99 us", "ratio of p50");
}

void print_row(const std::string& name, const Samples& samples, const Samples* floor,
               const std::string& floor_name) {
    fmt::print("{:<58} {:>10.1f} {:>10.1f}   ", name, samples.percentile(0.5),
               samples.percentile(0.99));
    if (floor != nullptr)
        fmt::print("{:.2f} x {}", samples.percentile(0.5) / floor->percentile(0.5), floor_name);
    fmt::print("\n");
}

}  // namespace blender_mcpd::bench
