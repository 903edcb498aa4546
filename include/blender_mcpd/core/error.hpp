// Errors are values: every fallible function returns Result<T>. Exceptions mean bugs or lack of
// memory.
#pragma once

#include <boost/system/result.hpp>

#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>

namespace blender_mcpd::core {

enum class ErrorCode {
    invalid,        // the caller's input breaks a rule
    not_found,      // a name, a file or a program does not exist
    unavailable,    // no Blender to talk to, and why
    connection,     // the connection failed or was lost
    protocol,       // the peer broke the wire protocol
    timeout,        // a deadline passed; the message says which
    cancelled,      // the client asked for it
    shutting_down,  // the daemon is about to end
    too_large,      // a size limit was reached
    busy,           // a queue or limit is full
    blender,        // Blender or a script reported an error
    internal,       // a bug of ours
};

/// What an operation that failed did to the Blender scene. Decides what a client may safely do
/// next.
enum class Outcome {
    not_applied,  // nothing was changed: safe to repeat
    unknown,      // it may have run, wholly or in part: look before repeating
    applied,      // it was made as a whole, only its result is lost: do not repeat
};

[[nodiscard]] std::string_view to_string(ErrorCode code);
[[nodiscard]] std::string_view to_string(Outcome outcome);
std::ostream& operator<<(std::ostream& out, ErrorCode code);

struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message{};                   // what happened; a sentence without a full stop
    std::string remedy{};                    // what to do about it; may be empty
    Outcome outcome = Outcome::not_applied;  // see Outcome
    std::string details{};  // more of it, as the text of a JSON object; may be empty
};

/// "message. remedy" for people and logs.
[[nodiscard]] std::string describe(const Error& error);
std::ostream& operator<<(std::ostream& out, const Error& error);

/// Found by boost::system::result when value() is called on an error: a bug, hence an exception.
[[noreturn]] void throw_exception_from_error(const Error& error,
                                             const boost::source_location& where);

template <typename T>
using Result = boost::system::result<T, Error>;

}  // namespace blender_mcpd::core
