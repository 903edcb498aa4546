// What listens where: Blender's address, ours over HTTP, and the daemons on the Unix socket.
#include "daemon.hpp"
#include "doctor.hpp"
#include "listeners.hpp"
#include "shared_socket.hpp"

#include <blender_mcpd/core/clock.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/detect.hpp>
#include <blender_mcpd/transport/attach.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

namespace blender_mcpd::app {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds identify_limit{4'200};
constexpr std::chrono::milliseconds attach_limit{2'000};

std::vector<Listener> listeners_at(const DoctorEnvironment& environment, const std::string& host,
                                   std::uint16_t port) {
    auto found = listeners_on(environment.proc, port);
    std::erase_if(found, [&](const Listener& listener) { return !reaches(host, listener); });
    return found;
}

core::Json facts_of(const std::string& host, std::uint16_t port,
                    const std::vector<Listener>& listeners) {
    core::Json facts{{"host", host}, {"port", port}};
    auto programs = core::Json::array();
    for (const auto& listener : listeners)
        programs.push_back({{"address", listener.address},
                            {"process", listener.process},
                            {"program", listener.program}});
    facts["listeners"] = std::move(programs);
    return facts;
}

bool is_ours(const Listener& listener) {
    return fs::path(listener.program).filename() == "blender-mcpd";
}

/// What is to be said when nobody is at Blender's address.
Finding nobody(const Config& config, const std::string& address) {
    Finding finding{"endpoint", CheckState::ok, {}};
    if (config.blender.launch == Launch::never) {
        finding.state = CheckState::error;
        finding.message =
            fmt::format("nothing answers at {}, and blender.launch is never", address);
        finding.remedy = "Open Blender and start its add-on, or set blender.launch to auto";
    } else {
        finding.message =
            fmt::format("nothing answers at {}: a Blender is started when one is needed", address);
    }
    return finding;
}

bool answers(const link::Detected& found) {
    return found.family != link::Family::nothing && found.family != link::Family::unreachable &&
           found.family != link::Family::undecided;
}

Finding somebody(const Config& config, const std::string& address,
                 const std::vector<Listener>& listeners, const link::Detected& found) {
    Finding finding{"endpoint", CheckState::ok, {}};
    const auto who = listeners.empty() ? std::string("a program") : describe(listeners.front());
    if (std::ranges::any_of(listeners, is_ours)) {
        finding.state = CheckState::error;
        finding.message = fmt::format("{} is a blender-mcpd, not a Blender: {}", address, who);
        finding.remedy = "Set blender.port, or http.port, to another port";
        return finding;
    }
    finding.message = fmt::format("{} listens at {}", who, address);
    if (!answers(found)) {
        finding.state = CheckState::warning;
        finding.message += ", but takes no connection";
        finding.remedy =
            "It hangs, or has too many clients: end what else uses it, or start it anew";
        return finding;
    }
    finding.message += ": " + found.description;
    const auto expected = dialect_of(config.blender.dialect);
    if (config.blender.dialect == Dialect::automatic) {
        finding.remedy = found.remedy;
        if (!found.dialect)
            finding.state =
                link::may_be_blender(found.family) || config.blender.launch == Launch::never
                    ? CheckState::warning
                    : CheckState::note;
    } else if (found.dialect && found.dialect != expected) {
        finding.state = CheckState::warning;
        finding.remedy = "Set blender.dialect to auto: it is set to something else";
    }
    return finding;
}

void note_several(const std::vector<Listener>& listeners, Finding& finding) {
    if (listeners.size() < 2) return;
    finding.state = std::max(finding.state, CheckState::warning);
    finding.message += fmt::format("; {} at {} too", describe(listeners[1]), listeners[1].address);
    if (finding.remedy.empty()) finding.remedy = "End one of them: clients may reach either";
}

using Attached = std::optional<core::Result<transport::Attachment>>;

asio::awaitable<void> ask(core::Timers& timers, std::string path, Attached& attached) {
    attached.emplace(co_await transport::attach(timers, std::move(path), attach_limit));
}

}  // namespace

Findings check_endpoint(const DoctorEnvironment& environment, const Config& config) {
    const auto& [host, port] = std::pair{config.blender.host, config.blender.port};
    const auto listeners = listeners_at(environment, host, port);
    const auto address = fmt::format("{}:{}", host, port);
    const auto found = environment.identify({host, port}, identify_limit);
    auto finding = listeners.empty() && !answers(found)
                       ? nobody(config, address)
                       : somebody(config, address, listeners, found);
    note_several(listeners, finding);
    finding.facts = facts_of(host, port, listeners);
    finding.facts["answers"] = answers(found);
    finding.facts["family"] = link::to_string(found.family);
    finding.facts["version"] = found.version;
    return {std::move(finding)};
}

Findings check_http(const DoctorEnvironment& environment, const Config& config) {
    const auto& [host, port] = std::pair{config.http.host, config.http.port};
    if (port == 0) return {{"http", CheckState::ok, "blender-mcpd serve takes any free port"}};
    const auto listeners = listeners_at(environment, host, port);
    Finding finding{"http", CheckState::ok, {}, {}, facts_of(host, port, listeners)};
    if (listeners.empty()) {
        finding.message = fmt::format("port {} is free for blender-mcpd serve", port);
    } else if (std::ranges::all_of(listeners, is_ours)) {
        finding.message =
            fmt::format("a blender-mcpd serves on port {}: {}", port, describe(listeners.front()));
    } else {
        const auto other = std::ranges::find_if_not(listeners, is_ours);
        finding.state = CheckState::warning;
        finding.message = fmt::format("port {} is taken by {}", port, describe(*other));
        finding.remedy = "blender-mcpd serve would fail: end that program, or set http.port";
    }
    return {std::move(finding)};
}

Findings check_daemons(const DoctorEnvironment& environment, const Config& config) {
    const auto path = socket_path(config, environment.variables);
    Finding finding{"daemon", CheckState::ok, {}, {}, {{"socket", path}}};
    std::error_code error;
    const auto there = fs::symlink_status(path, error);
    if (!fs::exists(there)) {
        finding.message = "none runs that others could share";
        return {std::move(finding)};
    }
    if (!fs::is_socket(there)) {
        finding.state = CheckState::warning;
        finding.message = fmt::format("{} is no socket: daemons cannot be shared", path);
        finding.remedy = fmt::format("Remove it: rm '{}'", path);
        return {std::move(finding)};
    }
    asio::io_context io;
    const core::SteadyClock clock;
    core::Timers timers(io.get_executor(), clock);
    Attached attached;
    asio::co_spawn(io, ask(timers, path, attached), asio::detached);
    io.run();
    if (attached && *attached) {
        const auto& daemon = **attached;
        finding.facts["version"] = daemon.version;
        finding.facts["process"] = daemon.process;
        finding.message = fmt::format("blender-mcpd {} (process {}) serves at {}", daemon.version,
                                      daemon.process, path);
        return {std::move(finding)};
    }
    const auto failure = attached ? attached->error() : core::Error{};
    if (failure.code == core::ErrorCode::not_found) {
        finding.state = CheckState::note;
        finding.message = fmt::format("none runs; a dead one has left {}", path);
        finding.remedy = "Nothing to do: the next one takes its place";
    } else {
        finding.state = CheckState::warning;
        finding.message = fmt::format("the daemon at {} cannot be used: {}", path, failure.message);
        finding.remedy = failure.remedy.empty()
                             ? "End it; clients start a blender-mcpd of their own until then"
                             : failure.remedy;
    }
    return {std::move(finding)};
}

namespace {

asio::awaitable<void> look(core::Timers& timers, link::Endpoint endpoint, core::CancelToken cancel,
                           link::Detected& found) {
    const link::DetectOptions options;
    found = co_await link::detect(timers, std::move(endpoint), options, std::move(cancel));
}

}  // namespace

link::Detected identify_endpoint(const link::Endpoint& endpoint, std::chrono::milliseconds limit) {
    asio::io_context io;
    const core::SteadyClock clock;
    core::Timers timers(io.get_executor(), clock);
    core::CancelSource cancel;
    core::Timer deadline(timers, "doctor.identify");
    deadline.start(limit, [&] { cancel.cancel(core::CancelReason::client); });
    link::Detected found;
    asio::co_spawn(io, look(timers, endpoint, cancel.token(), found),
                   [&](const std::exception_ptr&) { deadline.cancel(); });
    io.run();
    return found;
}

}  // namespace blender_mcpd::app
