// A loop with a server, a clock that the test moves, and a folder that goes with it.
#pragma once

#include "http.hpp"
#include "http_server.hpp"

#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include <support/loop.hpp>

namespace blender_mcpd::assets {

struct Stage {
    Stage() { std::filesystem::create_directories(folder); }
    ~Stage() { std::filesystem::remove_all(folder); }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    boost::asio::io_context io;
    core::ManualClock clock;
    core::Timers timers{io.get_executor(), clock};
    core::Metrics metrics;
    HttpServer server{io};
    core::CancelSource cancel;
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("assets-test-" + core::random_hex(8));

    [[nodiscard]] Site site() const { return {server.url(), {}}; }

    /// Runs it to its end.
    template <typename T>
    T run(boost::asio::awaitable<T> work) {
        std::optional<T> result;
        start(std::move(work), result);
        test::drive(io, [&] { return result.has_value(); });
        return std::move(*result);
    }

    /// Starts it; the result comes while others run.
    template <typename T>
    void start(boost::asio::awaitable<T> work, std::optional<T>& result) {
        boost::asio::co_spawn(io, store(std::move(work), result), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
    }

    template <typename Condition>
    void drive(Condition done) {
        test::drive(io, std::move(done));
    }

    void advance(core::Duration by) {
        clock.advance(by);
        timers.fire_due();
    }

    /// Runs until something waits for a time, and lets it pass.
    void pass(core::Duration by, const std::string& timer) {
        drive([&] {
            for (const auto& name : timers.armed())
                if (name == timer) return true;
            return false;
        });
        advance(by);
    }

    [[nodiscard]] std::string text_of(const std::filesystem::path& path) const {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    void write(const std::filesystem::path& path, const std::string& text) const {
        std::filesystem::create_directories((folder / path).parent_path());
        std::ofstream(folder / path, std::ios::binary) << text;
    }

  private:
    template <typename T>
    static boost::asio::awaitable<void> store(boost::asio::awaitable<T> work,
                                              std::optional<T>& result) {
        result.emplace(co_await std::move(work));
    }
};

}  // namespace blender_mcpd::assets
