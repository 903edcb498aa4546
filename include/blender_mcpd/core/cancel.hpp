// Cancellation: one source, many tokens, callbacks in between. Loop thread only.
//
// Asio's per-operation cancellation is not used: in the Boost releases of our platforms it loses
// clean-up code after the first co_await. Whoever waits registers a callback that closes a socket
// or sets an event.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace blender_mcpd::core {

enum class CancelReason {
    client,    // notifications/cancelled
    closed,    // the client went away
    shutdown,  // the daemon ends
};

[[nodiscard]] std::string_view to_string(CancelReason reason);

namespace detail {
struct CancelSlot {
    std::function<void(CancelReason)> callback;  // emptied when it has run or is no longer wanted
};
struct CancelState {
    bool cancelled = false;
    CancelReason reason = CancelReason::client;
    std::vector<std::shared_ptr<CancelSlot>> slots;
};
}  // namespace detail

/// Removes the callback when destroyed. Movable; empty when default constructed.
class CancelRegistration {
  public:
    CancelRegistration() = default;
    CancelRegistration(CancelRegistration&& other) noexcept = default;
    CancelRegistration& operator=(CancelRegistration&& other) noexcept;
    ~CancelRegistration();

  private:
    friend class CancelToken;
    std::weak_ptr<detail::CancelState> state_;
    std::shared_ptr<detail::CancelSlot> slot_;
};

/// Copyable. A default constructed token is never cancelled.
class CancelToken {
  public:
    CancelToken() = default;
    [[nodiscard]] bool cancelled() const { return state_ && state_->cancelled; }
    /// Valid when cancelled().
    [[nodiscard]] CancelReason reason() const { return state_->reason; }
    /// Calls back once, at cancel(), or at once when that has happened already.
    [[nodiscard]] CancelRegistration on_cancel(std::function<void(CancelReason)> callback) const;

  private:
    friend class CancelSource;
    std::shared_ptr<detail::CancelState> state_;
};

class CancelSource {
  public:
    CancelSource() : state_(std::make_shared<detail::CancelState>()) {}
    [[nodiscard]] CancelToken token() const;
    /// The first call wins; later ones do nothing. Callbacks run in order of registration, before
    /// it returns.
    void cancel(CancelReason reason);

  private:
    std::shared_ptr<detail::CancelState> state_;
};

}  // namespace blender_mcpd::core
