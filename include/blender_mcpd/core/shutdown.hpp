// The shutdown registry: who must be told when the daemon ends, in which order, and for how long we
// wait for each. Loop thread only. Knows no component.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace blender_mcpd::core {

/// Handlers run in ascending order of priority; ties in order of registration.
enum class ShutdownPriority : int {
    input = 0,         // stop accepting work
    checks = 5,        // stop what comes by itself
    calls = 10,        // cancel calls in flight and answer them
    output = 20,       // flush what was answered
    limits = 24,       // nobody asks for a permit any more
    connections = 28,  // close the connections to Blender
    blender = 30,      // end Blender processes
    cache = 35,        // nobody reads any more
    storage = 40,      // metrics, logs and the like
};

class ShutdownRegistry {
  public:
    using Handler = std::function<boost::asio::awaitable<void>()>;

    static constexpr std::chrono::milliseconds handler_limit{5'000};
    static constexpr std::chrono::milliseconds total_limit{30'000};

    struct Outcome {
        std::string name;
        enum class How { finished, threw, abandoned, skipped } how;
    };

    explicit ShutdownRegistry(Timers& timers);
    ~ShutdownRegistry();
    ShutdownRegistry(const ShutdownRegistry&) = delete;
    ShutdownRegistry& operator=(const ShutdownRegistry&) = delete;

    /// Ends the registration with the object that owns it, also when the registry is gone already.
    class Registration {
      public:
        Registration() = default;
        Registration(Registration&& other) noexcept;
        Registration& operator=(Registration&& other) noexcept;
        ~Registration();

      private:
        friend class ShutdownRegistry;
        struct Link;
        std::weak_ptr<Link> link_;
        std::uint64_t id_ = 0;
    };

    /// Fails with ErrorCode::invalid when the name is taken, and with shutting_down once run() has
    /// begun.
    [[nodiscard]] Result<Registration> add(std::string name, ShutdownPriority priority,
                                           Handler handler,
                                           std::chrono::milliseconds limit = handler_limit);

    /// Runs all handlers once. A handler that throws or exceeds its limit does not stop the rest;
    /// one that exceeds it is abandoned (it stays suspended until the io_context ends). After
    /// `total`, the rest are skipped. A second call returns at once with nothing.
    boost::asio::awaitable<std::vector<Outcome>> run(std::chrono::milliseconds total = total_limit);

    [[nodiscard]] bool running() const { return running_; }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

  private:
    struct Entry {
        std::uint64_t id;
        std::string name;
        Handler handler;
        std::chrono::milliseconds limit;
    };
    boost::asio::awaitable<Outcome::How> run_one(Entry entry, std::chrono::milliseconds limit);
    void remove(std::uint64_t id);

    Timers& timers_;
    std::shared_ptr<Registration::Link> link_;
    std::multimap<int, Entry> entries_;
    std::uint64_t next_id_ = 1;
    bool running_ = false;
};

}  // namespace blender_mcpd::core
