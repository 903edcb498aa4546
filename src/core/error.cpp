#include <blender_mcpd/core/error.hpp>

#include <ostream>
#include <stdexcept>

namespace blender_mcpd::core {

std::string_view to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid:
            return "invalid";
        case ErrorCode::not_found:
            return "not_found";
        case ErrorCode::unavailable:
            return "unavailable";
        case ErrorCode::connection:
            return "connection";
        case ErrorCode::protocol:
            return "protocol";
        case ErrorCode::timeout:
            return "timeout";
        case ErrorCode::cancelled:
            return "cancelled";
        case ErrorCode::shutting_down:
            return "shutting_down";
        case ErrorCode::too_large:
            return "too_large";
        case ErrorCode::busy:
            return "busy";
        case ErrorCode::blender:
            return "blender";
        case ErrorCode::internal:
            break;
    }
    return "internal";
}

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
        case Outcome::not_applied:
            return "not_applied";
        case Outcome::applied:
            return "applied";
        case Outcome::unknown:
            break;
    }
    return "unknown";
}

std::ostream& operator<<(std::ostream& out, ErrorCode code) {
    return out << to_string(code);
}

std::string describe(const Error& error) {
    if (error.remedy.empty()) return error.message;
    return error.message + ". " + error.remedy;
}

std::ostream& operator<<(std::ostream& out, const Error& error) {
    return out << error.code << " (" << to_string(error.outcome) << "): " << describe(error);
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
    throw std::logic_error("value() of a failed result at " + where.to_string() + ": " +
                           describe(error));
}

}  // namespace blender_mcpd::core
