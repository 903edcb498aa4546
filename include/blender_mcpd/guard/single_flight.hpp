// One read at a time for each key: who asks for what is being read already waits for that.
#pragma once

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/guard/cache.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>

namespace blender_mcpd::guard {

/// Loop thread only. Remembers nothing: a result goes to those who wait for it and is gone.
class SingleFlight {
    struct State;

  public:
    /// Reads the value of a key. Its token is cancelled when nobody waits any more, with the reason
    /// of the last who left.
    using Loader =
        std::function<boost::asio::awaitable<core::Result<CachedResult>>(core::CancelToken)>;

    explicit SingleFlight(boost::asio::any_io_executor executor);
    /// Cancels what is being read (CancelReason::shutdown). Those who wait get what the loaders
    /// make of that; nothing new begins.
    ~SingleFlight();
    SingleFlight(const SingleFlight&) = delete;
    SingleFlight& operator=(const SingleFlight&) = delete;

    /// The result of `loader`, or of an earlier caller's that still runs for an equal key: value or
    /// error alike. A loader that throws gives ErrorCode::internal. When `cancel` is cancelled,
    /// returns at once with ErrorCode::cancelled (or shutting_down); the others go on. At no time
    /// do two loaders run for one key: after one was cancelled, the next waits for its end.
    boost::asio::awaitable<core::Result<CachedResult>> run(CacheKey key, Loader loader,
                                                           core::CancelToken cancel);

  private:
    std::shared_ptr<State> state_;
};

}  // namespace blender_mcpd::guard
