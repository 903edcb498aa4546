// Which requests went to the daemon and have no answer yet. Sans-IO.
#pragma once

#include "message_scanner.hpp"

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace blender_mcpd::transport {

class RequestLedger {
  public:
    /// Bounds the memory: when more requests than that are open, the oldest are no longer followed.
    /// It is more than a daemon answers before it stops reading from a client that does not read.
    static constexpr std::size_t max_open = 300'000;
    /// The same for the bytes of their ids.
    static constexpr std::size_t max_id_bytes = std::size_t{16} << 20;

    /// Bytes from the client to the daemon, and its end of input.
    void sent(std::string_view bytes) { from_client_.feed(bytes); }
    void sent_all() { from_client_.finish(); }
    /// Bytes from the daemon to the client.
    void received(std::string_view bytes) { from_daemon_.feed(bytes); }

    [[nodiscard]] std::size_t open() const { return order_.size(); }
    /// Nothing is open but what the daemon may have answered without an id, as it does when it
    /// cannot read a message.
    [[nodiscard]] bool settled() const { return open() <= errors_without_id_; }

    /// Answers in the daemon's place, oldest first, one a line: errors that say that the outcome is
    /// unknown. At least one and about `bytes` of them; empty when none is open.
    [[nodiscard]] std::string give_up(std::size_t bytes);

  private:
    struct Open {
        std::string id;  // raw
        bool batched;
    };
    using Order = std::list<Open>;

    void note_sent(const ScannedMessage& message);
    void note_received(const ScannedMessage& message);
    void add(const std::string& id, bool batched);
    void remove(const std::string& id);
    void remove(Order::iterator open);

    Order order_;
    std::unordered_multimap<std::string_view, Order::iterator> by_id_;  // keys: into order_
    std::size_t id_bytes_ = 0;
    std::size_t batched_ = 0;
    std::size_t errors_without_id_ = 0;
    MessageScanner from_client_{[this](const ScannedMessage& message) { note_sent(message); }};
    MessageScanner from_daemon_{[this](const ScannedMessage& message) { note_received(message); }};
};

}  // namespace blender_mcpd::transport
