#include "addon_commands.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <utility>

namespace blender_mcpd::blender {
namespace {

using core::Json;

core::Error cannot(std::string_view what) {
    return {core::ErrorCode::unavailable, fmt::format("The ahujasid add-on cannot {}", what),
            "It knows get_scene_info, get_object_info (one object) and execute_blender_code. "
            "Everything else works with blender.bootstrap = \"auto\" (get_blender_status says why, "
            "when it does not), or in a Blender that blender-mcpd starts: blender.launch = "
            "\"always\"."};
}

/// The first argument that is none of these; empty when there is no such.
std::string other_argument(const Json& args, std::initializer_list<std::string_view> known) {
    for (const auto& [name, value] : args.items())
        if (std::find(known.begin(), known.end(), name) == known.end()) return name;
    return {};
}

core::Result<Json> scene_params(const Json& args) {
    // It lists some objects whatever is asked for: less or more detail does no harm.
    const auto other = other_argument(args, {"detail", "limit"});
    if (!other.empty()) return cannot("list objects by " + other);
    return Json::object();
}

core::Result<Json> object_params(const Json& args) {
    const auto other = other_argument(args, {"names"});
    if (!other.empty()) return cannot("describe objects with " + other);
    const auto& names = args.at("names");
    if (names.size() != 1) return cannot("describe more than one object in a call");
    return Json{{"name", names.at(0)}};
}

core::Result<Json> code_params(const Json& args) {
    const auto other = other_argument(args, {"code", "namespace"});
    if (!other.empty()) return cannot("run code with " + other);
    if (args.value("namespace", "fresh") != "fresh") return cannot("keep variables between calls");
    return Json{{"code", args.at("code")}};
}

struct Command {
    std::string_view op;
    std::string_view type;
    core::Result<Json> (*params)(const Json& args);
};

constexpr std::array commands{Command{"get_scene_info", "get_scene_info", scene_params},
                              Command{"get_object_info", "get_object_info", object_params},
                              Command{"execute_blender_code", "execute_code", code_params}};

core::Error not_understood(std::string_view op, std::string_view result) {
    return {
        core::ErrorCode::protocol,
        fmt::format("The add-on's answer to {} is not understood: {}", op, core::excerpt(result)),
        "See the scene before you repeat it.", core::Outcome::unknown};
}

link::Reply reply_of(std::string text) {
    const auto size = text.size();
    return {std::move(text), {}, 0, size, std::nullopt};
}

/// {"name":…,"object_count":…,"objects":[…],…}
core::Result<link::Reply> scene_reply(std::string_view result) {
    auto scene = core::parse_json(result);
    if (!scene || !scene->is_object() || !scene->contains("name") ||
        !scene->contains("object_count"))
        return not_understood("get_scene_info", result);
    Json ours{{"scene", scene->at("name")}};
    scene->erase("name");
    ours.update(*scene);
    ours["generation"] = 0;
    return reply_of(core::dump(ours));
}

/// {"executed":true,"result":"what was printed"}
core::Result<link::Reply> code_reply(std::string_view result) {
    const auto object = core::RawObject::scan(result);
    const auto printed = object ? object->find("result") : std::nullopt;
    if (!printed || core::json_kind(*printed) != core::JsonKind::string)
        return not_understood("execute_blender_code", result);
    return reply_of(fmt::format(
        R"({{"stdout":{},"stderr":"","result":null,"changes":{{}},"generation":0}})", *printed));
}

}  // namespace

core::Result<link::Request> addon_request(link::Dialect dialect, link::Request request) {
    if (dialect == link::Dialect::seed) return request;
    const auto command = std::find_if(commands.begin(), commands.end(),
                                      [&](const Command& each) { return each.op == request.op; });
    if (command == commands.end()) return cannot("do " + request.op);
    const auto args = core::parse_json(request.args);
    if (!args) return args.error();
    const auto params = command->params(*args);
    if (!params) return params.error();
    request.op = command->type;
    request.args = core::dump(*params);
    return request;
}

core::Result<link::Reply> addon_reply(link::Dialect dialect, std::string_view op,
                                      link::Reply reply) {
    if (dialect == link::Dialect::seed) return reply;
    if (op == "get_scene_info") return scene_reply(reply.result());
    if (op == "get_object_info")
        return reply_of(fmt::format(R"({{"objects":[{}]}})", reply.result()));
    return code_reply(reply.result());
}

}  // namespace blender_mcpd::blender
