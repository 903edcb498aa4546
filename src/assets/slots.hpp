// How many of something may run at once; who comes later waits in a line.
#pragma once

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/event.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

namespace blender_mcpd::assets {

/// Loop thread only. Must outlive the slots that are taken.
class Slots {
  public:
    /// Gives its slot back at its end. Movable; empty when moved from.
    class Slot {
      public:
        Slot() = default;
        explicit Slot(Slots& owner) : owner_(&owner) {}
        Slot(Slot&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
        Slot& operator=(Slot&&) = delete;
        ~Slot() {
            if (owner_ != nullptr) owner_->give_back();
        }
        explicit operator bool() const { return owner_ != nullptr; }

      private:
        Slots* owner_ = nullptr;
    };

    Slots(boost::asio::any_io_executor executor, std::size_t count)
        : executor_(std::move(executor)), free_(count) {}

    /// Waits for one; empty when cancelled first.
    boost::asio::awaitable<Slot> take(core::CancelToken cancel);

  private:
    void give_back();

    boost::asio::any_io_executor executor_;
    std::size_t free_;
    std::deque<std::shared_ptr<core::Event>> waiting_;  // set: the slot is theirs
};

}  // namespace blender_mcpd::assets
