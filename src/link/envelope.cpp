#include "envelope.hpp"

#include "frame.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>

#include <unistd.h>

namespace blender_mcpd::link {
namespace {

using core::RawObject;

core::Error broken(std::string_view what, std::string_view json) {
    return {.code = core::ErrorCode::protocol,
            .message = fmt::format("Blender sent {}: {}", what, core::excerpt(json))};
}

template <typename Number>
std::optional<Number> number(std::optional<std::string_view> raw) {
    Number value{};
    if (!raw) return std::nullopt;
    const auto* end = raw->data() + raw->size();
    const auto [stop, error] = std::from_chars(raw->data(), end, value);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return value;
}

std::optional<std::string> string(const RawObject& object, std::string_view name) {
    const auto raw = object.find(name);
    return raw ? core::unquote(*raw) : std::nullopt;
}

bool is_object(std::optional<std::string_view> raw) {
    return raw && core::json_kind(*raw) == core::JsonKind::object;
}

core::Result<RawObject> scan(std::string_view json) {
    // Valid JSON has raw line feeds between its tokens only; ours has none at all.
    if (json.find('\n') != std::string_view::npos) return broken("JSON with a line feed", json);
    auto object = RawObject::scan(json);
    if (!object) return broken(object.error().message, json);
    return object;
}

/// False when it is no array of texts.
bool read_names(std::optional<std::string_view> raw, SceneEvent& event) {
    const auto names = raw ? core::parse_json(*raw) : core::Error{};
    if (!names || !names->is_array()) return false;
    for (const auto& name : *names) {
        if (!name.is_string()) return false;
        if (event.changed.size() == SceneEvent::max_names) {
            event.more = true;
            return true;
        }
        event.changed.push_back(name.get<std::string>());
    }
    return true;
}

core::Result<Envelope> read_scene(const RawObject& object, std::string_view json) {
    if (json.size() > max_scene_event_bytes) return broken("a scene event without end", json);
    const auto generation = number<std::uint64_t>(object.find("gen"));
    SceneEvent event;
    event.more = object.find("more") == "true";
    if (!generation || !read_names(object.find("changed"), event))
        return broken("a scene event that says nothing", json);
    event.generation = *generation;
    event.file = string(object, "file");
    return event;
}

core::Result<Envelope> read_progress(const RawObject& object, std::string_view json) {
    const auto id = number<std::uint64_t>(object.find("id"));
    const auto value = number<double>(object.find("value"));
    if (!id || !value) return broken("progress that says nothing", json);
    return ProgressEnvelope{*id,
                            {.value = *value,
                             .total = number<double>(object.find("total")),
                             .message = string(object, "message").value_or("")}};
}

core::Result<Envelope> read_event(const RawObject& object, std::string_view json) {
    const auto event = string(object, "event");
    if (event == "progress") return read_progress(object, json);
    if (event == "scene") return read_scene(object, json);
    return broken("an event that is not known", json);
}

core::Result<Envelope> read_reply(const RawObject& object, std::string_view json) {
    const auto id = number<std::uint64_t>(object.find("id"));
    const auto ok = object.find("ok");
    const auto generation = object.find("gen");
    if (!id || (ok != "true" && ok != "false") ||
        (generation && !number<std::uint64_t>(generation)))
        return broken("something that is neither a reply nor an event", json);
    const auto body = object.find(ok == "true" ? "result" : "error");
    if (!body || (ok == "false" && !is_object(body)))
        return broken("a reply without result or error", json);
    return ReplyEnvelope{*id, ok == "true", number<std::uint64_t>(generation), *body};
}

struct Kind {
    std::string_view name;
    core::ErrorCode code;
    bool may_have_run;  // wholly or in part
};

constexpr std::array kinds{
    Kind{"invalid", core::ErrorCode::invalid, false},
    Kind{"not_found", core::ErrorCode::not_found, false},
    Kind{"blender", core::ErrorCode::blender, false},  // such operations undo what they have begun
    Kind{"script", core::ErrorCode::blender, true},
    Kind{"partial", core::ErrorCode::blender, true},  // of a batch
    Kind{"interrupted", core::ErrorCode::cancelled, true},
    Kind{"deadline", core::ErrorCode::timeout, true},
    Kind{"not_started", core::ErrorCode::cancelled, false},
    Kind{"unknown_op", core::ErrorCode::protocol, false},
    Kind{"internal", core::ErrorCode::internal, true},
};
constexpr Kind unknown_kind{"", core::ErrorCode::internal, true};

Kind find_kind(std::string_view name) {
    const auto* found = std::find_if(kinds.begin(), kinds.end(),
                                     [&](const Kind& kind) { return kind.name == name; });
    return found == kinds.end() ? unknown_kind : *found;
}

}  // namespace

core::Result<Envelope> read_envelope(std::string_view json) {
    const auto object = scan(json);
    if (!object) return object.error();
    return object->find("event") ? read_event(*object, json) : read_reply(*object, json);
}

core::Result<std::string_view> read_hello(std::string_view json) {
    const auto object = scan(json);
    if (!object) return object.error();
    const auto hello = object->find("hello");
    if (!is_object(hello)) return broken("something other than its hello", json);
    const auto fields = RawObject::scan(*hello);
    if (!fields || fields->find("link") != "1")
        return broken("the hello of a wire that is not link 1", json);
    return *hello;
}

core::Error to_error(std::string_view raw_error, bool mutates) {
    const auto object = RawObject::scan(raw_error).value();
    const auto name = string(object, "kind").value_or("");
    const auto kind = find_kind(name);
    const bool undone = object.find("undone") == "true";
    const auto outcome = kind.may_have_run && mutates && !undone ? core::Outcome::unknown
                                                                 : core::Outcome::not_applied;
    return {.code = kind.code,
            .message = string(object, "message")
                           .value_or(fmt::format("Blender reported an error of kind \"{}\"",
                                                 core::excerpt(name))),
            .remedy = string(object, "remedy").value_or(""),
            .outcome = outcome,
            .details = std::string(raw_error)};
}

std::string hello_frame(std::string_view token) {
    auto frame = begin_frame();
    fmt::format_to(std::back_inserter(frame),
                   R"({{"hello":{{"link":1,"token":{},"name":"blender-mcpd","pid":{}}}}})",
                   core::quoted(token), ::getpid());
    seal_frame(frame);
    return frame;
}

std::string request_frame(std::uint64_t id, const Request& request) {
    auto frame = begin_frame();
    frame.reserve(frame.size() + request.args.size() + request.op.size() + 160);
    fmt::format_to(std::back_inserter(frame), R"({{"id":{},"uuid":{},"op":{},"args":)", id,
                   core::quoted(request.uuid), core::quoted(request.op));
    frame += request.args;
    fmt::format_to(std::back_inserter(frame), R"(,"deadline_ms":{}}})", request.timeout.count());
    seal_frame(frame);
    return frame;
}

std::string control_frame(std::uint64_t id, std::string_view op, std::string_view args) {
    auto frame = begin_frame();
    fmt::format_to(std::back_inserter(frame), R"({{"id":{},"op":{},"args":{}}})", id,
                   core::quoted(op), args);
    seal_frame(frame);
    return frame;
}

}  // namespace blender_mcpd::link
