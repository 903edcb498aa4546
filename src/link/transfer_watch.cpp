#include "transfer_watch.hpp"

#include "errors.hpp"

#include <algorithm>
#include <utility>

namespace blender_mcpd::link {

TransferWatch::TransferWatch(core::Timers& timers, const ConnectionOptions& options,
                             OnExpiry on_expiry)
    : timers_(timers),
      inactivity_timeout_(options.inactivity_timeout),
      transfer_timeout_(options.transfer_timeout),
      on_expiry_(std::move(on_expiry)),
      timer_(timers, "link.transfer") {}

void TransferWatch::on_bytes() {
    const auto now = timers_.now();
    if (timer_.armed())
        return timer_.extend(std::min<core::Duration>(inactivity_timeout_, ends_ - now));
    ends_ = now + transfer_timeout_;
    timer_.start(std::min(inactivity_timeout_, transfer_timeout_), [this] { expire(); });
}

void TransferWatch::expire() {
    const bool whole = timers_.now() >= ends_;
    on_expiry_({.code = core::ErrorCode::timeout,
                .message = whole
                               ? fmt::format("Blender did not finish sending a reply within {}",
                                             seconds(transfer_timeout_))
                               : fmt::format("Blender fell silent for {} in the middle of a reply",
                                             seconds(inactivity_timeout_))});
}

}  // namespace blender_mcpd::link
