// A PoolPlan in words.
#pragma once

#include "fake_connection.hpp"
#include "pool_plan.hpp"
#include "print.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::test {

using core::ErrorCode;
using link::PoolOptions;
using link::PoolPlan;

/// A plan and what it has been told and has asked for, in words: "connect 1", "cancel 1", "2 gets
/// a", "3: timeout", "close a (retired)".
struct Table {
    explicit Table(const PoolOptions& options = {}) : plan(options) {}

    std::string acquire(PoolPlan::Ticket ticket, std::string_view client = "one") {
        return words(plan.acquire(ticket, client, now));
    }
    std::string time_out(PoolPlan::Ticket ticket) { return words(plan.time_out(ticket, now)); }
    std::string cancel(PoolPlan::Ticket ticket) {
        return words(plan.cancel(ticket, core::CancelReason::client));
    }
    std::string connected(PoolPlan::Attempt attempt, const std::string& name) {
        attempts[name] = attempt;
        return words(plan.connected(attempt, named(name), now));
    }
    std::string refused(PoolPlan::Attempt attempt) {
        return words(plan.connected(
            attempt, core::Error{.code = ErrorCode::connection, .message = "refused"}, now));
    }
    std::string release(const std::string& name) {
        return words(plan.released({attempts.at(name), named(name)}, now));
    }
    std::string check_health() { return words(plan.check_health(now)); }
    std::string close() { return words(plan.close()); }

    std::shared_ptr<FakeConnection> named(const std::string& name) {
        auto& connection = connections[name];
        if (!connection) {
            connection = std::make_shared<FakeConnection>();
            connection->hello = name;
        }
        return connection;
    }

    std::string words(const PoolPlan::Actions& actions) {
        std::string all;
        for (const auto& action : actions) {
            if (!all.empty()) all += ", ";
            if (const auto* connect = std::get_if<PoolPlan::Connect>(&action))
                all += "connect " + std::to_string(connect->attempt);
            else if (const auto* cancelled = std::get_if<PoolPlan::CancelConnect>(&action))
                all += "cancel " + std::to_string(cancelled->attempt);
            else if (const auto* close = std::get_if<PoolPlan::Close>(&action))
                all += words(*close);
            else
                all += words(std::get<PoolPlan::Deliver>(action));
        }
        check_stats();
        return all;
    }
    std::string words(const PoolPlan::Close& close) {
        const auto name = close.what.connection->peer_hello();
        CHECK(close.what.attempt == attempts.at(name));
        close.what.connection->close();
        return "close " + name + " (" + std::string(to_string(close.why)) + ")";
    }
    std::string words(const PoolPlan::Deliver& delivery) {
        const auto ticket = std::to_string(delivery.ticket);
        if (!delivery.connection)
            return ticket + ": " + std::string(to_string(delivery.connection.error().code));
        const auto name = delivery.connection->connection->peer_hello();
        CHECK(delivery.connection->attempt == attempts.at(name));
        return ticket + " gets " + name;
    }

    void check_stats() const {
        const auto stats = plan.stats();
        CHECK(stats.total == stats.active + stats.idle + stats.connecting);
    }

    PoolPlan plan;
    core::TimePoint now{};
    std::map<std::string, std::shared_ptr<FakeConnection>> connections;
    std::map<std::string, PoolPlan::Attempt> attempts;
};

}  // namespace blender_mcpd::test
