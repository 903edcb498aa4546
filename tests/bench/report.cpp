#include "report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace blender_mcpd::bench {

namespace {

bool is_met(const Goal& goal, double ratio) {
    return goal.kind == Goal::Kind::at_most ? ratio <= goal.limit : ratio >= goal.limit;
}

std::string text_of(const Goal& goal) {
    return fmt::format("{} {:g} ×", goal.kind == Goal::Kind::at_most ? "≤" : "≥", goal.limit);
}

nlohmann::ordered_json to_json(const Row& row) {
    nlohmann::ordered_json json{{"name", row.name}};
    if (row.samples) {
        json["p50_us"] = row.samples->percentile(0.5);
        json["p90_us"] = row.samples->percentile(0.9);
        json["p99_us"] = row.samples->percentile(0.99);
    } else if (!row.unit.empty()) {
        json["value"] = row.value;
        json["unit"] = row.unit;
    }
    if (row.ratio) {
        json["ratio"] = *row.ratio;
        json["ratio_to"] = row.ratio_to;
    }
    if (row.goal && row.ratio) {
        json["goal"] = text_of(*row.goal);
        json["met"] = is_met(*row.goal, *row.ratio);
    }
    if (!row.note.empty()) json["note"] = row.note;
    return json;
}

void print_for_people(const Row& row) {
    auto line = fmt::format("{:<64}", row.name);
    if (row.samples)
        line += fmt::format(" {:>9.1f} {:>9.1f} {:>9.1f}", row.samples->percentile(0.5),
                            row.samples->percentile(0.9), row.samples->percentile(0.99));
    else if (!row.unit.empty())
        line += fmt::format(" {:>9.1f} {:<19}", row.value, row.unit);
    else
        line += fmt::format(" {:>29}", "");
    if (row.ratio) line += fmt::format(" {:>8.2f} x {}", *row.ratio, row.ratio_to);
    if (row.ratio && row.goal)
        line += fmt::format(" ({}: {})", text_of(*row.goal),
                            is_met(*row.goal, *row.ratio) ? "met" : "MISSED");
    if (!row.note.empty()) line += " " + row.note;
    fmt::print("{}\n", line);
}

}  // namespace

double Samples::percentile(double part) const {
    if (values_.empty()) return 0;
    auto sorted = values_;
    const auto at = std::min(sorted.size() - 1,
                             static_cast<std::size_t>(part * static_cast<double>(sorted.size())));
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(at),
                     sorted.end());
    return sorted[at];
}

Report::Report(bool json) : json_(json) {
    if (!json_)
        fmt::print("{:<64} {:>9} {:>9} {:>9}  ratio of the medians\n", "", "p50 us", "p90 us",
                   "p99 us");
}

void Report::samples(std::string name, const Samples& samples) {
    add({.name = std::move(name), .samples = samples});
}

void Report::slower(std::string name, const Samples& samples, const Samples& floor,
                    std::string floor_name, std::optional<double> limit) {
    Row row{.name = std::move(name), .samples = samples};
    row.ratio = samples.median() / floor.median();
    row.ratio_to = std::move(floor_name);
    if (limit) row.goal = at_most(*limit);
    add(row);
}

void Report::value(std::string name, double value, std::string unit) {
    add({.name = std::move(name), .value = value, .unit = std::move(unit)});
}

void Report::ratio(std::string name, double ratio, std::string to, std::optional<Goal> goal,
                   std::string note) {
    add({.name = std::move(name),
         .ratio = ratio,
         .ratio_to = std::move(to),
         .goal = goal,
         .note = std::move(note)});
}

void Report::add(const Row& row) {
    if (json_)
        fmt::print("{}\n", to_json(row).dump());
    else
        print_for_people(row);
    std::fflush(stdout);
}

}  // namespace blender_mcpd::bench
