// When those who watch the status page are told: at once when something has happened, a few times a
// second at most, and what nobody tells of is looked at now and then. Exists as long as somebody
// watches. Loop thread only.
#pragma once

#include <blender_mcpd/core/timers.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace blender_mcpd::app {

class StatusFeed : public std::enable_shared_from_this<StatusFeed> {
  public:
    /// Between the end of a look and the next one, when there are news and when there are none.
    static constexpr std::chrono::milliseconds pause{250};
    static constexpr std::chrono::milliseconds long_pause{2'000};

    /// Gives the whole state; the same text as long as nothing has changed.
    using Look = std::function<boost::asio::awaitable<std::string>()>;
    /// False: somebody could not take it and must be told again.
    using Publish = std::function<bool(std::string state)>;

    /// `timers` must outlive it.
    StatusFeed(core::Timers& timers, Look look, Publish publish);

    /// Looks for the first time.
    void start() { begin_look(); }
    void news();
    /// Nothing is published any more. A look that has begun ends by itself.
    void end();

  private:
    void begin_look();
    static boost::asio::awaitable<void> run_look(std::shared_ptr<StatusFeed> self);
    void wait();

    core::Timers& timers_;
    Look look_;
    Publish publish_;  // empty: ended
    core::Timer next_;
    core::TimePoint looked_;  // when the last look ended
    std::string told_;        // to all that watch
    bool looking_ = false;
    bool news_ = false;  // since the last look began
};

}  // namespace blender_mcpd::app
