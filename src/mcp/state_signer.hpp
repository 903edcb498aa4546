// requestState: what a stateless server gives a client to carry until its next round. The client
// can read it and not change it.
#pragma once

#include <blender_mcpd/core/timers.hpp>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::mcp {

class StateSigner {
  public:
    /// The key is random, made when it is needed (few sessions do), and lives as long as this
    /// object. `timers` tell the time and must outlive it.
    explicit StateSigner(const core::Timers& timers);

    /// `request` identifies the request that the state belongs to.
    [[nodiscard]] std::string sign(std::string_view state, std::string_view request) const;
    /// The state; nullopt when it was altered, belongs to another request, or is too old.
    [[nodiscard]] std::optional<std::string> verify(std::string_view token,
                                                    std::string_view request) const;

    static constexpr std::chrono::minutes lifetime{60};

  private:
    using Key = std::array<unsigned char, 32>;
    [[nodiscard]] const Key& key() const;
    [[nodiscard]] std::string code(std::string_view payload, std::string_view request) const;

    const core::Timers& timers_;
    mutable std::optional<Key> key_;
};

}  // namespace blender_mcpd::mcp
