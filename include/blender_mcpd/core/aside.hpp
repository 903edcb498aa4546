// Work on large messages, beside the loop: what takes longer than a turn of the loop should is done
// by one helper thread, so that everybody else is served meanwhile.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace blender_mcpd::core {

/// Fewer bytes are looked at on the spot: scanning or encoding them takes less time than a tenth of
/// a millisecond, and a change of threads would cost as much.
inline constexpr std::size_t large_message = std::size_t{128} << 10;

namespace detail {
boost::asio::awaitable<void> run_aside(std::function<void()> work);
}

/// What `work` returns (or throws); it is about `bytes` bytes. When these are few, it is called at
/// once; otherwise by the helper thread of the io_context that runs the caller, after what was
/// given to that before. The caller does not run until it is done: there is no cancellation, and
/// whoever awaits it must look again at what may have changed.
///
/// `work` must be a pure function of things that the caller's coroutine owns and nobody else
/// touches meanwhile, or that never change. The io_context waits for work that has begun before it
/// is destroyed, and drops the rest.
template <typename Work>
boost::asio::awaitable<std::invoke_result_t<Work&>> aside(std::size_t bytes, Work work) {
    if (bytes < large_message) co_return work();
    std::optional<std::invoke_result_t<Work&>> result;
    std::function<void()> job = [&] { result.emplace(work()); };
    co_await detail::run_aside(std::move(job));
    co_return std::move(*result);
}

/// Ends a text that nobody needs any more: to give back much memory takes milliseconds as well, so
/// a large one ends on the helper thread of `loop`.
void discard(const boost::asio::any_io_executor& loop, std::string text);

/// For the owner of a loop that was stopped, before what work may use is destroyed: waits for work
/// that has begun; no other begins.
void finish_aside(boost::asio::io_context& loop);

}  // namespace blender_mcpd::core
