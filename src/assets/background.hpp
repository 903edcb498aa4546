// Threads for what blocks on the disk for long: checking, unpacking, looking through folders.
#pragma once

#include "low_priority.hpp"

#include <blender_mcpd/core/cancel.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace blender_mcpd::assets {

class Background {
  public:
    Background() : threads_(2) {}
    /// Asks what runs to stop, and waits for it.
    ~Background() {
        *ending_ = true;
        threads_.join();
    }
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;

    /// What `work(stop)` returns, called in one of the threads; `stop` becomes true when the token
    /// is cancelled. It must own what it uses: it may outlive the caller.
    template <typename Work>
    boost::asio::awaitable<std::invoke_result_t<Work&, const std::atomic<bool>&>> run(
        Work work, core::CancelToken cancel) {
        auto stop = std::make_shared<std::atomic<bool>>(false);
        const auto registration = cancel.on_cancel([stop](auto) { *stop = true; });
        auto job = perform(std::move(work), std::move(stop), ending_);
        co_return co_await boost::asio::co_spawn(threads_, std::move(job),
                                                 boost::asio::use_awaitable);
    }

  private:
    template <typename Work>
    static boost::asio::awaitable<std::invoke_result_t<Work&, const std::atomic<bool>&>> perform(
        Work work, std::shared_ptr<std::atomic<bool>> stop,
        std::shared_ptr<std::atomic<bool>> ending) {
        take_low_priority();
        co_return work(*ending ? *ending : *stop);
    }

    std::shared_ptr<std::atomic<bool>> ending_ = std::make_shared<std::atomic<bool>>(false);
    boost::asio::thread_pool threads_;
};

}  // namespace blender_mcpd::assets
