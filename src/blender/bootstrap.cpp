#include "bootstrap.hpp"

#include "deflate.hpp"

#include <blender_mcpd/blender/runtime_files.hpp>
#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace blender_mcpd::blender {
namespace {

using core::Json;

constexpr std::string_view package_folder = "blender_mcpd_runtime/";

/// Each version has its own, so that one can follow another in the same Blender.
std::string package_name() {
    return fmt::format("blender_mcpd_runtime_{}", runtime_hash().substr(0, 16));
}

/// A Python expression for it. JSON inside of a string, because Python's own escapes differ.
std::string python(const Json& json) {
    return fmt::format("__import__('json').loads({})", core::dump(core::dump(json)));
}

std::string_view installer() {
    const auto files = runtime_files();
    const auto found = std::find_if(files.begin(), files.end(),
                                    [](const auto& file) { return file.path == "install.py"; });
    return found->text;
}

/// {path: text}, compressed, as base64.
std::string packed_runtime() {
    std::string json = "{";
    for (const auto& file : runtime_files()) {
        if (!file.path.starts_with(package_folder)) continue;
        if (json.size() > 1) json += ',';
        core::append_quoted(json, file.path.substr(package_folder.size()));
        json += ':';
        core::append_quoted(json, file.text);
    }
    json += '}';
    std::string text;
    core::append_base64(text, deflated(json));
    return text;
}

core::Error nonsense(std::string_view printed) {
    return {core::ErrorCode::protocol,
            "The add-on did not give the runtime's answer, but: " + core::excerpt(printed)};
}

}  // namespace

namespace {

std::optional<std::string_view> between(std::string_view printed, std::string_view mark) {
    const auto first = printed.find(mark);
    if (first == std::string_view::npos) return std::nullopt;
    const auto begin = first + mark.size();
    const auto end = printed.find(mark, begin);
    if (end == std::string_view::npos) return std::nullopt;
    return printed.substr(begin, end - begin);
}

}  // namespace

std::string enter_code(std::string_view token, std::string_view mark) {
    const Json given{{"guest", package_name() + ".guest"},
                     {"runtime", runtime_hash()},
                     {"token", token},
                     {"mark", mark}};
    return fmt::format(R"(import json, sys
given = {}
guest = sys.modules.get(given["guest"])
told = guest.enter(given["runtime"], given["token"]) if guest else None
print("\n" + given["mark"] + json.dumps(told) + given["mark"])
)",
                       python(given));
}

std::vector<std::string> install_code(std::string_view token, std::string_view mark,
                                      std::size_t max_bytes) {
    const auto parcel = "blender_mcpd_parcel_" + std::string(runtime_hash().substr(0, 16));
    const auto packed = packed_runtime();
    constexpr std::size_t around = 250;  // of a piece; as JSON all of it takes a little more
    const auto room = max_bytes - around;
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < packed.size(); at += room)
        parts.push_back(fmt::format(R"(import sys, types
m = sys.modules.setdefault("{0}", types.ModuleType("{0}"))
m.__dict__.setdefault("pieces", {{}})[{1}] = "{2}"
)",
                                    parcel, parts.size(),
                                    std::string_view(packed).substr(at, room)));
    const Json given{
        {"package", package_name()}, {"runtime", runtime_hash()}, {"token", token}, {"mark", mark}};
    auto last = fmt::format(R"(import base64, json, sys, zlib
given = {}
pieces = sys.modules.pop("{}").pieces
packed = "".join(pieces[i] for i in range({}))
given["files"] = json.loads(zlib.decompress(base64.b64decode(packed), -15))
{})",
                            python(given), parcel, parts.size(), installer());
    if (parts.size() == 1) return {parts.front() + last};
    parts.push_back(std::move(last));
    return parts;
}

core::Result<std::optional<Entered>> read_answer(std::string_view printed, std::string_view mark) {
    const auto text = between(printed, mark);
    if (!text) return nonsense(printed);
    const auto answer = core::parse_json(*text);
    if (answer && answer->is_null()) return std::optional<Entered>();
    if (!answer || !answer->is_object()) return nonsense(printed);
    const auto number = [&](const char* name) {
        const auto found = answer->find(name);
        return found != answer->end() && found->is_number_unsigned() ? found->get<std::uint64_t>()
                                                                     : 0;
    };
    const auto text_of = [&](const char* name) {
        const auto found = answer->find(name);
        return found != answer->end() && found->is_string() ? found->get<std::string>()
                                                            : std::string();
    };
    const auto port = number("port");
    const auto pid = number("pid");
    Entered entered{0, 0, text_of("session"), text_of("executable"),
                    answer->value("background", core::Json()) == true};
    if (port == 0 || port > 65'535 || pid == 0 || pid > 0x7fff'ffff || entered.session.empty())
        return nonsense(printed);
    entered.port = static_cast<std::uint16_t>(port);
    entered.pid = static_cast<std::int64_t>(pid);
    return std::optional(std::move(entered));
}

std::string carry_code(const link::Request& request, std::string_view mark) {
    std::string text = R"({"op":)";
    core::append_quoted(text, request.op);
    text += R"(,"uuid":)";
    core::append_quoted(text, request.uuid);
    if (request.timeout.count() > 0)
        text += fmt::format(R"(,"deadline_ms":{})", request.timeout.count());
    text += R"(,"args":)" + request.args + '}';
    return fmt::format(R"(import sys
guest = sys.modules.get("{0}.guest")
if guest: guest.carry({1}, "{2}")
else: print("\n{2}null{2}")
)",
                       package_name(), core::quoted(text), mark);
}

core::Result<std::optional<Answered>> read_carried(std::string_view printed, std::string_view mark,
                                                   bool mutates) {
    const auto text = between(printed, mark);
    if (!text) return nonsense(printed);
    if (*text == "null") return std::optional<Answered>();
    const auto line_end = std::min(text->find('\n'), text->size());
    auto remembered = link::read_outcome(text->substr(0, line_end), mutates);
    if (!remembered) return remembered.error();
    Answered answer{std::move(*remembered), {}};
    if (line_end < text->size() && !core::decode_base64(answer.blob, text->substr(line_end + 1)))
        return nonsense(printed);
    return std::optional(std::move(answer));
}

bool is_this_host(std::string_view host) {
    if (core::lower_case(host) == "localhost") return true;
    boost::system::error_code not_numeric;
    const auto address = boost::asio::ip::make_address(std::string(host), not_numeric);
    return !not_numeric && address.is_loopback();
}

}  // namespace blender_mcpd::blender
