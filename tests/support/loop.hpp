// Runs coroutines to their end on a loop of the test's own.
#pragma once

#include <blender_mcpd/core/timers.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace blender_mcpd::test {

/// Runs the loop until it is done, within a generous limit.
template <typename Condition>
void drive(boost::asio::io_context& io, Condition done) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!done()) {
        io.restart();
        io.run_one_for(std::chrono::milliseconds(100));
        if (std::chrono::steady_clock::now() > limit) throw std::runtime_error("the test hangs");
    }
}

/// A loop with real time. Everything that it runs must end within a generous limit, or the test
/// fails.
struct Loop {
    boost::asio::io_context io;
    core::SteadyClock clock;
    core::Timers timers{io.get_executor(), clock};

    template <typename T>
    T run(boost::asio::awaitable<T> work) {
        std::optional<T> result;
        run(store(std::move(work), result));
        return std::move(*result);
    }

    void run(boost::asio::awaitable<void> work) {
        bool done = false;
        std::exception_ptr failure;
        boost::asio::co_spawn(io, std::move(work), [&](const std::exception_ptr& error) {
            failure = error;
            done = true;
        });
        drive([&] { return done; });
        if (failure) std::rethrow_exception(failure);
    }

    /// Starts it and goes on.
    void spawn(boost::asio::awaitable<void> work) {
        boost::asio::co_spawn(io, std::move(work), [](const std::exception_ptr& error) {
            if (error) std::rethrow_exception(error);
        });
    }

    template <typename Condition>
    void drive(Condition done) {
        test::drive(io, std::move(done));
    }

    /// Runs whatever is ready now.
    void settle() {
        io.restart();
        io.poll();
    }

  private:
    template <typename T>
    static boost::asio::awaitable<void> store(boost::asio::awaitable<T> work,
                                              std::optional<T>& result) {
        result.emplace(co_await std::move(work));
    }
};

/// The same with time that stands still until advance().
struct ManualLoop {
    boost::asio::io_context io;
    core::ManualClock clock;
    core::Timers timers{io.get_executor(), clock};

    void spawn(boost::asio::awaitable<void> work) {
        boost::asio::co_spawn(io, std::move(work), [](const std::exception_ptr& error) {
            if (error) std::rethrow_exception(error);
        });
        settle();
    }

    void settle() {
        io.restart();
        io.poll();
    }

    void advance(core::Duration by) {
        clock.advance(by);
        timers.fire_due();
        settle();
    }
};

}  // namespace blender_mcpd::test
