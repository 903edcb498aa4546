// Connections to plain peers: Blender add-ons that do not run our runtime and answer undelimited
// JSON over TCP (docs/link.md, "Plain peers"). Loop thread only.
#pragma once

#include <blender_mcpd/link/connection.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <string_view>

namespace blender_mcpd::link {

enum class Dialect {
    seed,      // {"command":…,"data":{…}} -> {"success":true,"data":{…},"error":"…"}
    ahujasid,  // {"type":…,"params":{…}} -> {"status":"success","result":…,"message":"…"}
    lab,     // {"type":"execute","code":…}NUL -> {"status":"ok","result":{…},"stdout":"…"}NUL
    djeada,  // {"command":…,"params":{…}}LF -> {"success":true,"result":…}LF
    ageless,  // {"capability":…,"payload":{…}}LF -> progress lines, {"ok":true,"result":…}LF
};

[[nodiscard]] std::string_view to_string(Dialect dialect);

/// What such add-ons accept; ConnectionOptions::max_request_bytes may say less, not more.
inline constexpr std::size_t max_plain_request_bytes = std::size_t{10} << 20;

/// Resolves and connects; nothing is sent. Errors: connection and timeout ("Failed to establish
/// connection to host:port: …"), cancelled.
///
/// What is different from other connections: Request::uuid is not sent, generations are not known,
/// there is no interrupt, and progress with the ageless dialect alone. Request::timeout is exact,
/// and a cancelled call closes the connection. The message of every error of call() begins with
/// "Command failed: ". Of the control operations there is only ping, which looks at the socket and
/// sends nothing; others are unavailable, and so is watch().
boost::asio::awaitable<core::Result<std::shared_ptr<Connection>>> open_plain(
    core::Timers& timers, Endpoint endpoint, Dialect dialect, ConnectionOptions options,
    core::CancelToken cancel);

}  // namespace blender_mcpd::link
