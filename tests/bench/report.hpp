// Samples and what is said of them.
#pragma once

#include <string>
#include <vector>

namespace blender_mcpd::bench {

/// Times in microseconds.
class Samples {
  public:
    void add(double microseconds) { values_.push_back(microseconds); }
    void add(const Samples& more) {
        values_.insert(values_.end(), more.values_.begin(), more.values_.end());
    }
    /// 0 < part < 1: 0.5 is the median.
    [[nodiscard]] double percentile(double part) const;

  private:
    std::vector<double> values_;
};

void print_header();
/// `ratio` compares the median with that of `floor_name`; empty: none.
void print_row(const std::string& name, const Samples& samples, const Samples* floor = nullptr,
               const std::string& floor_name = {});

}  // namespace blender_mcpd::bench
