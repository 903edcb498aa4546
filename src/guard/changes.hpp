// Which instances changed when, so that what was read before a change is not kept after it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace blender_mcpd::guard {

/// Numbers all changes of all instances in one sequence. Remembers the last change of the
/// max_instances that changed last; for the others, the number of the newest forgotten one, which
/// errs on the safe side.
class Changes {
  public:
    static constexpr std::size_t max_instances = 64;

    /// The number of the last change of all.
    [[nodiscard]] std::uint64_t now() const { return last_; }
    void begin(std::string_view instance);
    /// Only after begin().
    void end(std::string_view instance);
    /// A change that is over at once.
    void note(std::string_view instance);
    /// Whether a change of the instance is in progress, or was at any time after `number`.
    [[nodiscard]] bool since(std::string_view instance, std::uint64_t number) const;

  private:
    struct Instance {
        std::uint64_t last = 0;
        std::size_t in_progress = 0;
    };

    Instance& change(std::string_view instance);
    void forget_oldest();

    std::map<std::string, Instance, std::less<>> instances_;
    std::uint64_t last_ = 0;
    std::uint64_t forgotten_ = 0;
};

}  // namespace blender_mcpd::guard
