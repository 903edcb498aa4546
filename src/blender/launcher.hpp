// Starts a headless Blender with our runtime in it.
#pragma once

#include "child_process.hpp"
#include "private_folder.hpp"

#include <blender_mcpd/blender/instance.hpp>
#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/link/connection.hpp>

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>

namespace blender_mcpd::blender {

/// A Blender that is ready. Killed, and its folder removed, when destroyed.
struct LaunchedBlender {
    std::shared_ptr<PrivateFolder> folder;  // outlives the process: it is what Blender writes to
    std::shared_ptr<ChildProcess> process;
    std::string executable;
    link::Endpoint endpoint;
    std::string token;
    core::Json sandbox{};  // what holds it, for people; see Sandbox::facts
};

/// `recovery` is for recovery.py of the runtime; nothing: it makes no copies.
/// Errors: unavailable (not installed, did not start: with the last lines of its output), timeout,
/// cancelled.
boost::asio::awaitable<core::Result<std::shared_ptr<LaunchedBlender>>> launch(
    core::Timers& timers, LaunchOptions options, std::optional<core::Json> recovery,
    core::CancelToken cancel);

}  // namespace blender_mcpd::blender
