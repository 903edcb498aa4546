#include "verdict.hpp"

#include "frame.hpp"
#include "json_receiver.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <ostream>
#include <utility>

namespace blender_mcpd::link {
namespace {

using core::Json;

constexpr std::string_view own_blender =
    "Or let blender-mcpd start a Blender of its own: blender.launch = \"always\".";
constexpr std::string_view other_port =
    "If a Blender add-on should be there, check blender.host and blender.port, and that of the "
    "add-on: two programs want the same port.";

struct Words {
    Family family;
    std::string_view name;
    std::string_view description;  // {}: what it says of itself, in brackets
    std::string_view remedy;
    bool may_be_blender;
    std::optional<Dialect> dialect{};
};

const std::array words{
    Words{Family::ahujasid, "ahujasid", "the add-on of ahujasid/blender-mcp{}", "", true,
          Dialect::ahujasid},
    Words{Family::lab, "lab", "the Blender Lab add-on{}", "", true, Dialect::lab},
    Words{Family::connect, "connect", "the add-on of blender-mcp-connect{}",
          "It asks for a token that blender-mcpd does not have. Give it a fixed port in its "
          "preferences: then it takes requests without one.",
          true},
    Words{Family::djeada, "djeada", "the add-on of djeada/blender-mcp-server{}", "", true,
          Dialect::djeada},
    Words{Family::ageless, "ageless", "the add-on of ageless-h/blender-mcp{}", "", true,
          Dialect::ageless},
    Words{Family::seed, "seed", "an add-on of the seed dialect{}", "", true, Dialect::seed},
    Words{Family::length_prefixed, "length_prefixed",
          "an add-on that puts a length before each message, as those of blend-ai, blender-ai-mcp "
          "and blender-mcp-pro do{}",
          "blender-mcpd does not speak its language. Use the add-on of blender-mcpd, of "
          "ahujasid/blender-mcp or of the Blender Lab in that Blender.",
          true},
    Words{Family::native, "native", "blender-mcpd's own runtime, which asks for its token{}",
          "It lets in who has the token: a daemon of the same user finds it by itself.", true},
    Words{Family::unknown_json, "unknown_json",
          "something that answers in JSON of an unknown kind{}",
          "If it is a Blender add-on, use the one of blender-mcpd, of ahujasid/blender-mcp or of "
          "the Blender Lab in its place.",
          true},
    Words{Family::silent, "silent",
          "something that accepts connections and answers nothing: a Blender that is busy or shows "
          "a dialog, an add-on of an unknown kind, or no Blender at all{}",
          "Look at Blender: end what it does (Esc), close its dialogs, and switch the add-on off "
          "and on again.",
          true},
    Words{Family::http, "http", "an HTTP server{}", other_port, false},
    Words{Family::tls, "tls", "a server that expects TLS{}", other_port, false},
    Words{Family::ssh, "ssh", "an SSH server{}", other_port, false},
    Words{Family::other, "other", "something that speaks another protocol{}", other_port, false},
    Words{Family::closes, "closes", "something that closes connections without a word{}",
          "It may be a tunnel or a container behind which nobody listens: start Blender and its "
          "add-on there.",
          false},
    Words{Family::nothing, "nothing", "nothing: nobody listens there{}",
          "Start Blender and switch its add-on on.", false},
    Words{Family::unreachable, "unreachable", "a place that cannot be reached{}",
          "Check blender.host and blender.port.", false},
    Words{Family::undecided, "undecided", "not known: the look was cancelled{}", "", false},
};

const Words& words_of(Family family) {
    return words[static_cast<std::size_t>(family)];
}

std::string text(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<Json> object_in(std::string_view heard) {
    JsonReceiver receiver(max_heard_bytes);
    if (!receiver.feed(heard) || !receiver.complete()) return std::nullopt;
    auto parsed = core::parse_json(receiver.take());
    if (!parsed) return std::nullopt;
    return std::move(*parsed);
}

std::string first_line(std::string_view heard) {
    return core::excerpt(heard.substr(0, heard.find_first_of("\r\n")), 60);
}

/// "nginx/1.22.1", from the header of that name.
std::string server_of(std::string_view heard) {
    const auto lower = core::lower_case(heard);
    constexpr std::string_view name = "\nserver:";
    const auto at = lower.find(name);
    if (at == std::string::npos) return {};
    auto value = heard.substr(at + name.size());
    value = core::trimmed(value.substr(0, value.find_first_of("\r\n")));
    return core::excerpt(value, 60);
}

Detected by_members(const Json& answer, std::string_view heard) {
    const auto is_boolean = [&](const char* name) {
        const auto found = answer.find(name);
        return found != answer.end() && found->is_boolean();
    };
    if (is_boolean("ok")) return verdict(Family::ageless);
    if (is_boolean("success"))
        return verdict(answer.contains("id") ? Family::djeada : Family::seed);
    const auto status = text(answer, "status");
    const auto message = text(answer, "message");
    const bool ends_with_nul = heard.ends_with('\0');
    if ((status == "ok" || status == "error") &&
        (ends_with_nul || message.starts_with("Unknown request type")))
        return verdict(Family::lab);
    if (status == "error") {
        const bool lacks_ping = message.starts_with("Unknown command type");
        return verdict(Family::ahujasid, lacks_ping ? std::string(before_ping) : "");
    }
    if (status == "success") return verdict(Family::ahujasid, std::string(since_ping));
    return verdict(Family::unknown_json, first_line(heard));
}

std::optional<Detected> judge_json(std::string_view heard, bool is_all) {
    JsonReceiver receiver(max_heard_bytes);
    if (!receiver.feed(heard)) return verdict(Family::other, first_line(heard));
    if (!receiver.complete())
        return is_all ? std::optional(verdict(Family::unknown_json, first_line(heard)))
                      : std::nullopt;
    const auto answer = core::parse_json(receiver.take());
    return answer ? by_members(*answer, heard) : verdict(Family::unknown_json, first_line(heard));
}

}  // namespace

std::string_view to_string(Family family) {
    return words_of(family).name;
}

std::ostream& operator<<(std::ostream& out, Family family) {
    return out << to_string(family);
}

bool may_be_blender(Family family) {
    return words_of(family).may_be_blender;
}

Detected verdict(Family family, std::string told) {
    const auto& chosen = words_of(family);
    const auto bracketed = told.empty() ? std::string() : fmt::format(" ({})", told);
    Detected found{family,
                   std::move(told),
                   fmt::format(fmt::runtime(chosen.description), bracketed),
                   chosen.dialect,
                   {}};
    if (!found.dialect) {
        found.remedy = chosen.remedy;
        if (chosen.may_be_blender) found.remedy += fmt::format(" {}", own_blender);
    }
    return found;
}

std::optional<Detected> judge(std::string_view heard, bool is_all) {
    const auto begin = heard.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos)
        return is_all ? std::optional(verdict(Family::closes)) : std::nullopt;
    const auto said = heard.substr(begin);
    const bool is_enough = is_all || heard.size() >= max_heard_bytes;
    if (said[0] == '{') return judge_json(said, is_enough);
    constexpr std::string_view shortest = "SSH-";  // before that it may be anything
    if (said.size() < shortest.size() && !is_enough) return std::nullopt;
    const auto lower = core::lower_case(said.substr(0, 16));
    if (said.starts_with("HTTP/")) {
        if (!is_enough && said.find("\r\n\r\n") == std::string_view::npos) return std::nullopt;
        return verdict(Family::http, server_of(said));
    }
    // What is no request for them is one of HTTP 0.9 for some, which has no headers.
    if (lower.starts_with("<!doctype") || lower.starts_with("<html")) return verdict(Family::http);
    if (said.starts_with("\x15\x03")) return verdict(Family::tls);  // an alert
    const bool is_line = said.find('\n') != std::string_view::npos;
    if (!is_enough && !is_line) return std::nullopt;
    if (said.starts_with("SSH-")) return verdict(Family::ssh, first_line(said));
    if (is_length_prefixed(said)) return verdict(Family::length_prefixed);
    return verdict(Family::other, first_line(said));
}

bool add_addon_info(Detected& ahujasid, std::string_view answer) {
    const auto object = object_in(answer);
    if (!object || text(*object, "status") != "success") return false;
    const auto info = object->find("result");
    if (info == object->end() || !info->is_object()) return false;
    std::string version;
    if (const auto numbers = info->find("addon_version");
        numbers != info->end() && numbers->is_array())
        for (const auto& number : *numbers)
            if (number.is_number_integer() && version.size() < 20)
                version +=
                    fmt::format("{}{}", version.empty() ? "" : ".", number.get<std::int64_t>());
    if (version.empty()) return false;
    auto told = fmt::format("version {}", version);
    if (const auto protocol = info->find("protocol_version");
        protocol != info->end() && protocol->is_number_integer())
        told += fmt::format(", protocol {}", protocol->get<std::int64_t>());
    if (const auto blender = text(*info, "blender_version"); !blender.empty())
        told += ", in Blender " + core::excerpt(blender, 20);
    ahujasid = verdict(Family::ahujasid, std::move(told));
    return true;
}

std::optional<Detected> judge_hello(std::string_view answer) {
    const auto object = object_in(answer);
    if (!object) return std::nullopt;
    const auto status = text(*object, "status");
    if (status == "error" && text(*object, "message").starts_with("Unknown request type"))
        return verdict(Family::lab);
    if (status == "error") return verdict(Family::connect);
    const auto result = object->find("result");
    if (status != "ok" || result == object->end() || !result->is_object()) return std::nullopt;
    // Without asking for a token: it speaks as the Lab's does.
    auto told = text(*result, "extensionVersion");
    if (!told.empty()) told = "version " + core::excerpt(told, 20);
    auto found = verdict(Family::connect, std::move(told));
    const auto as_lab = verdict(Family::lab);
    found.dialect = as_lab.dialect;
    found.remedy = as_lab.remedy;
    return found;
}

bool is_native_refusal(std::string_view answer) {
    if (answer.size() < frame_header_size) return false;
    const auto object = object_in(answer.substr(frame_header_size));
    return object && object->contains("refused");
}

bool is_length_prefixed(std::string_view answer) {
    constexpr std::size_t header = 4;
    if (answer.size() <= header) return false;
    std::size_t size = 0;
    for (const char byte : answer.substr(0, header))
        size = size << 8U | static_cast<unsigned char>(byte);
    return size >= answer.size() - header && size < (std::size_t{16} << 20) &&
           answer[header] == '{';
}

}  // namespace blender_mcpd::link
