// The generation of a Blender on this machine, in memory that its runtime shares (docs/link.md):
// read without asking.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace blender_mcpd::blender {

class GenerationBoard {
  public:
    /// The one that a runtime's hello names. Null when it names none, or it cannot be had: the
    /// Blender is on another machine, in a container, or another user's.
    [[nodiscard]] static std::unique_ptr<GenerationBoard> open(std::string_view hello);
    ~GenerationBoard();
    GenerationBoard(const GenerationBoard&) = delete;
    GenerationBoard& operator=(const GenerationBoard&) = delete;

    /// nullopt: Blender has to be asked. Says nothing about whether that Blender still lives.
    [[nodiscard]] std::optional<std::uint64_t> generation() const;

  private:
    explicit GenerationBoard(void* page) : page_(page) {}

    void* page_;  // mapped, read only
};

}  // namespace blender_mcpd::blender
