// The table of settings. A row needs the member it fills, its type, and one line of help; the
// default is the member's initial value. config/blender-mcpd.toml has a longer explanation of each.
#include "settings.hpp"

#include "setting_rules.hpp"

#include <blender_mcpd/tools/tools.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>

namespace blender_mcpd::app {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 3> launch_names{"auto", "always", "never"};
constexpr std::array<std::string_view, 3> attach_names{"auto", "always", "never"};
constexpr std::array<std::string_view, 3> sandbox_names{"off", "auto", "require"};
constexpr std::array<std::string_view, 7> dialect_names{"auto", "native", "seed",   "ahujasid",
                                                        "lab",  "djeada", "ageless"};
constexpr std::array<std::string_view, 2> bootstrap_names{"auto", "never"};
constexpr std::array<std::string_view, 6> level_names{"trace", "debug", "info",
                                                      "warn",  "error", "off"};
constexpr std::array<std::string_view, 2> format_names{"text", "json"};
constexpr std::array<std::string_view, 3> audit_arguments_names{"none", "hash", "full"};
constexpr std::array<std::string_view, 2> audit_results_names{"hash", "full"};

std::span<const std::string_view> names_of(Launch) {
    return launch_names;
}
std::span<const std::string_view> names_of(Attach) {
    return attach_names;
}
std::span<const std::string_view> names_of(Sandbox) {
    return sandbox_names;
}
std::span<const std::string_view> names_of(ScriptPolicy) {
    return script_policy_names;
}
std::span<const std::string_view> names_of(Dialect) {
    return dialect_names;
}
std::span<const std::string_view> names_of(tools::ToolSet) {
    return tools::tool_set_names;
}
std::span<const std::string_view> names_of(Bootstrap) {
    return bootstrap_names;
}
std::span<const std::string_view> names_of(LogLevel) {
    return level_names;
}
std::span<const std::string_view> names_of(LogFormat) {
    return format_names;
}
std::span<const std::string_view> names_of(AuditArguments) {
    return audit_arguments_names;
}
std::span<const std::string_view> names_of(AuditResults) {
    return audit_results_names;
}

template <typename Member>
Value read(const Member& member) {
    if constexpr (std::is_same_v<Member, bool> || std::is_same_v<Member, std::string> ||
                  std::is_same_v<Member, List>) {
        return member;
    } else if constexpr (std::is_same_v<Member, milliseconds>) {
        return static_cast<double>(member.count()) / 1000.0;
    } else if constexpr (std::is_enum_v<Member>) {
        return std::string(names_of(member)[static_cast<std::size_t>(member)]);
    } else {
        return static_cast<std::int64_t>(member);  // the ranges below all fit
    }
}

template <typename Member>
void write(Member& member, const Value& value) {
    if constexpr (std::is_same_v<Member, bool> || std::is_same_v<Member, std::string> ||
                  std::is_same_v<Member, List>) {
        member = std::get<Member>(value);
    } else if constexpr (std::is_same_v<Member, milliseconds>) {
        member = milliseconds(std::llround(std::get<double>(value) * 1000.0));
    } else if constexpr (std::is_enum_v<Member>) {
        const auto names = names_of(member);
        const auto found = std::ranges::find(names, std::get<std::string>(value));
        member = static_cast<Member>(found - names.begin());
    } else {
        member = static_cast<Member>(std::get<std::int64_t>(value));
    }
}

template <auto Section, auto Member>
Setting row(std::string_view section, std::string_view key, Type type, std::string_view help,
            Rule rule = {}) {
    return {section,
            key,
            type,
            help,
            rule,
            [](const Config& config) { return read((config.*Section).*Member); },
            [](Config& config, const Value& value) { write((config.*Section).*Member, value); }};
}

Setting live(Setting setting) {
    setting.live = true;
    return setting;
}

Setting names_key(Setting setting) {
    setting.names_key = true;
    return setting;
}

constexpr std::int64_t million = 1'000'000;
constexpr double day = 86'400;
constexpr std::int64_t kibibyte = 1 << 10;
constexpr std::int64_t gibibyte = std::int64_t{1} << 30;
constexpr std::int64_t max_request = std::int64_t{64} << 20;  // what Blender's side accepts

const auto& table() {
    using C = Config;
    static const std::array rows{
        row<&C::blender, &C::Blender::host>(
            "blender", "host", Text{}, "Where a Blender add-on of yours would listen.", host_rule),
        row<&C::blender, &C::Blender::port>("blender", "port", Integer{1, 65'535},
                                            "The TCP port on which it listens."),
        row<&C::blender, &C::Blender::dialect>("blender", "dialect", Choice{dialect_names},
                                               "What the add-on that listens there speaks."),
        row<&C::blender, &C::Blender::bootstrap>(
            "blender", "bootstrap", Choice{bootstrap_names},
            "Whether to bring blender-mcpd's runtime into Blender through that add-on."),
        row<&C::blender, &C::Blender::launch>("blender", "launch", Choice{launch_names},
                                              "Whether to start a Blender."),
        row<&C::blender, &C::Blender::executable>(
            "blender", "executable", Text{},
            "The Blender program to start; empty: the first on PATH, else the newest found.",
            path_rule),
        row<&C::blender, &C::Blender::factory_startup>(
            "blender", "factory_startup", Boolean{},
            "Start Blender with factory settings, without the user's preferences and add-ons."),
        row<&C::blender, &C::Blender::blend_file>(
            "blender", "blend_file", Text{},
            "The file that a started Blender opens; empty: the startup scene.", path_rule),
        row<&C::blender, &C::Blender::start_timeout>(
            "blender", "start_timeout_s", Seconds{1, 600},
            "Seconds until a started Blender must be ready."),
        row<&C::blender, &C::Blender::memory_limit_mb>(
            "blender", "memory_limit_mb", Integer{-1, max_memory_mb},
            "Memory that a started Blender may use, in MiB; 0: all that the machine has; -1: no "
            "limit.",
            memory_rule),
        row<&C::blender, &C::Blender::kill_stuck_after>(
            "blender", "kill_stuck_after_s", Seconds{-1, 3'600},
            "Seconds after its time in which a call that cannot be interrupted must end, or the "
            "started Blender is killed; -1: never.",
            stuck_rule),
        row<&C::blender, &C::Blender::sandbox>(
            "blender", "sandbox", Choice{sandbox_names},
            "Whether the kernel confines a started Blender: its files, the network, processes."),

        row<&C::recovery, &C::Recovery::enabled>(
            "recovery", "enabled", Boolean{},
            "Whether a started Blender keeps copies of the open file, for when it crashes."),
        row<&C::recovery, &C::Recovery::interval>(
            "recovery", "interval_s", Seconds{0.1, 3'600},
            "Seconds between two copies, while the scene changes."),
        row<&C::recovery, &C::Recovery::keep>("recovery", "keep", Integer{1, 20},
                                              "Copies that are kept."),

        row<&C::pool, &C::Pool::max>("pool", "max", Integer{1, 32},
                                     "Connections to Blender at once."),
        row<&C::pool, &C::Pool::min>("pool", "min", Integer{0, 32},
                                     "Connections that are kept open, also when unused."),
        row<&C::pool, &C::Pool::acquire_timeout>(
            "pool", "acquire_timeout_s", Seconds{0.1, 3'600},
            "Seconds that a call waits for a free connection, connecting included."),
        row<&C::pool, &C::Pool::connect_timeout>("pool", "connect_timeout_s", Seconds{0.1, 300},
                                                 "Seconds for connecting and the first greeting."),
        row<&C::pool, &C::Pool::idle_timeout>("pool", "idle_timeout_s", Seconds{1, day},
                                              "Seconds after which an unused connection is "
                                              "closed."),
        row<&C::pool, &C::Pool::health_interval>(
            "pool", "health_interval_s", Seconds{1, 3'600},
            "Seconds between two checks of the unused connections."),
        row<&C::pool, &C::Pool::max_requests_per_connection>(
            "pool", "max_requests_per_connection", Integer{1, 1'000'000'000},
            "Calls after which a connection is replaced by a new one."),

        row<&C::calls, &C::Calls::timeout>("calls", "timeout_s", Seconds{0.1, day},
                                           "Seconds that a call may take in Blender."),
        row<&C::calls, &C::Calls::script_timeout>(
            "calls", "script_timeout_s", Seconds{0.1, day},
            "The same for execute_blender_code, unless the call says otherwise."),
        row<&C::calls, &C::Calls::render_timeout>("calls", "render_timeout_s",
                                                  Seconds{0.1, 7 * day}, "The same for rendering."),
        row<&C::calls, &C::Calls::inactivity_timeout>(
            "calls", "inactivity_timeout_s", Seconds{0.1, 3'600},
            "Longest silence, in seconds, in the middle of a reply."),
        row<&C::calls, &C::Calls::interrupt_grace>(
            "calls", "interrupt_grace_s", Seconds{0.1, 60},
            "Seconds that Blender has to obey an interrupt before the connection is given up."),
        row<&C::calls, &C::Calls::max_reply_bytes>("calls", "max_reply_bytes",
                                                   Integer{kibibyte, 4 * gibibyte},
                                                   "Largest reply from Blender."),
        row<&C::calls, &C::Calls::max_request_bytes>("calls", "max_request_bytes",
                                                     Integer{kibibyte, max_request},
                                                     "Largest request to Blender."),

        row<&C::tools, &C::Tools::set>("tools", "set", Choice{tools::tool_set_names},
                                       "Which tools clients get."),
        row<&C::tools, &C::Tools::enable>("tools", "enable", Texts{},
                                          "Tools besides those of the set.", tools_rule),
        row<&C::tools, &C::Tools::disable>("tools", "disable", Texts{},
                                           "Tools that clients do not get.", tools_rule),
        row<&C::tools, &C::Tools::read_only>(
            "tools", "read_only", Boolean{},
            "Whether tools that can change a scene or a file are left out."),

        live(row<&C::limits, &C::Limits::enabled>("limits", "enabled", Boolean{},
                                                  "Whether calls are limited.")),
        live(row<&C::limits, &C::Limits::per_minute>("limits", "per_minute", Integer{0, million},
                                                     "Calls a minute from one client.")),
        live(row<&C::limits, &C::Limits::scripts_per_minute>("limits", "scripts_per_minute",
                                                             Integer{0, million},
                                                             "The same for execute_blender_code.")),
        live(row<&C::limits, &C::Limits::concurrent>("limits", "concurrent", Integer{1, 10'000},
                                                     "Calls at once from one client.")),
        live(row<&C::limits, &C::Limits::tools>(
            "limits", "tools", Texts{}, "Calls a minute of single tools.", tool_limits_rule)),

        row<&C::cache, &C::Cache::enabled>("cache", "enabled", Boolean{},
                                           "Whether answers of tools that only read are kept."),
        row<&C::cache, &C::Cache::max_entries>("cache", "max_entries", Integer{0, million},
                                               "Answers that are kept."),
        row<&C::cache, &C::Cache::max_bytes>("cache", "max_bytes", Integer{0, 4 * gibibyte},
                                             "Memory for them."),
        row<&C::cache, &C::Cache::ttl>("cache", "ttl_s", Seconds{0.001, 7 * day},
                                       "Seconds that an answer is kept."),
        row<&C::cache, &C::Cache::plain_ttl>(
            "cache", "plain_ttl_s", Seconds{0.001, 7 * day},
            "The same when Blender cannot say whether its scene has changed."),
        row<&C::cache, &C::Cache::ttl_min>("cache", "ttl_min_s", Seconds{0.001, 7 * day},
                                           "Shorter times are made so long."),
        row<&C::cache, &C::Cache::ttl_max>("cache", "ttl_max_s", Seconds{0.001, 7 * day},
                                           "Longer times are made so short."),

        live(row<&C::script, &C::Script::policy>("script", "policy", Choice{script_policy_names},
                                                 "What dangerous code in a script leads to.")),
        live(row<&C::script, &C::Script::allow_modules>(
            "script", "allow_modules", Texts{},
            "The modules that scripts may import; empty: all of them.", modules_rule)),
        live(row<&C::script, &C::Script::allow_sha256>(
            "script", "allow_sha256", Texts{}, "Scripts that are always allowed.", sha256_rule)),
        live(row<&C::script, &C::Script::rules>(
            "script", "rules", Texts{}, "Other actions for single rules.", script_rules_rule)),
        live(row<&C::script, &C::Script::trusted_folders>(
            "script", "trusted_folders", Texts{}, "Folders of scripts that are known to be safe.",
            roots_rule)),
        row<&C::script, &C::Script::audit_hook>(
            "script", "audit_hook", Boolean{},
            "Whether a started Blender refuses what scripts do beside the scene: processes, "
            "network, files elsewhere."),

        row<&C::files, &C::Files::roots>(
            "files", "roots", Texts{},
            "The folders in which files are read and written; empty: the temporary folder, and "
            "those of the home that are not hidden.",
            roots_rule),

        row<&C::assets, &C::Assets::providers>("assets", "providers", Texts{},
                                               "Where assets come from; empty: from nowhere.",
                                               providers_rule),
        row<&C::assets, &C::Assets::folders>("assets", "folders", Texts{},
                                             "Folders of your own with assets.", roots_rule),
        row<&C::assets, &C::Assets::cache_folder>(
            "assets", "cache_folder", Text{},
            "Where downloads are kept; empty: in blender-mcpd/assets in the cache folder.",
            path_rule),
        row<&C::assets, &C::Assets::cache_bytes>(
            "assets", "cache_bytes", Integer{0, std::int64_t{1} << 50},
            "Bytes of downloads that are kept; the longest unused go."),
        row<&C::assets, &C::Assets::max_download_bytes>("assets", "max_download_bytes",
                                                        Integer{1, std::int64_t{1} << 40},
                                                        "Bytes that one asset may have."),
        row<&C::assets, &C::Assets::resolution>(
            "assets", "resolution", Text{}, "The resolution of assets when a call asks for none.",
            resolution_rule),
        row<&C::assets, &C::Assets::pack>(
            "assets", "pack", Boolean{},
            "Whether the images of what was downloaded are packed into the .blend file."),
        row<&C::assets, &C::Assets::connect_timeout>(
            "assets", "connect_timeout_s", Seconds{0.1, 600}, "Seconds to connect to a provider."),
        row<&C::assets, &C::Assets::inactivity_timeout>(
            "assets", "inactivity_timeout_s", Seconds{0.1, 3'600},
            "Seconds in which nothing comes before a download fails."),
        row<&C::assets, &C::Assets::timeout>("assets", "download_timeout_s", Seconds{1, day},
                                             "Seconds that one file may take."),
        row<&C::assets, &C::Assets::polyhaven_url>("assets", "polyhaven_url", Text{},
                                                   "The server of Poly Haven.", provider_url_rule),
        row<&C::assets, &C::Assets::ambientcg_url>("assets", "ambientcg_url", Text{},
                                                   "The server of ambientCG.", provider_url_rule),
        row<&C::assets, &C::Assets::sketchfab_url>("assets", "sketchfab_url", Text{},
                                                   "The server of Sketchfab.", provider_url_rule),
        row<&C::assets, &C::Assets::polypizza_url>("assets", "polypizza_url", Text{},
                                                   "The server of Poly Pizza.", provider_url_rule),
        names_key(row<&C::assets, &C::Assets::sketchfab_token_file>(
            "assets", "sketchfab_token_file", Text{},
            "The file with your API token of Sketchfab; empty: none.", path_rule)),
        names_key(row<&C::assets, &C::Assets::polypizza_key_file>(
            "assets", "polypizza_key_file", Text{},
            "The file with your API key of Poly Pizza; empty: none.", path_rule)),

        names_key(row<&C::generation, &C::Generation::rodin_key_file>(
            "generation", "rodin_key_file", Text{},
            "The file with your API key of Hyper3D Rodin; empty: none.", path_rule)),
        names_key(row<&C::generation, &C::Generation::fal_key_file>(
            "generation", "fal_key_file", Text{}, "The file with your API key of fal; empty: none.",
            path_rule)),
        row<&C::generation, &C::Generation::hunyuan_url>(
            "generation", "hunyuan_url", Text{},
            "Your server of Hunyuan3D, which needs no key; empty: there is none.",
            optional_url_rule),
        row<&C::generation, &C::Generation::hunyuan_texture>(
            "generation", "hunyuan_texture", Boolean{},
            "Whether that server was started so that it can paint its models."),
        row<&C::generation, &C::Generation::timeout>(
            "generation", "timeout_s", Seconds{1, day},
            "Seconds from the order of a model to its end."),
        row<&C::generation, &C::Generation::rodin_url>(
            "generation", "rodin_url", Text{}, "The server of Hyper3D Rodin.", provider_url_rule),
        row<&C::generation, &C::Generation::fal_url>("generation", "fal_url", Text{},
                                                     "The server of fal.", provider_url_rule),

        row<&C::mcp, &C::Mcp::max_line_bytes>("mcp", "max_line_bytes", Integer{kibibyte, gibibyte},
                                              "Longest message that is accepted on standard "
                                              "input or the socket."),
        row<&C::mcp, &C::Mcp::attach>(
            "mcp", "attach", Choice{attach_names},
            "Whether `blender-mcpd stdio` hands its client to a daemon that runs."),

        row<&C::socket, &C::Socket::enabled>(
            "socket", "enabled", Boolean{},
            "Whether `blender-mcpd serve` listens on a Unix socket."),
        row<&C::socket, &C::Socket::path>(
            "socket", "path", Text{},
            "Where that socket is; empty: blender-mcpd/daemon.sock in the runtime folder.",
            path_rule),
        row<&C::socket, &C::Socket::max_connections>(
            "socket", "max_connections", Integer{1, 10'000}, "Clients at once on that socket."),

        row<&C::http, &C::Http::host>("http", "host", Text{}, "The address to listen on.",
                                      listen_rule),
        row<&C::http, &C::Http::port>("http", "port", Integer{0, 65'535},
                                      "The TCP port to listen on; 0: any that is free."),
        row<&C::http, &C::Http::auth>("http", "auth", Boolean{},
                                      "Whether clients must know the token."),
        live(row<&C::http, &C::Http::token_file>(
            "http", "token_file", Text{},
            "The file with the token; empty: one of your own in the runtime folder.", path_rule)),
        live(row<&C::http, &C::Http::allowed_origins>(
            "http", "allowed_origins", Texts{},
            "Web pages that may connect beside those of this machine.", origins_rule)),
        live(row<&C::http, &C::Http::allowed_hosts>(
            "http", "allowed_hosts", Texts{},
            "Names under which clients may reach us beside localhost.", hosts_rule)),
        row<&C::http, &C::Http::max_connections>("http", "max_connections", Integer{1, 100'000},
                                                 "Connections at once."),
        row<&C::http, &C::Http::max_body_bytes>("http", "max_body_bytes",
                                                Integer{kibibyte, gibibyte}, "Longest message."),
        row<&C::http, &C::Http::max_sessions>("http", "max_sessions", Integer{1, 100'000},
                                              "Sessions at once."),
        row<&C::http, &C::Http::session_idle>(
            "http", "session_idle_s", Seconds{1, 7 * day},
            "Seconds after which a session that nobody uses ends."),
        live(row<&C::http, &C::Http::open_metrics>("http", "open_metrics", Boolean{},
                                                   "Whether /metrics needs no token.")),
        live(row<&C::http, &C::Http::status_page>(
            "http", "status_page", Boolean{},
            "Whether there is a page that shows what happens, for browsers.")),

        live(row<&C::log, &C::Log::level>("log", "level", Choice{level_names},
                                          "The least important records that are written.")),
        live(row<&C::log, &C::Log::format>("log", "format", Choice{format_names},
                                           "Lines for people, or JSON objects for machines.")),
        live(row<&C::log, &C::Log::file>(
            "log", "file", Text{}, "The file that the log is appended to; empty: standard error.",
            path_rule)),

        row<&C::metrics, &C::Metrics::file>(
            "metrics", "file", Text{},
            "Where metrics are written for Prometheus; empty: where `blender-mcpd metrics` looks.",
            path_rule),

        live(row<&C::audit, &C::Audit::path>(
            "audit", "path", Text{},
            "The file that a line is appended to for every call of a tool; empty: none.",
            path_rule)),
        live(row<&C::audit, &C::Audit::arguments>(
            "audit", "arguments", Choice{audit_arguments_names},
            "What is kept there of the arguments: nothing, a SHA-256, or all but secrets.")),
        live(row<&C::audit, &C::Audit::results>(
            "audit", "results", Choice{audit_results_names},
            "What is kept there of the results: a SHA-256, or the text but for secrets.")),
        live(row<&C::audit, &C::Audit::max_bytes>(
            "audit", "max_bytes", Integer{0, 4 * gibibyte},
            "Bytes after which another file is begun; 0: never.")),
        live(row<&C::audit, &C::Audit::keep>("audit", "keep", Integer{1, 1'000},
                                             "Files that are kept besides the current one.")),
    };
    return rows;
}

}  // namespace

std::span<const Setting> settings() {
    return table();
}

const Setting* find_setting(std::string_view name) {
    const auto dot = std::min(name.find('.'), name.size());
    const auto section = name.substr(0, dot);
    const auto key = name.substr(std::min(dot + 1, name.size()));
    const auto found = std::ranges::find_if(settings(), [&](const Setting& setting) {
        return setting.section == section && setting.key == key;
    });
    return found == settings().end() ? nullptr : &*found;
}

std::string full_name(const Setting& setting) {
    return std::string(setting.section) + '.' + std::string(setting.key);
}

std::string variable(const Setting& setting) {
    std::string name(variable_prefix);
    for (const char letter : full_name(setting)) {
        if (letter == '.') {
            name += '_';
        } else {
            name += letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
        }
    }
    return name;
}

std::string key_variable(const Setting& setting) {
    constexpr std::string_view ending = "_FILE";
    if (!setting.names_key) return {};
    auto name = variable(setting);
    name.resize(name.size() - ending.size());
    return name;
}

Value default_value(const Setting& setting) {
    return setting.get(Config{});
}

}  // namespace blender_mcpd::app
