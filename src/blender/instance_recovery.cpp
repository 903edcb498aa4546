// After a Blender of ours has ended by itself: who is told, and how the next one gets its scene.
#include "instance_impl.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

void Instance::Impl::note_death(Running& blender) {
    if (std::exchange(blender.death_noted, true)) return;
    former_clients = blender.clients;
    const auto& death = blender.death();
    tell_of("Blender ended unexpectedly (" + death.how + ") between two calls. " + death.lost,
            "Nothing was done now. " + advice_after(death),
            core::dump({{"crash_report", death.report}}));
}

void Instance::Impl::tell_of(const std::string& message, const std::string& remedy,
                             const std::string& details) {
    for (const auto& client : former_clients) {
        core::Error error{core::ErrorCode::unavailable, message, remedy};
        error.details = details;
        // Who has missed one death is told of both.
        constexpr std::size_t enough = 1'000;
        if (const auto earlier = news.find(client); earlier != news.end())
            error.message += ". Before that: " + core::excerpt(earlier->second.message, enough);
        news.insert_or_assign(client, std::move(error));
    }
    // Those who never come back must not pile up.
    constexpr std::size_t most_news = 10'000;
    while (news.size() > most_news)
        news.erase(news.begin());
}

std::optional<core::Error> Instance::Impl::take_news(const std::string& client) {
    const auto found = news.find(client);
    if (found == news.end()) return std::nullopt;
    auto error = std::move(found->second);
    news.erase(found);
    return error;
}

namespace {

link::Request open_request(const RestorePoint& point, std::chrono::milliseconds timeout) {
    core::Json args{{"path", point.path}, {"file", point.file}};
    if (!point.document.empty()) args["document"] = point.document;
    return {"recover", core::dump(args), core::random_hex(16), timeout, true};
}

}  // namespace

asio::awaitable<core::Result<link::Reply>> Instance::Impl::open_point(
    std::shared_ptr<LaunchedBlender> blender, RestorePoint point) {
    const auto connection = co_await link::Connection::open(
        timers, blender->endpoint, blender->token, options.connection, closing.token());
    if (!connection) co_return connection.error();
    auto wanted = open_request(point, options.launch.start_timeout);
    link::ProgressHandler nobody;
    auto opened = co_await (*connection)->call(std::move(wanted), closing.token(), nobody);
    (*connection)->close();
    if (opened || opened.error().code != core::ErrorCode::connection) co_return opened;
    const auto& process = blender->process;
    const bool ended = co_await process->ends_within(death_notice);
    if (ended && !closing.token().cancelled()) {
        metrics.add(blenders_died);
        DeathFacts facts;
        facts.status = *process->exit_status();
        facts.pid = process->pid();
        facts.executable = blender->executable;
        facts.output = process->output_tail();
        recovery->died_restoring(facts);
    }
    co_return opened;
}

asio::awaitable<bool> Instance::Impl::restore(std::shared_ptr<Running> blender) {
    const auto self = shared_from_this();
    if (const auto point = recovery->next_point()) {
        const auto opened = co_await open_point(blender->blender, *point);
        if (closing.token().cancelled()) co_return false;
        if (!opened) {
            recovery->point_failed(core::describe(opened.error()));
            blender->blender->process->kill_now();
            co_return false;
        }
        blender->last_generation = opened->generation();
        metrics.add(blenders_restored);
    }
    blender->seen_generation = blender->last_generation.value_or(0);
    // Those who were told what would be restored must know what really was.
    if (const auto other = recovery->restored())
        tell_of("The new Blender could not open what it was to be restored from. " + *other,
                "Nothing was done now. Look at the scene before you go on.", {});
    co_return true;
}

}  // namespace blender_mcpd::blender
