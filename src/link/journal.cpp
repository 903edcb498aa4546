#include "envelope.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/link/journal.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ostream>
#include <utility>

namespace blender_mcpd::link {
namespace {

using core::RawObject;
using State = Remembered::State;

struct Name {
    std::string_view name;
    State state;
};

constexpr std::array names{
    Name{"never_seen", State::never_seen}, Name{"queued", State::open},
    Name{"running", State::open},          Name{"applied", State::applied},
    Name{"failed", State::failed},         Name{"forgotten", State::forgotten},
};

core::Error nonsense(std::string_view result) {
    return {.code = core::ErrorCode::protocol,
            .message = "Blender's journal answered nonsense: " + core::excerpt(result)};
}

std::optional<std::uint64_t> generation_of(const RawObject& reply) {
    const auto raw = reply.find("gen");
    std::uint64_t value = 0;
    if (!raw || std::from_chars(raw->data(), raw->data() + raw->size(), value).ec != std::errc{})
        return std::nullopt;
    return value;
}

/// The member of the kept reply; nullopt when there is none.
std::optional<std::string_view> kept(const core::Result<RawObject>& reply, std::string_view name) {
    return reply ? reply->find(name) : std::nullopt;
}

core::Error failure(std::optional<std::string_view> raw_error, bool mutates) {
    if (raw_error && core::json_kind(*raw_error) == core::JsonKind::object)
        return to_error(*raw_error, mutates);
    return {.code = core::ErrorCode::blender,
            .message = "It failed, and why is no longer known",
            .outcome = mutates ? core::Outcome::unknown : core::Outcome::not_applied};
}

}  // namespace

std::ostream& operator<<(std::ostream& out, State state) {
    constexpr std::array texts{"never seen", "open", "applied", "failed", "forgotten"};
    return out << texts.at(static_cast<std::size_t>(state));
}

std::string outcome_args(std::string_view uuid, std::chrono::milliseconds age) {
    return fmt::format(R"({{"uuid":{},"age_ms":{}}})", core::quoted(uuid), age.count());
}

core::Result<Remembered> read_outcome(std::string_view result, bool mutates) {
    const auto object = RawObject::scan(result);
    if (!object) return nonsense(result);
    const auto name = core::unquote(object->find("state").value_or(""));
    const auto* known = std::find_if(names.begin(), names.end(),
                                     [&](const Name& entry) { return entry.name == name; });
    if (known == names.end()) return nonsense(result);

    Remembered remembered;
    remembered.state = known->state;
    const auto raw_reply = object->find("reply");
    const auto reply = raw_reply ? RawObject::scan(*raw_reply) : core::Error{};
    if (remembered.state == State::failed)
        remembered.error = failure(kept(reply, "error"), mutates);
    const auto value = kept(reply, "result");
    if (remembered.state == State::applied && value && object->find("result_dropped") != "true")
        remembered.reply.emplace(std::string(*value), std::string(), 0, value->size(),
                                 generation_of(*reply));
    return remembered;
}

}  // namespace blender_mcpd::link
