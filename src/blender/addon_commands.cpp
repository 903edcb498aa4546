#include "addon_commands.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

namespace blender_mcpd::blender {
namespace {

using core::Json;

using link::Dialect;

std::string_view name_of(Dialect dialect) {
    switch (dialect) {
        case Dialect::lab:
            return "Blender Lab";
        case Dialect::djeada:
        case Dialect::ageless:
        case Dialect::ahujasid:
        case Dialect::seed:
            break;
    }
    return link::to_string(dialect);
}

/// addon_request() says whose it is.
core::Error cannot(std::string_view what) {
    return {core::ErrorCode::unavailable, fmt::format("cannot {}", what)};
}

std::string what_it_can(Dialect dialect) {
    return fmt::format(
        "It knows get_scene_info, get_object_info (one object) and execute_blender_code. "
        "Everything else works {}, or in a Blender that blender-mcpd starts: blender.launch = "
        "\"always\".",
        can_bootstrap(dialect)
            ? "where the runtime of blender-mcpd comes in through the add-on (blender.bootstrap = "
              "\"auto\")"
            : "with the add-on of ahujasid/blender-mcp or of the Blender Lab, by which the runtime "
              "of blender-mcpd can come in (blender.bootstrap)");
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

/// A Python expression for it. JSON inside of a string, because Python's own escapes differ.
std::string python(const Json& json) {
    return fmt::format("__import__('json').loads({})", core::dump(core::dump(json)));
}

/// Add-ons catch Exception, and what gets past that would end Blender.
std::string contained(const Json& code) {
    return fmt::format(R"(import bpy
try:
    exec(compile({}, "<script>", "exec"), {{"bpy": bpy, "__name__": "__main__"}})
except Exception:
    raise
except BaseException as escaped:
    raise RuntimeError("The script raised " + type(escaped).__name__) from escaped
)",
                       python(code));
}

// Of an answer that is printed: others print as well.
constexpr std::string_view answer_begin = "<blender-mcpd>";
constexpr std::string_view answer_end = "</blender-mcpd>";

/// Prints the same as the add-on of ahujasid answers.
std::string scene_code() {
    return fmt::format(R"(import bpy, json
scene = bpy.context.scene
seen = [{{"name": each.name, "type": each.type, "location": [round(x, 2) for x in each.location]}}
        for each in scene.objects[:10]]
print("{}" + json.dumps({{"name": scene.name, "object_count": len(scene.objects), "objects": seen,
                         "materials_count": len(bpy.data.materials)}}) + "{}")
)",
                       answer_begin, answer_end);
}

std::string object_code(const Json& name) {
    return fmt::format(R"(import bpy, json
each = bpy.data.objects.get({0})
if each is None:
    raise LookupError("Object not found: " + {0})
told = {{"name": each.name, "type": each.type, "location": list(each.location),
        "rotation": list(each.rotation_euler), "scale": list(each.scale), "visible": each.visible_get(),
        "materials": [slot.material.name for slot in each.material_slots if slot.material]}}
if each.type == "MESH":
    told["mesh"] = {{"vertices": len(each.data.vertices), "edges": len(each.data.edges),
                    "polygons": len(each.data.polygons)}}
print("{1}" + json.dumps(told) + "{2}")
)",
                       python(name), answer_begin, answer_end);
}

enum class Op { scene, object, script };

std::optional<Op> op_named(std::string_view name) {
    if (name == "get_scene_info") return Op::scene;
    if (name == "get_object_info") return Op::object;
    if (name == "execute_blender_code") return Op::script;
    return std::nullopt;
}

core::Result<Json> checked_params(Op op, const Json& args) {
    switch (op) {
        case Op::scene:
            return scene_params(args);
        case Op::object:
            return object_params(args);
        case Op::script:
            break;
    }
    return code_params(args);
}

struct Command {
    std::string op;
    Json args;
};

Command python_command(Dialect dialect, std::string_view code, std::chrono::milliseconds limit) {
    constexpr double longest = 300;  // that add-ons take
    const auto timeout = std::min(static_cast<double>(limit.count()) / 1000.0, longest);
    switch (dialect) {
        case Dialect::lab:
            return {"execute", Json{{"code", code}, {"strict_json", true}}};
        case Dialect::djeada:
            return {"python.execute", Json{{"code", code}, {"timeout_seconds", timeout}}};
        case Dialect::ageless:
            return {"blender.execute_script", Json{{"code", code}, {"timeout", timeout}}};
        case Dialect::ahujasid:
        case Dialect::seed:
            break;
    }
    return {"execute_code", Json{{"code", code}}};
}

Command command_for(Dialect dialect, Op op, const Json& params, std::chrono::milliseconds limit) {
    if (op == Op::script) return python_command(dialect, contained(params.at("code")), limit);
    const bool is_scene = op == Op::scene;
    // It executes no Python as it comes.
    if (dialect == Dialect::ageless)
        return {is_scene ? "blender.get_scene" : "blender.get_object_data", params};
    if (dialect == Dialect::ahujasid)
        return {is_scene ? "get_scene_info" : "get_object_info", params};
    return python_command(dialect, is_scene ? scene_code() : object_code(params.at("name")), limit);
}

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

core::Result<link::Reply> ageless_scene_reply(std::string_view result) {
    auto told = core::parse_json(result);
    const auto stats = told && told->is_object() ? told->find("stats") : Json::iterator();
    if (!told || !told->is_object() || stats == told->end() || !stats->is_object())
        return not_understood("get_scene_info", result);
    Json ours{{"scene", stats->value("scene_name", Json())},
              {"object_count", stats->value("object_count", Json())}};
    ours.update(*told);
    ours["generation"] = 0;
    return reply_of(core::dump(ours));
}

/// The raw string of what was printed.
std::optional<std::string_view> printed_member(Dialect dialect, const core::RawObject& result) {
    const std::string_view name = dialect == Dialect::ahujasid  ? "result"
                                  : dialect == Dialect::ageless ? "output"
                                                                : "stdout";
    const auto printed = result.find(name);
    // The Lab's leaves it out when it is empty.
    if (!printed && dialect == Dialect::lab) return R"("")";
    if (!printed || core::json_kind(*printed) != core::JsonKind::string) return std::nullopt;
    return printed;
}

core::Result<link::Reply> code_reply(Dialect dialect, std::string_view result) {
    const auto object = core::RawObject::scan(result);
    const auto printed = object ? printed_member(dialect, *object) : std::nullopt;
    if (!printed) return not_understood("execute_blender_code", result);
    const auto errors = object->find("stderr");
    return reply_of(fmt::format(
        R"({{"stdout":{},"stderr":{},"result":null,"changes":{{}},"generation":0}})", *printed,
        errors && core::json_kind(*errors) == core::JsonKind::string ? *errors : R"("")"));
}

/// What stands between the marks.
core::Result<std::string> printed_answer(Dialect dialect, std::string_view op,
                                         std::string_view result) {
    const auto printed = printed_in(dialect, result);
    if (!printed) return printed.error();
    const auto begin = printed->find(answer_begin);
    const auto end = printed->find(answer_end);
    if (begin == std::string::npos || end == std::string::npos || end < begin)
        return not_understood(op, result);
    return printed->substr(begin + answer_begin.size(), end - begin - answer_begin.size());
}

}  // namespace

// djeada's forbids scripts to open sockets, and ageless' runs them on a thread of its own.
bool can_bootstrap(Dialect dialect) {
    return dialect == Dialect::ahujasid || dialect == Dialect::lab;
}

core::Result<link::Request> addon_request(Dialect dialect, link::Request request) {
    if (dialect == Dialect::seed) return request;
    const auto worded = [&](core::Error error) {
        if (error.code != core::ErrorCode::unavailable) return error;
        error.message = fmt::format("The {} add-on {}", name_of(dialect), error.message);
        error.remedy = what_it_can(dialect);
        return error;
    };
    const auto op = op_named(request.op);
    if (!op) return worded(cannot("do " + request.op));
    const auto args = core::parse_json(request.args);
    if (!args) return args.error();
    const auto params = checked_params(*op, *args);
    if (!params) return worded(params.error());
    auto command = command_for(dialect, *op, *params, request.timeout);
    request.op = std::move(command.op);
    request.args = core::dump(command.args);
    return request;
}

link::Request python_request(Dialect dialect, std::string_view code,
                             std::chrono::milliseconds limit) {
    const auto command = python_command(dialect, code, limit);
    link::Request request;
    request.op = command.op;
    request.args = core::dump(command.args);
    request.timeout = limit;
    return request;
}

core::Result<std::string> printed_in(Dialect dialect, std::string_view result) {
    const auto object = core::RawObject::scan(result);
    const auto printed = object ? printed_member(dialect, *object) : std::nullopt;
    if (!printed) return not_understood("execute_blender_code", result);
    return core::unquote(*printed).value_or(std::string(*printed));
}

core::Result<link::Reply> addon_reply(Dialect dialect, std::string_view op, link::Reply reply) {
    if (dialect == Dialect::seed) return reply;
    if (op == "execute_blender_code") return code_reply(dialect, reply.result());
    if (dialect == Dialect::ageless && op == "get_scene_info")
        return ageless_scene_reply(reply.result());
    std::string told(reply.result());
    if (dialect == Dialect::lab || dialect == Dialect::djeada) {
        auto printed = printed_answer(dialect, op, told);
        if (!printed) return printed.error();
        told = std::move(*printed);
        if (!core::RawObject::scan(told)) return not_understood(op, told);
    }
    if (op == "get_scene_info") return scene_reply(told);
    return reply_of(fmt::format(R"({{"objects":[{}]}})", told));
}

}  // namespace blender_mcpd::blender
