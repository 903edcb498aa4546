// What plain peers say, one codec a family: requests as text, replies checked for their shape.
// Knows no socket.
#pragma once

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/link/connection.hpp>
#include <blender_mcpd/link/plain.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::link {

/// Stateless, and lives as long as the program.
class Codec {
  public:
    virtual ~Codec() = default;

    /// `args` is the text of a JSON object. ASCII: a peer that decodes block by block may have a
    /// character torn apart.
    [[nodiscard]] virtual std::string request(std::string_view op, std::string_view args) const = 0;
    /// `json` comes from a JsonReceiver. Errors: blender, the peer's own (`mutates` decides their
    /// outcome), and with them the connection goes on; timeout, when the peer gave up; protocol,
    /// when it is no reply of this family.
    [[nodiscard]] virtual core::Result<Reply> read(std::string json, bool mutates) const = 0;

    /// What must follow a reply, or it was cut off; nothing: it ends where its JSON does.
    [[nodiscard]] virtual std::optional<char> end_of_reply() const { return std::nullopt; }
    /// The peer closes the connection after its reply.
    [[nodiscard]] virtual bool carries_one_call() const { return false; }
    /// Lines with progress may come before the line with the reply.
    [[nodiscard]] virtual bool has_progress_lines() const { return false; }
    /// When that is what `json` is.
    [[nodiscard]] virtual std::optional<Progress> read_progress(std::string_view /*json*/) const {
        return std::nullopt;
    }

  protected:
    Codec() = default;
    Codec(const Codec&) = default;
    Codec& operator=(const Codec&) = default;
};

[[nodiscard]] const Codec& codec(Dialect dialect);

// One in each codec_*.cpp.
[[nodiscard]] const Codec& seed_codec();
[[nodiscard]] const Codec& ahujasid_codec();
[[nodiscard]] const Codec& lab_codec();
[[nodiscard]] const Codec& djeada_codec();
[[nodiscard]] const Codec& ageless_codec();

/// What to do about a peer whose first bytes these are; empty when they say nothing.
[[nodiscard]] std::string looks_like(std::string_view beginning);

}  // namespace blender_mcpd::link
