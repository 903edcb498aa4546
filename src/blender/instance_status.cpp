#include "instance_impl.hpp"
#include "probe.hpp"

#include <blender_mcpd/blender/locate.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

namespace {

core::Json to_json(const HealthReport& report, core::TimePoint now) {
    core::Json json{{"state", to_string(report.health)},
                    {"message", report.message},
                    {"failures_in_a_row", report.failures_in_a_row}};
    if (report.latency)
        json["latency_ms"] = std::chrono::duration<double, std::milli>(*report.latency).count();
    if (report.checked) json["checked_s_ago"] = core::seconds(now - *report.checked);
    return json;
}

/// A status waits no longer for a look.
constexpr std::chrono::milliseconds glance_limit{700};

void add_verdict(core::Json& status, const link::Detected& found) {
    auto& endpoint = status["endpoint"];
    endpoint["family"] = link::to_string(found.family);
    if (!found.version.empty()) endpoint["version"] = found.version;
    endpoint["description"] = found.description;
    if (found.dialect) endpoint["dialect"] = link::to_string(*found.dialect);
}

}  // namespace

std::string Instance::recent_output() const {
    const auto& last = impl_->running ? impl_->running : impl_->dead;
    return last ? last->blender->process->output_tail() : std::string();
}

asio::awaitable<core::Json> Instance::status() {
    const auto impl = impl_;
    core::Json status{{"state", "not_running"}, {"message", ""}, {"next_step", ""}};
    if (impl->health.report().health != Health::unknown)
        status["health"] = to_json(impl->health.report(), impl->timers.now());
    status["endpoint"] = {{"host", impl->options.listener.host},
                          {"port", impl->options.listener.port}};

    if (const auto attached = impl->attached) {
        status.update(co_await attached->status());
        if (const auto& last = impl->lookout->last()) add_verdict(status, *last);
        auto& endpoint = status["endpoint"];
        if (impl->options.native) {
            endpoint = {{"host", "127.0.0.1"}, {"port", impl->options.native->port}};
            endpoint["carrier"] = "native";
        } else if (!endpoint.contains("carrier")) {
            endpoint["carrier"] = link::to_string(*impl->attached_dialect);
            endpoint["bootstrap"] = impl->options.bootstrap
                                        ? "The add-on is used as it is: the runtime cannot come in "
                                          "through one of this kind"
                                        : "The add-on is used as it is: blender.bootstrap is "
                                          "\"never\"";
        }
        co_return status;
    }
    if (impl->options.native) {
        status["state"] = "ready";
        status["message"] = "blender-mcpd's add-on listens; the first call connects to it";
        status["blender"] = {{"pid", impl->options.native->pid}};
        co_return status;
    }
    if (const auto& last = impl->lookout->last()) add_verdict(status, *last);
    status["recovery"] = impl->recovery->status();
    if (const auto running = impl->running; running && running->alive()) {
        status.update(co_await running->status());
        co_return status;
    }
    if (impl->start) {
        status["state"] = "starting";
        status["message"] = "Blender is starting";
        status["next_step"] = "Call any tool; it waits until Blender is ready.";
        co_return status;
    }
    const bool listening = co_await answers(impl->timers, impl->options.listener, probe_timeout);
    status["endpoint"]["listening"] = listening;
    std::optional<link::Detected> found;
    const bool looks =
        listening && impl->options.detect && impl->options.mode != LaunchMode::always;
    if (looks) found = co_await impl->lookout->glance(glance_limit);
    if (found) add_verdict(status, *found);
    const bool is_in_the_way = looks && (!found || link::may_be_blender(found->family) ||
                                         impl->options.mode == LaunchMode::never);
    if (const auto refused = impl->recovery->refusal()) {
        status["state"] = "failed";
        status["message"] = refused->message;
        status["next_step"] = refused->remedy;
    } else if (!impl->news.empty()) {
        status["state"] = "failed";
        status["message"] = impl->news.begin()->second.message;
        status["next_step"] =
            "Call any tool: the first call reports this, the second starts a new Blender.";
    } else if (found && found->dialect) {
        status["state"] = "ready";
        status["message"] = fmt::format("On {} is {}; the first call connects to it", impl->where(),
                                        found->description);
    } else if (is_in_the_way) {
        status["state"] = "foreign_service";
        status["message"] =
            found ? impl->not_usable(*found).message
                  : fmt::format("Something listens on {} and has not said yet what it is",
                                impl->where());
        status["next_step"] = found ? found->remedy : "Ask again in a few seconds.";
    } else if (listening && !looks && impl->options.dialect &&
               impl->options.mode != LaunchMode::always) {
        status["state"] = "ready";
        status["message"] = "Blender's add-on listens";
        status["endpoint"]["dialect"] = link::to_string(*impl->options.dialect);
    } else if (listening && !looks && impl->options.mode != LaunchMode::always) {
        status["state"] = "foreign_service";
        status["message"] = fmt::format(
            "Something else listens on {}:{}, perhaps a Blender add-on; this version cannot use it",
            impl->options.listener.host, impl->options.listener.port);
        status["next_step"] =
            "End it, or set blender.launch = \"always\" and restart blender-mcpd.";
    } else if (impl->last_start_error) {
        status["state"] = "failed";
        status["message"] = impl->last_start_error->message;
        status["next_step"] = impl->last_start_error->remedy;
    } else if (impl->options.mode == LaunchMode::never) {
        status["message"] = "No Blender listens, and blender.launch is \"never\"";
        status["next_step"] = "Set blender.launch = \"auto\".";
    } else if (const auto program = find_blender(usual_places(impl->options.launch.executable));
               program) {
        status["message"] = "No Blender is running yet";
        if (found)
            status["message"] = fmt::format("No Blender is running yet; on {} is {}", impl->where(),
                                            found->description);
        status["next_step"] = "Call any tool: a headless Blender is started for it.";
        status["blender"] = {{"executable", program->string()}};
    } else {
        status["state"] = "failed";
        status["message"] = program.error().message;
        status["next_step"] = program.error().remedy;
    }
    co_return status;
}

}  // namespace blender_mcpd::blender
