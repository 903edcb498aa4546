// What listens on a port where a Blender add-on would (docs/guest.md): asked in a way that does no
// harm to whoever it is. Loop thread only.
#pragma once

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/connection.hpp>
#include <blender_mcpd/link/plain.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::link {

enum class Family {
    ahujasid,         // github.com/ahujasid/blender-mcp and its many relatives
    lab,              // the add-on of the Blender Lab, projects.blender.org/lab/blender_mcp
    connect,          // github.com/marble810/blender-mcp-connect, a relative of the Lab's
    djeada,           // github.com/djeada/blender-mcp-server
    ageless,          // github.com/ageless-h/blender-mcp
    seed,             // {"success":…,"data":…}
    length_prefixed,  // blend-ai, blender-ai-mcp, blender-mcp-pro: a length before each message
    native,           // our own runtime, which asks for its token
    unknown_json,     // it answers in JSON, of a kind that is not known
    silent,           // it accepts and says nothing: a busy Blender, or whatever
    http,
    tls,
    ssh,
    other,        // it talks another protocol
    closes,       // it closes connections without a word
    nothing,      // nobody listens
    unreachable,  // no such host, or no answer to the connect
    undecided,    // the look was cancelled
};

[[nodiscard]] std::string_view to_string(Family family);
std::ostream& operator<<(std::ostream& out, Family family);

/// A Blender with a scene of its user's is there, or may be.
[[nodiscard]] bool may_be_blender(Family family);

struct Detected {
    Family family = Family::undecided;
    std::string version{};           // of the add-on or server, as it tells; empty when it does not
    std::string description{};       // "the Blender Lab add-on": what stands after "This is"
    std::optional<Dialect> dialect;  // how to talk to it; nothing: it cannot be used
    std::string remedy{};            // what to do; sentences, empty when it can be used
};

/// All times are positive. As they are, a verdict comes within 2 s; only of who says nothing, which
/// may be a Blender that is busy, within 4.
struct DetectOptions {
    std::chrono::milliseconds connect_timeout{1'500};
    /// Who talks first has so long before it is asked.
    std::chrono::milliseconds listen_first{100};
    /// After the question, before a NUL is sent for those who wait for one.
    std::chrono::milliseconds before_nul{500};
    /// From the connection to the verdict "silent".
    std::chrono::milliseconds patience{3'500};
    /// For the version, once the family is known.
    std::chrono::milliseconds details{700};
};

/// Connects, asks, and closes; up to four connections, one after the other. No command is executed
/// that changes anything, nothing is left behind in the peer, and no NUL is sent to who has not
/// been given the time to take the question before it (it would spoil the ahujasid add-on's
/// connection). Never fails: what goes wrong is the verdict.
boost::asio::awaitable<Detected> detect(core::Timers& timers, Endpoint endpoint,
                                        DetectOptions options, core::CancelToken cancel);

}  // namespace blender_mcpd::link
