// A Blender that calls can go to: one of ours, or one that the user started.
#pragma once

#include <blender_mcpd/blender/changes.hpp>
#include <blender_mcpd/blender/health.hpp>
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

class Peer {
  public:
    virtual ~Peer() = default;

    /// False when it has ended: it is of no use any more.
    [[nodiscard]] virtual bool alive() const = 0;
    /// Calls go to our own runtime, which proves at every connection who it is.
    [[nodiscard]] virtual bool is_native() const = 0;
    /// No other one has it, also after a restart.
    [[nodiscard]] virtual std::string name() const = 0;
    /// See Blender.
    virtual boost::asio::awaitable<core::Result<std::optional<std::uint64_t>>> generation() = 0;
    [[nodiscard]] virtual std::optional<std::uint64_t> known_generation() { return {}; }
    virtual boost::asio::awaitable<std::filesystem::path> project_directory() = 0;
    /// One check, within the limit; takes nothing from users.
    virtual boost::asio::awaitable<core::Result<HealthFinding>> check_health(
        std::chrono::milliseconds limit) = 0;
    /// Errors as those of Blender::call.
    virtual boost::asio::awaitable<core::Result<link::Reply>> call(
        link::Request request, core::CancelToken cancel, link::ProgressHandler progress) = 0;
    /// State, message, pool and what is known of this Blender, for Blender::status.
    virtual boost::asio::awaitable<core::Json> status() = 0;
    /// Where it may write a snapshot for a throwaway Blender. Errors: unavailable.
    [[nodiscard]] virtual core::Result<std::filesystem::path> snapshot_folder() const = 0;
    /// The program that it runs, when that is known and can be started here. Otherwise empty.
    [[nodiscard]] virtual std::filesystem::path executable() const = 0;
    /// Tells `handler` of changes of the scene, until stop_listening() or close(), where it can.
    /// `known` is the generation that nobody has to be told of.
    virtual void listen(std::optional<std::uint64_t> known, ChangeHandler handler) = 0;
    virtual void stop_listening() = 0;
    /// Ends the connections. Idempotent.
    virtual void close() = 0;

  protected:
    Peer() = default;
    Peer(const Peer&) = default;
    Peer& operator=(const Peer&) = default;
};

}  // namespace blender_mcpd::blender
