// Samples, and what is said of them: one row for each thing that was measured.
#pragma once

#include <optional>
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
    [[nodiscard]] double median() const { return percentile(0.5); }

  private:
    std::vector<double> values_;
};

/// What the ratio is to be.
struct Goal {
    enum class Kind { at_most, at_least };
    Kind kind = Kind::at_most;
    double limit = 1;
};

struct Row {
    std::string name;
    std::optional<Samples> samples{};  // or:
    double value = 0;
    std::string unit{};
    std::optional<double> ratio{};
    std::string ratio_to{};
    std::optional<Goal> goal{};
    std::string note{};
};

/// Prints rows as they come: a table for people, or one JSON object a line.
class Report {
  public:
    explicit Report(bool json);

    void samples(std::string name, const Samples& samples);
    /// With the ratio of the medians: of this to the other.
    void slower(std::string name, const Samples& samples, const Samples& floor,
                std::string floor_name, std::optional<double> at_most = {});
    void value(std::string name, double value, std::string unit);
    /// Only a ratio.
    void ratio(std::string name, double ratio, std::string to, std::optional<Goal> goal,
               std::string note = {});
    void add(const Row& row);

  private:
    bool json_;
};

[[nodiscard]] constexpr Goal at_most(double limit) {
    return {Goal::Kind::at_most, limit};
}
[[nodiscard]] constexpr Goal at_least(double limit) {
    return {Goal::Kind::at_least, limit};
}

}  // namespace blender_mcpd::bench
