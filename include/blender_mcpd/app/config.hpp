// The configuration of the daemon as the rest of the code sees it: one plain struct, complete and
// valid. Where its values come from, and their rules, is in one table: src/app/settings.cpp.
#pragma once

#include <blender_mcpd/app/logging.hpp>
#include <blender_mcpd/tools/tool_set.hpp>

#include <boost/system/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace blender_mcpd::app {

enum class Launch {
    automatic,  // "auto": use the Blender that listens, else start one
    always,     // start one, whatever listens
    never,      // only use one that listens
};

/// Whether `blender-mcpd stdio` becomes a proxy to a daemon that runs already.
enum class Attach {
    automatic,  // "auto": when one answers, else serve by itself
    always,     // or fail
    never,      // serve by itself
};

/// What findings in a script lead to.
enum class ScriptPolicy { off, warn, ask, block };

enum class Dialect {
    automatic,  // "auto": find out
    native,     // the wire of our own runtime
    seed,       // {"command":…,"data":…}
    ahujasid,   // {"type":…,"params":…}
    lab,        // {"type":"execute","code":…}, and a NUL
    djeada,     // {"command":…,"params":…}, by line
    ageless,    // {"capability":…,"payload":…}, by line
};

/// Whether a started Blender is confined by the kernel.
enum class Sandbox {
    off,
    automatic,  // "auto": as far as the kernel can
    require,    // or no Blender is started
};

/// Whether the runtime is brought in through an add-on of somebody else's.
enum class Bootstrap { automatic, never };

/// What the audit log keeps of the arguments of a call.
enum class AuditArguments {
    none,
    hash,  // SHA-256 of their canonical JSON
    full,  // also they themselves, without what looks like a secret
};

/// What it keeps of its result.
enum class AuditResults {
    hash,  // size and SHA-256
    full,  // also its structured content or text, without what looks like a secret
};

/// The initial values are the defaults. Explained in config/blender-mcpd.toml.
struct Config {
    struct Blender {
        std::string host = "127.0.0.1";
        std::uint16_t port = 9876;
        Dialect dialect = Dialect::automatic;
        Bootstrap bootstrap = Bootstrap::automatic;
        Launch launch = Launch::automatic;
        std::string executable;  // an absolute path; empty: search for one
        bool factory_startup = true;
        std::string blend_file;  // an absolute path; empty: none
        std::chrono::milliseconds start_timeout{60'000};
        std::int64_t memory_limit_mb = 0;  // 0: the memory of the machine; -1: no limit
        std::chrono::milliseconds kill_stuck_after{20'000};  // -1 s: never
        Sandbox sandbox = Sandbox::automatic;
        bool operator==(const Blender&) const = default;
    } blender;

    struct Recovery {
        bool enabled = true;
        std::chrono::milliseconds interval{10'000};
        std::size_t keep = 3;
        bool operator==(const Recovery&) const = default;
    } recovery;

    struct Pool {
        std::size_t max = 1;
        std::size_t min = 0;  // at most max
        std::chrono::milliseconds acquire_timeout{30'000};
        std::chrono::milliseconds connect_timeout{5'000};
        std::chrono::milliseconds idle_timeout{300'000};
        std::chrono::milliseconds health_interval{30'000};
        std::uint64_t max_requests_per_connection = 10'000;
        bool operator==(const Pool&) const = default;
    } pool;

    struct Calls {
        std::chrono::milliseconds timeout{60'000};
        std::chrono::milliseconds script_timeout{120'000};
        std::chrono::milliseconds render_timeout{3'600'000};
        std::chrono::milliseconds inactivity_timeout{30'000};
        std::chrono::milliseconds interrupt_grace{2'000};
        std::size_t max_reply_bytes = std::size_t{256} << 20;
        std::size_t max_request_bytes = std::size_t{64} << 20;
        bool operator==(const Calls&) const = default;
    } calls;

    struct Tools {
        tools::ToolSet set = tools::ToolSet::standard;
        std::vector<std::string> enable;
        std::vector<std::string> disable;  // goes before enable
        bool read_only = false;            // goes before both
        bool operator==(const Tools&) const = default;
    } tools;

    struct Limits {
        bool enabled = true;
        std::int64_t per_minute = 600;
        std::int64_t scripts_per_minute = 120;
        std::size_t concurrent = 256;
        std::vector<std::string> tools;  // "render = 6"
        bool operator==(const Limits&) const = default;
    } limits;

    struct Cache {
        bool enabled = true;
        std::size_t max_entries = 256;
        std::size_t max_bytes = std::size_t{64} << 20;
        std::chrono::milliseconds ttl{300'000};
        std::chrono::milliseconds plain_ttl{2'000};
        std::chrono::milliseconds ttl_min{1'000};
        std::chrono::milliseconds ttl_max{86'400'000};
        bool operator==(const Cache&) const = default;
    } cache;

    struct Script {
        ScriptPolicy policy = ScriptPolicy::warn;
        std::vector<std::string> allow_modules;  // not empty: nothing else may be imported
        std::vector<std::string> allow_sha256;
        std::vector<std::string> rules;            // "file.write = block"
        std::vector<std::string> trusted_folders;  // absolute
        bool audit_hook = true;
        bool operator==(const Script&) const = default;
    } script;

    struct Files {
        std::vector<std::string> roots;  // absolute; empty: the home and the temporary folder
        bool operator==(const Files&) const = default;
    } files;

    struct Assets {
        std::vector<std::string> providers{"polyhaven", "ambientcg", "local", "sketchfab",
                                           "polypizza"};
        std::vector<std::string> folders;  // absolute
        std::string cache_folder;          // an absolute path; empty: below XDG_CACHE_HOME
        std::uint64_t cache_bytes = std::uint64_t{8} << 30;
        std::uint64_t max_download_bytes = std::uint64_t{2} << 30;
        std::string resolution = "2k";
        bool pack = true;
        std::chrono::milliseconds connect_timeout{10'000};
        std::chrono::milliseconds inactivity_timeout{30'000};
        std::chrono::milliseconds timeout{1'800'000};
        std::string polyhaven_url = "https://api.polyhaven.com";
        std::string ambientcg_url = "https://ambientcg.com";
        std::string sketchfab_url = "https://api.sketchfab.com";
        std::string polypizza_url = "https://api.poly.pizza";
        std::string sketchfab_token_file;  // an absolute path; empty: none. See provider_key()
        std::string polypizza_key_file;    // the same
        bool operator==(const Assets&) const = default;
    } assets;

    struct Generation {
        std::string rodin_key_file;  // an absolute path; empty: none. See provider_key()
        std::string fal_key_file;    // the same
        std::string hunyuan_url;     // empty: there is none
        bool hunyuan_texture = false;
        std::chrono::milliseconds timeout{1'800'000};
        std::string rodin_url = "https://hyperhuman.deemos.com";
        std::string fal_url = "https://queue.fal.run";
        bool operator==(const Generation&) const = default;
    } generation;

    struct Mcp {
        std::size_t max_line_bytes = std::size_t{64} << 20;
        Attach attach = Attach::automatic;
        bool operator==(const Mcp&) const = default;
    } mcp;

    struct Socket {
        bool enabled = true;
        std::string path;  // absolute; empty: see socket_path()
        std::size_t max_connections = 256;
        bool operator==(const Socket&) const = default;
    } socket;

    struct Http {
        std::string host = "127.0.0.1";  // an IP address or "localhost"
        std::uint16_t port = 9877;       // 0: any that is free
        bool auth = true;
        std::string token_file;  // an absolute path; empty: "token" in the state folder
        std::vector<std::string> allowed_origins;
        std::vector<std::string> allowed_hosts;
        std::size_t max_connections = 1'024;
        std::size_t max_body_bytes = std::size_t{16} << 20;
        std::size_t max_sessions = 256;
        std::chrono::milliseconds session_idle{1'800'000};
        bool open_metrics = false;
        bool status_page = true;
        bool operator==(const Http&) const = default;
    } http;

    struct Log {
        LogLevel level = LogLevel::info;
        LogFormat format = LogFormat::text;
        std::string file;  // an absolute path; empty: stderr
        bool operator==(const Log&) const = default;
    } log;

    struct Metrics {
        std::string file;  // an absolute path; empty: a file of its own in the runtime folder
        bool operator==(const Metrics&) const = default;
    } metrics;

    struct Audit {
        std::string path;  // absolute; empty: off
        AuditArguments arguments = AuditArguments::hash;
        AuditResults results = AuditResults::hash;
        std::uint64_t max_bytes = std::uint64_t{64} << 20;  // 0: never rotated
        std::size_t keep = 5;
        bool operator==(const Audit&) const = default;
    } audit;

    bool operator==(const Config&) const = default;
};

/// A value given on the command line.
struct Override {
    std::string key;   // "blender.port"
    std::string text;  // "9876"
    std::string flag;  // "--blender-port": how messages call it
};

struct ConfigSources {
    std::optional<std::string>
        file;  // --config; must exist. Without it, the user's own file if there is one
    std::map<std::string, std::string> environment;
    std::vector<Override> overrides;  // the last one of a key wins
};

[[nodiscard]] std::map<std::string, std::string> process_environment();

struct Origin {
    enum class Kind {
        fallback,     // the default
        file,         // where = "/path/config.toml:12"
        environment,  // where = "BLENDER_MCPD_BLENDER_PORT"
        flag,         // where = "--blender-port"
    } kind = Kind::fallback;
    std::string where;
};

struct LoadedConfig {
    Config values;
    std::map<std::string, Origin> origins;  // of every setting, by key ("blender.port")
    std::string file;                       // the file that was read; empty: none
};

struct ConfigError {
    std::string where;    // the file and line, the variable or the flag
    std::string message;  // which rule is broken; a sentence without a full stop
    std::string remedy;
};
using ConfigErrors = std::vector<ConfigError>;

std::ostream& operator<<(std::ostream& out, const ConfigError& error);
/// All of them, one a line.
[[nodiscard]] std::string describe(const ConfigErrors& errors);

/// Found by boost::system::result when value() is called on errors: a bug, hence an exception.
[[noreturn]] void throw_exception_from_error(const ConfigErrors& errors,
                                             const boost::source_location& where);

/// Flags win over the environment, that over the file, that over the defaults. Every given value is
/// checked, also one that another overrules, and all errors are returned together. An empty
/// variable counts as unset.
[[nodiscard]] boost::system::result<LoadedConfig, ConfigErrors> load_config(
    const ConfigSources& sources);

/// A configuration file with the effective values; a comment after each says where it came from.
[[nodiscard]] std::string render_effective(const LoadedConfig& config);

/// The same without the comments.
[[nodiscard]] std::string render_settings(const Config& config);

}  // namespace blender_mcpd::app
