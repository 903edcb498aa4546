// What texts of arguments mean that were valid before: to parse and check them once more would say
// the same.
#pragma once

#include <blender_mcpd/core/text_hash.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace blender_mcpd::tools {

class KnownArguments {
  public:
    struct Meaning {
        std::string instance;   // as the call names it; empty: it names none
        std::string arguments;  // canonical, without it
    };
    static constexpr std::size_t most = 256;
    static constexpr std::size_t longest = 1024;  // bytes of a text

    /// Null: not known. Valid until the next remember().
    [[nodiscard]] const Meaning* find(std::string_view text) const {
        const auto found = meanings_.find(text);
        return found == meanings_.end() ? nullptr : &found->second;
    }
    /// Of valid arguments. Forgets all others when there are too many: what is still asked for is
    /// soon known again.
    const Meaning& remember(std::string_view text, Meaning meaning) {
        if (meanings_.size() == most) meanings_.clear();
        return meanings_.insert_or_assign(std::string(text), std::move(meaning)).first->second;
    }

  private:
    std::unordered_map<std::string, Meaning, core::TextHash, std::equal_to<>> meanings_;
};

}  // namespace blender_mcpd::tools
