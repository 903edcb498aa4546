#include "bootstrap.hpp"

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

core::Error nonsense(std::string_view printed) {
    return {core::ErrorCode::protocol,
            "The add-on did not give the runtime's answer, but: " + core::excerpt(printed)};
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

std::string install_code(std::string_view token, std::string_view mark) {
    Json given{{"package", package_name()},
               {"runtime", runtime_hash()},
               {"token", token},
               {"mark", mark},
               {"files", Json::object()}};
    std::string_view install;
    for (const auto& file : runtime_files()) {
        if (file.path.starts_with(package_folder))
            given["files"][std::string(file.path.substr(package_folder.size()))] = file.text;
        else if (file.path == "install.py")
            install = file.text;
    }
    return fmt::format("given = {}\n{}", python(given), install);
}

core::Result<std::optional<Entered>> read_answer(std::string_view printed, std::string_view mark) {
    const auto first = printed.find(mark);
    if (first == std::string_view::npos) return nonsense(printed);
    const auto begin = first + mark.size();
    const auto end = printed.find(mark, begin);
    if (end == std::string_view::npos) return nonsense(printed);
    const auto answer = core::parse_json(printed.substr(begin, end - begin));
    if (answer && answer->is_null()) return std::optional<Entered>();
    if (!answer || !answer->is_object()) return nonsense(printed);
    const auto number = [&](const char* name) {
        const auto found = answer->find(name);
        return found != answer->end() && found->is_number_unsigned() ? found->get<std::uint64_t>()
                                                                     : 0;
    };
    const auto text = [&](const char* name) {
        const auto found = answer->find(name);
        return found != answer->end() && found->is_string() ? found->get<std::string>()
                                                            : std::string();
    };
    const auto port = number("port");
    const auto pid = number("pid");
    Entered entered{0, 0, text("session"), text("executable")};
    if (port == 0 || port > 65'535 || pid == 0 || pid > 0x7fff'ffff || entered.session.empty())
        return nonsense(printed);
    entered.port = static_cast<std::uint16_t>(port);
    entered.pid = static_cast<std::int64_t>(pid);
    return std::optional(std::move(entered));
}

bool is_this_host(std::string_view host) {
    if (core::lower_case(host) == "localhost") return true;
    boost::system::error_code not_numeric;
    const auto address = boost::asio::ip::make_address(std::string(host), not_numeric);
    return !not_numeric && address.is_loopback();
}

}  // namespace blender_mcpd::blender
