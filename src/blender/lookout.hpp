// Keeps what link::detect has found on one endpoint, and looks again for who asks. One look at a
// time, which all who want one share. Loop thread only.
#pragma once

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/detect.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace blender_mcpd::blender {

class Lookout : public std::enable_shared_from_this<Lookout> {
  public:
    /// A verdict is of use for a status so long after it was found.
    static constexpr std::chrono::milliseconds fresh_for{5'000};

    /// Looks at nothing yet. `timers` must outlive it; `closing` ends a look.
    Lookout(core::Timers& timers, link::Endpoint endpoint, core::CancelToken closing);

    /// What is there now.
    boost::asio::awaitable<link::Detected> look();
    /// What is there, from a look that is fresh or ends within the limit; otherwise nothing, and
    /// the look goes on.
    boost::asio::awaitable<std::optional<link::Detected>> glance(std::chrono::milliseconds limit);

    /// What the last look has found, however long ago.
    [[nodiscard]] const std::optional<link::Detected>& last() const { return last_; }

  private:
    std::shared_ptr<core::Event> begin();
    static boost::asio::awaitable<void> run(std::shared_ptr<Lookout> self,
                                            std::shared_ptr<core::Event> done);

    core::Timers& timers_;
    link::Endpoint endpoint_;
    core::CancelToken closing_;
    std::shared_ptr<core::Event> looking_;  // set at its end
    std::optional<link::Detected> last_;
    core::TimePoint found_at_{};
};

}  // namespace blender_mcpd::blender
