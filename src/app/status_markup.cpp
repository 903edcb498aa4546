#include "status_markup.hpp"

#include "picture_size.hpp"
#include "status_files.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <utility>

namespace blender_mcpd::app {

namespace {

using WallTime = tools::RecentCalls::WallTime;

constexpr std::size_t longest_text = 300;
constexpr std::size_t most_rows = 30;

/// "@name@" in `text` becomes the value of that name; values are not looked at again.
std::string filled(std::string_view text,
                   std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
    std::string out;
    for (;;) {
        const auto begin = text.find('@');
        out += text.substr(0, begin);
        if (begin == std::string_view::npos) return out;
        const auto end = text.find('@', begin + 1);
        const auto name = text.substr(begin + 1, end - begin - 1);
        const auto* value =
            std::ranges::find(values, name, &std::pair<std::string_view, std::string_view>::first);
        if (value != values.end()) out += value->second;
        text.remove_prefix(end + 1);
    }
}

std::int64_t unix_seconds(WallTime time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string time_element(WallTime time) {
    const auto utc = fmt::gmtime(static_cast<std::time_t>(unix_seconds(time)));
    return fmt::format(R"(<time datetime="{0:%Y-%m-%dT%H:%M:%SZ}">{0:%H:%M:%S} UTC</time>)", utc);
}

std::string date_element(WallTime time) {
    const auto utc = fmt::gmtime(static_cast<std::time_t>(unix_seconds(time)));
    return fmt::format(
        R"(<time data-date datetime="{0:%Y-%m-%dT%H:%M:%SZ}">{0:%Y-%m-%d %H:%M:%S} UTC</time>)",
        utc);
}

/// How long it is since `since`; counted by the reader where `at` is missing.
std::string elapsed_element(WallTime since, std::optional<WallTime> at) {
    const auto begin = unix_seconds(since);
    return fmt::format(
        R"(<span data-since="{}000">{}</span>)", begin,
        at ? fmt::format("{} s", std::max<std::int64_t>(unix_seconds(*at) - begin, 0)) : "");
}

std::string duration_text(core::Duration duration) {
    const auto seconds = core::seconds(duration);
    return seconds < 1 ? fmt::format("{:.0f} ms", seconds * 1'000)
                       : fmt::format("{:.1f} s", seconds);
}

std::string text_of(const core::Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

struct State {
    std::string_view name;
    std::string_view label;
    bool needs_attention;
};
constexpr State states[] = {{"ready", "Ready", false},
                            {"busy", "Busy", false},
                            {"starting", "Starting", false},
                            {"not_running", "Not running", false},
                            {"foreign_service", "Something else listens", true},
                            {"failed", "Failed", true}};

const State* state_of(const core::Json& blender) {
    const auto* found = std::ranges::find(states, text_of(blender, "state"), &State::name);
    return found == std::end(states) ? nullptr : found;
}

/// "4.2.1" of [4, 2, 1], or a text.
std::string version_text(const core::Json& blender) {
    const auto found = blender.find("version");
    if (found == blender.end()) return {};
    if (found->is_string()) return found->get<std::string>();
    std::string out;
    for (const auto& part : *found)
        out += (out.empty() ? "" : ".") + core::dump(part);
    return out;
}

std::string doing(const core::Json& blender, WallTime now, std::optional<WallTime> at) {
    // Add-ons of others do not tell what they do.
    std::string out = text_of(blender, "state") == "busy" ? "Something" : "Nothing";
    const auto running = blender.find("running");
    if (running != blender.end() && running->is_object()) {
        out = escaped(text_of(*running, "op"));
        if (const auto elapsed = running->find("for_ms");
            elapsed != running->end() && elapsed->is_number())
            out += " for " + elapsed_element(
                                 now - std::chrono::milliseconds(elapsed->get<std::int64_t>()), at);
    }
    const auto queue = blender.find("queue");
    if (queue != blender.end() && queue->is_number_integer() && *queue > 0)
        out += fmt::format("<small>{} waiting</small>", queue->get<std::int64_t>());
    return out;
}

std::string file_cell(const core::Json& blender) {
    const auto file = text_of(blender, "file");
    const auto dirty = blender.find("dirty");
    const bool unsaved = dirty != blender.end() && dirty->is_boolean() && dirty->get<bool>();
    return fmt::format("{}{}", file.empty() ? "Not saved yet" : escaped(file),
                       unsaved ? "<small>Unsaved changes</small>" : "");
}

std::string blender_row(const core::Json& blender, WallTime now, std::optional<WallTime> at) {
    const auto* state = state_of(blender);
    const bool runs = state != nullptr && (state->name == "ready" || state->name == "busy");
    const bool ready = state != nullptr && state->name == "ready";
    const auto message = ready ? std::string() : text_of(blender, "message");
    return fmt::format(
        R"(<tr><th scope="row">{}</th><td><span class="{}">{}</span>{}</td><td>{}</td><td>{}</td>)"
        R"(<td class="file">{}</td></tr>)",
        escaped(text_of(blender, "name")), state ? state->name : "",
        state ? state->label : "Unknown",
        message.empty() ? "" : "<small>" + escaped(message) + "</small>",
        runs ? doing(blender, now, at) : "", escaped(version_text(blender)),
        runs && blender.contains("file") ? file_cell(blender) : "");
}

std::string no_rows(int columns, std::string_view text) {
    return fmt::format(R"(<tr><td colspan="{}">{}</td></tr>)", columns, text);
}

std::string blenders_markup(const StatusSnapshot& snapshot, std::optional<WallTime> at) {
    std::string out;
    for (const auto& blender : snapshot.blenders)
        out += blender_row(blender, snapshot.at, at);
    return out.empty() ? no_rows(5, "None") : out;
}

std::string running_markup(const tools::RecentCalls& calls, std::optional<WallTime> at) {
    std::string out;
    std::size_t rows = 0;
    for (const auto& call : calls.running()) {
        if (++rows > most_rows) break;
        out +=
            fmt::format(R"(<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>)",
                        escaped(call.tool), elapsed_element(call.since, at), escaped(call.client));
    }
    if (rows > most_rows)
        out += no_rows(3, fmt::format("and {} more", calls.running().size() - most_rows));
    return out.empty() ? no_rows(3, "None") : out;
}

std::string outcome_cell(std::string_view outcome) {
    if (outcome == "ok") return R"(<span class="ok">Done</span>)";
    if (outcome == "asked") return "Asked the user";
    if (outcome == "failed") return R"(<span class="failed">Failed</span>)";
    return fmt::format(R"(<span class="failed">Failed</span>: {})", escaped(outcome));
}

std::string ended_markup(const tools::RecentCalls& calls) {
    std::string out;
    for (const auto& call : calls.ended())
        out += fmt::format(
            R"(<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>)",
            escaped(call.tool), outcome_cell(call.outcome), duration_text(call.took),
            time_element(call.at), escaped(call.client));
    return out.empty() ? no_rows(5, "None yet") : out;
}

std::string picture_markup(const tools::RecentCalls& calls) {
    const auto& picture = calls.picture();
    if (!picture) return "<p>None yet: it is the last one that a client got from a tool.</p>";
    const auto from = fmt::format("{} for {}", escaped(picture->tool), escaped(picture->client));
    if (!picture->bytes)
        return fmt::format("<p>From {} at {}; too large to be kept here ({:.1f} MiB).</p>", from,
                           time_element(picture->at),
                           static_cast<double>(picture->size) / (1 << 20));
    const auto size = png_size(*picture->bytes);
    const auto pixels = size ? fmt::format(", {} × {} pixels", size->width, size->height) : "";
    const auto attributes =
        size ? fmt::format(R"( width="{}" height="{}")", size->width, size->height) : "";
    return fmt::format(R"(<figure><img src="/status/picture?{}" alt="Picture from {}{}"{}>)"
                       "<figcaption>From {} at {}{}</figcaption></figure>",
                       picture->number, from, pixels, attributes, from, time_element(picture->at),
                       pixels);
}

/// Not escaped.
std::string attention(const core::Json& blenders) {
    std::string out;
    for (const auto& blender : blenders) {
        const auto* state = state_of(blender);
        if (state == nullptr || !state->needs_attention) continue;
        out += fmt::format("{}{}: {}.", out.empty() ? "" : " ", text_of(blender, "name"),
                           text_of(blender, "message"));
    }
    return core::excerpt(out, longest_text);
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : core::excerpt(text, longest_text)) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string status_document(const StatusSnapshot& snapshot, bool can_sign_out) {
    constexpr std::string_view sign_out =
        R"(<form method="post" action="/logout"><button>Sign out</button></form>)";
    return filled(status_file("status.html"),
                  {{"version", escaped(snapshot.version)},
                   {"since", date_element(snapshot.since)},
                   {"sign_out", can_sign_out ? sign_out : ""},
                   {"at", time_element(snapshot.at)},
                   {"attention", escaped(attention(snapshot.blenders))},
                   {"blenders", blenders_markup(snapshot, snapshot.at)},
                   {"running", running_markup(snapshot.calls, snapshot.at)},
                   {"ended", ended_markup(snapshot.calls)},
                   {"picture", picture_markup(snapshot.calls)}});
}

std::string status_event(const StatusSnapshot& snapshot) {
    return core::dump({{"version", snapshot.version},
                       {"attention", attention(snapshot.blenders)},
                       {"blenders", blenders_markup(snapshot, {})},
                       {"running", running_markup(snapshot.calls, {})},
                       {"ended", ended_markup(snapshot.calls)},
                       {"picture", picture_markup(snapshot.calls)}});
}

std::string sign_in_document(std::string_view problem) {
    const bool again = !problem.empty();
    return filled(
        status_file("sign-in.html"),
        {{"problem",
          again ? fmt::format(R"(<p id="problem" role="alert">{}</p>)", escaped(problem)) : ""},
         {"described_by", again ? " problem" : ""},
         {"invalid", again ? R"( aria-invalid="true")" : ""}});
}

}  // namespace blender_mcpd::app
