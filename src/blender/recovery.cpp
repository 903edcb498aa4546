#include "recovery.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace blender_mcpd::blender {

namespace {

constexpr std::size_t folders_of_killed_daemons = 2;
constexpr std::size_t calls_in_a_report = 20;

core::Json to_json(const LoggedCall& call, core::TimePoint now) {
    core::Json json{{"op", call.op},
                    {"args", call.args},
                    {"outcome", core::excerpt(call.outcome, CallLog::max_args_bytes)},
                    {"began_s_ago", core::seconds(now - call.began)}};
    if (call.ended) json["took_s"] = core::seconds(*call.ended - call.began);
    if (!call.changes.empty()) json["changes"] = call.changes;
    return json;
}

core::Json to_json(const RestorePoint& point) {
    return {{"path", point.path}, {"file", point.file}, {"is_copy", !point.document.empty()}};
}

}  // namespace

Recovery::Recovery(core::Timers& timers, RecoveryOptions options)
    : timers_(timers),
      options_(std::move(options)),
      reports_(options_.folder.empty() ? std::filesystem::path() : options_.folder / "crashes") {}

std::optional<core::Json> Recovery::begin_life() {
    ++life_;
    began_ = timers_.now();
    if (!options_.enabled || options_.folder.empty()) return std::nullopt;
    if (!folder_) {
        auto made =
            PrivateFolder::create_in(options_.folder / "recovery", folders_of_killed_daemons);
        if (!made) {
            if (!std::exchange(warned_, true))
                spdlog::warn("no recovery copies: {}", core::describe(made.error()));
            return std::nullopt;
        }
        folder_ = *made;
    }
    return core::Json{{"folder", folder_->path().string()},
                      {"life", life_},
                      {"keep", options_.keep},
                      {"interval_s", core::seconds(options_.interval)}};
}

core::Json Recovery::report(const DeathFacts& facts) const {
    const auto now = timers_.now();
    core::Json calls = core::Json::array();
    for (const auto& call : log.last(calls_in_a_report))
        calls.push_back(to_json(call, now));
    auto hello = core::parse_json(facts.hello.empty() ? "{}" : facts.hello);
    return {{"time", wall_time()},
            {"how", describe(facts.status)},
            {"exit_code", facts.status.code},
            {"signal", facts.status.signal},
            {"cause", facts.cause},
            {"pid", facts.pid},
            {"lived_s", core::seconds(now - began_)},
            {"versions",
             {{"blender-mcpd", options_.version}, {"blender", hello ? *hello : core::Json()}}},
            {"executable", facts.executable},
            {"calls", std::move(calls)},
            {"restored", nullptr},
            {"output", facts.output}};
}

void Recovery::keep(core::Json report) {
    last_path_ = reports_.write(report);
    last_report_ = std::move(report);
}

Death Recovery::died(const DeathFacts& facts) {
    died_ = timers_.now();
    loop_.died(died_);
    last_how_ = describe(facts.status) + (facts.cause.empty() ? "" : "; " + facts.cause);
    deviated_ = false;
    plan_.clear();
    known_file_ = false;
    Death death{last_how_, "Everything that was not saved is lost", {}};
    if (folder_) {
        const auto found = read_findings(folder_->path());
        known_file_ = found.open.has_value();
        for (auto& point : restore_points(found, unusable_))
            plan_.push_back(std::move(point));
        death.lost = describe(what_is_lost(log, next_point(), died_));
    }
    auto about = report(facts);
    about["lost"] = death.lost;
    about["plan"] = core::Json::array();
    for (const auto& point : plan_)
        about["plan"].push_back(to_json(point));
    keep(std::move(about));
    death.report = last_path_;
    return death;
}

std::optional<RestorePoint> Recovery::next_point() const {
    if (plan_.empty()) return std::nullopt;
    return plan_.front();
}

void Recovery::point_failed(const std::string& why) {
    spdlog::warn("{} could not be opened, and is not tried again: {}", plan_.front().path, why);
    unusable_.insert(plan_.front().path);
    plan_.pop_front();
    deviated_ = true;
}

void Recovery::died_restoring(const DeathFacts& facts) {
    auto about = report(facts);
    about["cause"] = "it ended while it opened " + plan_.front().path;
    keep(std::move(about));
}

std::optional<std::string> Recovery::restored() {
    const auto point = next_point();
    const auto loss = what_is_lost(log, point, died_);
    log.go_back_to(point ? point->scene : SceneMark{});
    plan_.clear();
    if (last_report_.is_object() && !last_path_.empty()) {
        last_report_["restored"] = point ? to_json(*point) : core::Json("the scene at start");
        reports_.rewrite(last_path_, last_report_);
    }
    if (point)
        spdlog::info("restored {} from {}", point->file.empty() ? "the scene" : point->file,
                     point->path);
    if (!std::exchange(deviated_, false)) return std::nullopt;
    return describe(loss);
}

std::optional<core::Error> Recovery::refusal() {
    const auto now = timers_.now();
    const auto pause = loop_.pause(now);
    if (!pause) return std::nullopt;
    const auto wait = std::ceil(core::seconds(*pause));
    core::Error error{
        core::ErrorCode::unavailable,
        fmt::format("Blender has ended {} times within {} minutes, the last time {}; it is not "
                    "started again "
                    "for {:.0f} s",
                    loop_.deaths(now), CrashLoop::window.count(), last_how_, wait),
        fmt::format(
            "Do not repeat what ended it{}. What was copied last is opened then.",
            last_path_.empty() ? std::string() : ": " + last_path_ + " lists the last calls")};
    error.details = core::dump({{"retry_after_s", wait}});
    return error;
}

core::Json Recovery::status() {
    core::Json status{{"enabled", options_.enabled && !options_.folder.empty() && !warned_},
                      {"deaths", loop_.deaths(timers_.now())}};
    if (folder_) status["folder"] = folder_->path().string();
    if (last_report_.is_object())
        status["last_crash"] = {{"how", last_how_},
                                {"time", last_report_.at("time")},
                                {"report", last_path_},
                                {"restored", last_report_.at("restored")}};
    if (const auto pause = loop_.pause(timers_.now()))
        status["retry_after_s"] = std::ceil(core::seconds(*pause));
    return status;
}

}  // namespace blender_mcpd::blender
