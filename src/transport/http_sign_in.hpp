// Browsers that have shown the token once: each has a random name in a cookie, which opens the
// pages and nothing else. Bounded in number and time. Sans-IO.
#pragma once

#include "http_message.hpp"

#include <blender_mcpd/core/clock.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::transport::http {

/// Takes the same time wherever the difference is.
[[nodiscard]] bool same_secret(std::string_view given, std::string_view secret);

/// The cookie of that name; empty when there is none.
[[nodiscard]] std::string_view cookie(const Request& request, std::string_view name);

/// A field of a form (application/x-www-form-urlencoded); nullopt when it is not there.
[[nodiscard]] std::optional<std::string> form_field(std::string_view body, std::string_view name);

class SignIns {
  public:
    static constexpr std::size_t most = 32;  // one more, and the oldest is out
    static constexpr std::chrono::hours lifetime{12};
    /// Against guessing: so many wrong tokens within the window, whoever sends them, and then none
    /// is looked at.
    static constexpr std::size_t most_failures = 5;
    static constexpr std::chrono::seconds failure_window{60};

    /// How long nobody may try; zero when one may.
    [[nodiscard]] std::chrono::seconds pause(core::TimePoint now) const;
    void failed(core::TimePoint now);

    /// The name of one who has shown the token: 256 random bits.
    [[nodiscard]] std::string open(core::TimePoint now);
    [[nodiscard]] bool knows(std::string_view name, core::TimePoint now) const;
    void close(std::string_view name);
    void close_all() { open_.clear(); }

  private:
    struct Open {
        std::string name;
        core::TimePoint until;
    };
    std::deque<Open> open_;                 // oldest first
    std::deque<core::TimePoint> failures_;  // the last ones, oldest first
};

}  // namespace blender_mcpd::transport::http
