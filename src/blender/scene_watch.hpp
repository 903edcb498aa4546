// Listens to what one Blender tells of its scene, over a connection of its own. Loop thread only.
#pragma once

#include <blender_mcpd/blender/changes.hpp>
#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/connection.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace blender_mcpd::blender {

inline constexpr core::Metric scene_events{"blender.scene_events",
                                           "Events of a changed scene that came from Blender"};
inline constexpr core::Metric scene_watches_lost{
    "blender.scene_watches_lost", "Times that the connection for events was lost or not made"};

class SceneWatch {
  public:
    /// After a loss it is made again, first after so long, then after twice that and so on.
    static constexpr std::chrono::milliseconds first_pause{1'000};
    static constexpr std::chrono::milliseconds longest_pause{60'000};
    /// For Blender to agree.
    static constexpr std::chrono::milliseconds answer_limit{5'000};

    using Connect =
        std::function<boost::asio::awaitable<core::Result<std::shared_ptr<link::Connection>>>(
            core::CancelToken cancel)>;

    /// Begins at once. `handler` is called for every event, and when the generation that Blender
    /// names at the begin, or after a loss, is not the one that was `known`: then it is not known
    /// what has changed. `timers` and `metrics` must outlive it.
    SceneWatch(core::Timers& timers, core::Metrics& metrics, Connect connect,
               std::optional<std::uint64_t> known, ChangeHandler handler);
    /// Closes the connection. The handler is not called again; it may do this.
    ~SceneWatch();
    SceneWatch(const SceneWatch&) = delete;
    SceneWatch& operator=(const SceneWatch&) = delete;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace blender_mcpd::blender
