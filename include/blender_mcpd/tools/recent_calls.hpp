// What clients called last, what still runs, and the last picture that one of them got: for people
// who look on. No arguments, no results. Costs a call two short notes. Loop thread only.
#pragma once

#include <blender_mcpd/core/clock.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/mcp/tool.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace blender_mcpd::tools {

class RecentCalls {
  public:
    /// Of those that have ended; older ones are forgotten.
    static constexpr std::size_t most_ended = 30;
    /// A larger picture is told of, and not kept.
    static constexpr std::size_t largest_picture = std::size_t{8} << 20;

    using WallTime = std::chrono::system_clock::time_point;
    struct Running {
        std::string tool;
        std::string client;
        WallTime since;
        core::TimePoint begun;
    };
    struct Ended {
        std::string tool;
        std::string client;
        std::string_view outcome;  // "ok", "asked", "failed", or the code of the error
        core::Duration took;
        WallTime at;
    };
    struct Picture {
        std::uint64_t number;  // counts up: another picture, another number
        std::string tool;
        std::string client;
        std::string mime_type;
        std::size_t size;                          // in bytes
        std::shared_ptr<const std::string> bytes;  // null: it is larger than largest_picture
        WallTime at;
    };

    /// `clock` must outlive it.
    explicit RecentCalls(const core::Clock& clock);
    ~RecentCalls();
    RecentCalls(const RecentCalls&) = delete;
    RecentCalls& operator=(const RecentCalls&) = delete;

  private:
    struct State;

  public:
    /// A call from its begin to the end of this object.
    class Note {
      public:
        Note() = default;  // of a call that nobody notes
        Note(Note&&) noexcept = default;
        Note& operator=(Note&&) = delete;
        ~Note();

        /// How it will have ended; without that it has failed.
        void failed(core::ErrorCode code);
        void answered(const mcp::ToolAnswer& answer);
        void answered(const mcp::ToolResult& result);

      private:
        friend class RecentCalls;
        Note(std::weak_ptr<State> state, std::list<Running>::iterator entry)
            : state_(std::move(state)), entry_(entry) {}
        std::weak_ptr<State> state_;  // calls that wait when the loop ends are destroyed last
        std::list<Running>::iterator entry_{};
        std::string_view outcome_ = "failed";
    };
    [[nodiscard]] Note begin(const std::string& tool, const std::string& client);

    /// Oldest first.
    [[nodiscard]] const std::list<Running>& running() const;
    /// Newest first.
    [[nodiscard]] const std::deque<Ended>& ended() const;
    [[nodiscard]] const std::optional<Picture>& picture() const;

    /// Whether somebody may look on: calls are noted from the next one on. If not, nothing is, and
    /// what was of calls that have ended is forgotten. At first nobody may.
    void watch(bool on);
    /// Called after each change; it must not call back. Empty: nobody is told.
    void on_change(std::function<void()> callback);

  private:
    std::shared_ptr<State> state_;
};

}  // namespace blender_mcpd::tools
