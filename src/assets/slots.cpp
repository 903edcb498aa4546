#include "slots.hpp"

#include <algorithm>

namespace blender_mcpd::assets {

boost::asio::awaitable<Slots::Slot> Slots::take(core::CancelToken cancel) {
    if (cancel.cancelled()) co_return Slot();
    if (free_ > 0) {
        --free_;
        co_return Slot(*this);
    }
    auto turn = std::make_shared<core::Event>(executor_);
    waiting_.push_back(turn);
    if (co_await turn->wait(cancel)) co_return Slot(*this);
    std::erase(waiting_, turn);
    co_return Slot();
}

void Slots::give_back() {
    if (waiting_.empty()) {
        ++free_;
        return;
    }
    const auto next = waiting_.front();
    waiting_.pop_front();
    next->set();
}

}  // namespace blender_mcpd::assets
