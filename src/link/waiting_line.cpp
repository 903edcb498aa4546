#include "waiting_line.hpp"

#include <algorithm>
#include <iterator>

namespace blender_mcpd::link {

void WaitingLine::add(Ticket ticket, std::string_view client) {
    std::string name(client);
    auto known = lines_.find(name);
    if (known == lines_.end()) {
        const auto line = turns_.insert(turns_.end(), Line{name, {}});
        known = lines_.emplace(std::move(name), line).first;
    }
    const auto line = known->second;
    places_.emplace(ticket,
                    Place{line, line->waiters.insert(line->waiters.end(), {ticket, std::nullopt})});
}

std::optional<WaitingLine::Waiter> WaitingLine::remove(Ticket ticket) {
    const auto place = places_.find(ticket);
    if (place == places_.end()) return std::nullopt;
    const auto [line, at] = place->second;
    const auto waiter = *at;
    if (waiter.attempt) attempts_.erase(*waiter.attempt);
    places_.erase(place);
    line->waiters.erase(at);
    if (line->waiters.empty()) {
        lines_.erase(line->client);
        turns_.erase(line);
    }
    return waiter;
}

WaitingLine::Waiter WaitingLine::take_next() {
    return take(turns_.front().waiters.front().ticket);
}

WaitingLine::Waiter WaitingLine::take(Ticket ticket) {
    const auto line = places_.at(ticket).line;
    if (line->waiters.front().ticket == ticket) turns_.splice(turns_.end(), turns_, line);
    return *remove(ticket);
}

std::vector<WaitingLine::Waiter> WaitingLine::take_all() {
    std::vector<Waiter> all;
    while (!empty())
        all.push_back(take_next());
    return all;
}

std::optional<WaitingLine::Ticket> WaitingLine::next_without_attempt() const {
    for (const auto& line : turns_) {
        const auto waiter = std::find_if(line.waiters.begin(), line.waiters.end(),
                                         [](const Waiter& each) { return !each.attempt; });
        if (waiter != line.waiters.end()) return waiter->ticket;
    }
    return std::nullopt;
}

void WaitingLine::begin_attempt(Ticket ticket, Attempt attempt) {
    places_.at(ticket).waiter->attempt = attempt;
    attempts_.emplace(attempt, ticket);
}

std::optional<WaitingLine::Ticket> WaitingLine::end_attempt(Attempt attempt) {
    const auto made_for = attempts_.find(attempt);
    if (made_for == attempts_.end()) return std::nullopt;
    const auto ticket = made_for->second;
    attempts_.erase(made_for);
    places_.at(ticket).waiter->attempt.reset();
    return ticket;
}

}  // namespace blender_mcpd::link
