#include <blender_mcpd/core/cancel.hpp>

#include <utility>

namespace blender_mcpd::core {

std::string_view to_string(CancelReason reason) {
    switch (reason) {
        case CancelReason::client:
            return "cancelled by the client";
        case CancelReason::closed:
            return "the client went away";
        case CancelReason::shutdown:
            break;
    }
    return "blender-mcpd is shutting down";
}

CancelRegistration& CancelRegistration::operator=(CancelRegistration&& other) noexcept {
    std::swap(state_, other.state_);
    std::swap(slot_, other.slot_);
    return *this;
}

CancelRegistration::~CancelRegistration() {
    if (!slot_) return;
    slot_->callback = nullptr;
    if (const auto state = state_.lock()) std::erase(state->slots, slot_);
}

CancelRegistration CancelToken::on_cancel(std::function<void(CancelReason)> callback) const {
    CancelRegistration registration;
    if (!state_) return registration;
    if (state_->cancelled) {
        callback(state_->reason);
        return registration;
    }
    registration.slot_ = std::make_shared<detail::CancelSlot>();
    registration.slot_->callback = std::move(callback);
    registration.state_ = state_;
    state_->slots.push_back(registration.slot_);
    return registration;
}

CancelToken CancelSource::token() const {
    CancelToken token;
    token.state_ = state_;
    return token;
}

void CancelSource::cancel(CancelReason reason) {
    if (state_->cancelled) return;
    state_->cancelled = true;
    state_->reason = reason;
    // Callbacks may destroy this source and any registration.
    const auto slots = std::exchange(state_->slots, {});
    for (const auto& slot : slots) {
        if (const auto callback = std::exchange(slot->callback, nullptr)) callback(reason);
    }
}

}  // namespace blender_mcpd::core
