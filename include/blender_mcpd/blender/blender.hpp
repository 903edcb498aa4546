// What the tools see of a Blender: operations of the runtime, called by name. Loop thread only.
#pragma once

#include <blender_mcpd/blender/changes.hpp>
#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/link/connection.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace blender_mcpd::blender {

/// One operation of the runtime (src/runtime). Its reply is link::Reply: the text of a JSON object
/// and a blob.
struct Operation {
    std::string name;
    std::string args = "{}";               // the text of a JSON object, validated
    bool mutates = false;                  // changes the scene or a file
    std::chrono::milliseconds timeout{0};  // 0: the configured default (calls.timeout_s)
    /// Who asks: clients that wait are served in turns, and each is told once when the Blender that
    /// it used has ended.
    std::string client{};
    /// Of one on a copy: it waits for other quick ones alone, and not for renders.
    bool quick = false;
    /// Names it in Blender's journal; random when empty.
    std::string uuid{};
};

class Blender {
  public:
    virtual ~Blender() = default;

    /// Runs it in the Blender, which is started when there is none. Errors carry a remedy where
    /// there is one and an Outcome; Error::details holds the runtime's error object (kind, field,
    /// traceback, details).
    virtual boost::asio::awaitable<core::Result<link::Reply>> call(
        Operation operation, core::CancelToken cancel, link::ProgressHandler progress) = 0;

    /// Runs it in a second, throwaway Blender that is opened on a snapshot of the scene, so that
    /// the scene is not touched and the Blender stays free. One at a time, and a quick one beside
    /// it. Cancellation ends that process.
    virtual boost::asio::awaitable<core::Result<link::Reply>> call_on_copy(
        Operation operation, core::CancelToken cancel, link::ProgressHandler progress) = 0;

    /// Which Blender would be called now: a name that no other one gets, also after a restart.
    /// Empty when none runs.
    [[nodiscard]] virtual std::string instance() const = 0;

    /// How often the scene has changed, as Blender tells it without stopping its work; nullopt when
    /// it cannot tell. Starts nothing. Errors: unavailable, timeout.
    virtual boost::asio::awaitable<core::Result<std::optional<std::uint64_t>>> generation() = 0;

    /// The same, when it is known without asking anybody.
    [[nodiscard]] virtual std::optional<std::uint64_t> known_generation() { return {}; }

    /// Tells of every change of the scene, whoever makes it, a few times a second at most, for as
    /// long as the subscription lives. Another Blender than before is a change as well. Starts
    /// nothing: without a Blender there is silence, as with one that cannot tell. A change that
    /// comes between the call and its begin, or while the connection is lost, is told afterwards.
    [[nodiscard]] virtual ChangeSubscription on_change(ChangeHandler handler) = 0;

    /// The folder of the open .blend file; empty when it was never saved, or is not known.
    virtual boost::asio::awaitable<std::filesystem::path> project_directory() = 0;

    /// The last that the Blender of ours has printed, or the one that ended last: some KiB, any
    /// bytes. Empty when there was none.
    [[nodiscard]] virtual std::string recent_output() const = 0;

    /// State for get_blender_status (see its output schema). Starts nothing, never fails, answers
    /// within about a second.
    virtual boost::asio::awaitable<core::Json> status() = 0;
};

}  // namespace blender_mcpd::blender
