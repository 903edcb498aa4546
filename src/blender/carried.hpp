// Commands of our runtime that go through somebody else's add-on, for where its own port cannot be
// reached, or nobody turns Blender's loop: the add-on executes a line of Python that performs one
// and prints the answer (src/runtime, carried.py). Loop thread only.
#pragma once

#include "carrier.hpp"
#include "guest.hpp"

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace blender_mcpd::blender {

class Carried : public std::enable_shared_from_this<Carried> {
  public:
    /// From a command's deadline to its answer.
    static constexpr std::chrono::milliseconds answer_grace{5'000};
    /// For a question to the journal.
    static constexpr std::chrono::milliseconds question_limit{10'000};
    /// What the add-on is given at once.
    static constexpr std::size_t max_code_bytes = std::size_t{4} << 20;

    /// The runtime is in that Blender. `reachable`: its control operations are answered on its own
    /// port, so that a command can be cancelled; may be null.
    Carried(core::Timers& timers, std::shared_ptr<Carrier> carrier,
            std::shared_ptr<Guest> reachable)
        : timers_(timers), carrier_(std::move(carrier)), reachable_(std::move(reachable)) {}

    /// Errors as those of Blender::call; ErrorCode::not_found, with nothing done, when the runtime
    /// is not in that Blender any more. What became of a command whose answer was lost is asked.
    boost::asio::awaitable<core::Result<link::Reply>> call(link::Request request,
                                                           core::CancelToken cancel);

    [[nodiscard]] const std::shared_ptr<Guest>& reachable() const { return reachable_; }

  private:
    static boost::asio::awaitable<core::Result<link::Reply>> run(std::shared_ptr<Carried> self,
                                                                 link::Request request,
                                                                 core::CancelToken cancel);
    /// The journal's word on it, or the loss when it has none.
    static boost::asio::awaitable<core::Result<link::Reply>> ask(std::shared_ptr<Carried> self,
                                                                 link::Request request,
                                                                 core::TimePoint sent,
                                                                 core::Error loss);
    static boost::asio::awaitable<void> interrupt(std::shared_ptr<Carried> self, std::string uuid);

    core::Timers& timers_;
    std::shared_ptr<Carrier> carrier_;
    std::shared_ptr<Guest> reachable_;
};

}  // namespace blender_mcpd::blender
