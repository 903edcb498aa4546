// The conversation by which our runtime gets into a Blender that somebody else has started: what an
// add-on of theirs is asked to execute, and what it answers. No input or output.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/link/journal.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::blender {

/// Where the runtime listens, and in which Blender.
struct Entered {
    std::uint16_t port = 0;  // on loopback of Blender's host
    std::int64_t pid = 0;
    std::string session;      // random: another runtime has another one
    std::string executable;   // of Blender, as that host calls it
    bool background = false;  // nobody turns its loop: commands on its port would wait for ever
};

/// The answer to a command or a question that went through the add-on.
struct Answered {
    link::Remembered remembered;
    std::string blob;
};

/// Python that lets whoever knows `token` into the runtime of our version that is there already,
/// and answers null when there is none. Short. `mark` is random; it encloses the answer.
[[nodiscard]] std::string enter_code(std::string_view token, std::string_view mark);

/// The same, but brings the runtime along (src/runtime/install.py), compressed, in parts of at most
/// `max_bytes` each, as long as that is 4,000 or more. All but the last one print nothing, and may
/// run in any order; the last one, which gives the answer, after all others. What they leave in
/// Blender until then is a module of `sys.modules`.
[[nodiscard]] std::vector<std::string> install_code(std::string_view token, std::string_view mark,
                                                    std::size_t max_bytes);

/// The answer in what was printed meanwhile, by whomever; nullopt for null. Errors: protocol.
[[nodiscard]] core::Result<std::optional<Entered>> read_answer(std::string_view printed,
                                                               std::string_view mark);

/// Python that has the runtime perform a command, or answer the question `outcome`, and prints the
/// answer; null when it is not there.
[[nodiscard]] std::string carry_code(const link::Request& request, std::string_view mark);

/// The answer in what was printed meanwhile; nullopt for null. `mutates`: of the command. Errors:
/// protocol.
[[nodiscard]] core::Result<std::optional<Answered>> read_carried(std::string_view printed,
                                                                 std::string_view mark,
                                                                 bool mutates);

/// Whether what listens on loopback there can be reached from here.
[[nodiscard]] bool is_this_host(std::string_view host);

}  // namespace blender_mcpd::blender
