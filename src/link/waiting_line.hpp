// Who waits for a connection: a line for each client, served in turns (round robin over the clients
// with waiters, first come first served within one). Sans-IO.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace blender_mcpd::link {

/// A client that begins to wait takes the last place in the turns, and so does one that was served
/// and still waits: whoever heads the line of its client sees every other client served once at
/// most before it. Memory is that of the waiters. Everything takes constant time on average, but
/// next_without_attempt(), which passes by the waiters that have an attempt: there are no more of
/// them than connections.
class WaitingLine {
  public:
    using Ticket = std::uint64_t;   // one waiter
    using Attempt = std::uint64_t;  // a connect in progress

    struct Waiter {
        Ticket ticket;
        std::optional<Attempt> attempt;  // made for it
    };

    [[nodiscard]] bool empty() const { return places_.empty(); }
    [[nodiscard]] std::size_t without_attempt() const { return places_.size() - attempts_.size(); }

    /// A ticket must not wait yet.
    void add(Ticket ticket, std::string_view client);
    /// nullopt when it does not wait.
    std::optional<Waiter> remove(Ticket ticket);
    /// Whose turn it is; at least one must wait.
    Waiter take_next();
    /// One that waits, out of turn: when it heads its line, that was the turn of its client.
    Waiter take(Ticket ticket);
    /// All of them, in the order of their turns.
    std::vector<Waiter> take_all();

    /// The next in turn that has no attempt.
    [[nodiscard]] std::optional<Ticket> next_without_attempt() const;
    /// Of a ticket that waits without one.
    void begin_attempt(Ticket ticket, Attempt attempt);
    /// Whom it was made for, if that one still waits; it has none from now on.
    std::optional<Ticket> end_attempt(Attempt attempt);

  private:
    struct Line {
        std::string client;
        std::list<Waiter> waiters;  // never empty
    };
    using Turns = std::list<Line>;
    struct Place {
        Turns::iterator line;
        std::list<Waiter>::iterator waiter;
    };

    Turns turns_;  // the next to be served is at the front
    std::unordered_map<std::string, Turns::iterator> lines_;
    std::unordered_map<Ticket, Place> places_;
    std::map<Attempt, Ticket> attempts_;
};

}  // namespace blender_mcpd::link
