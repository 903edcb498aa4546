#include "carried.hpp"

#include "bootstrap.hpp"

#include <blender_mcpd/core/text.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace blender_mcpd::blender {

namespace asio = boost::asio;

namespace {

using State = link::Remembered::State;

/// It may have come there.
bool is_loss(const core::Error& error) {
    return error.code == core::ErrorCode::connection || error.code == core::ErrorCode::timeout ||
           error.code == core::ErrorCode::protocol || error.code == core::ErrorCode::cancelled;
}

core::Error runtime_is_gone() {
    return {core::ErrorCode::not_found,
            "The runtime is not in that Blender any more",
            {},
            core::Outcome::not_applied};
}

/// A finished command, as the journal or the runtime itself tells of it.
core::Result<link::Reply> finished(Answered answer, bool tells_generation) {
    if (answer.remembered.error) return std::move(*answer.remembered.error);
    if (!answer.remembered.reply)
        return core::Error{core::ErrorCode::protocol,
                           "The command was done, and its result is no longer known",
                           {},
                           core::Outcome::unknown};
    auto text = answer.remembered.reply->take_result();
    const auto size = text.size();
    // Elsewhere nobody can ask for the generation without taking Blender's time.
    const auto generation = tells_generation ? answer.remembered.reply->generation() : std::nullopt;
    return link::Reply(std::move(text), std::move(answer.blob), 0, size, generation);
}

}  // namespace

asio::awaitable<core::Result<link::Reply>> Carried::call(link::Request request,
                                                         core::CancelToken cancel) {
    return run(shared_from_this(), std::move(request), std::move(cancel));
}

asio::awaitable<core::Result<link::Reply>> Carried::run(std::shared_ptr<Carried> self,
                                                        link::Request request,
                                                        core::CancelToken cancel) {
    const auto mark = core::random_hex(16);
    auto code = carry_code(request, mark);
    if (code.size() > max_code_bytes)
        co_return core::Error{
            core::ErrorCode::invalid,
            fmt::format("The call is too large for the add-on that it goes through: {} KiB, at "
                        "most {} KiB",
                        code.size() >> 10U, max_code_bytes >> 10U),
            "Do it in several calls.", core::Outcome::not_applied};
    // Where it can be interrupted the answer tells how it ended; else the connection is given up.
    core::CancelToken patient;
    const auto by_client = cancel.on_cancel([&](core::CancelReason) {
        if (self->reachable_)
            asio::co_spawn(self->timers_.executor(), interrupt(self, request.uuid), asio::detached);
    });
    const auto sent = self->timers_.now();
    const auto printed = co_await self->carrier_->execute(
        std::move(code), request.timeout + answer_grace, self->reachable_ ? patient : cancel);
    if (!printed) {
        if (!is_loss(printed.error()) || printed.error().outcome == core::Outcome::not_applied)
            co_return printed.error();
        co_return co_await ask(self, std::move(request), sent, printed.error());
    }
    auto answer = read_carried(*printed, mark, request.mutates);
    if (!answer) co_return co_await ask(self, std::move(request), sent, answer.error());
    if (!*answer) co_return runtime_is_gone();
    co_return finished(std::move(**answer), self->reachable_ != nullptr);
}

asio::awaitable<core::Result<link::Reply>> Carried::ask(std::shared_ptr<Carried> self,
                                                        link::Request request, core::TimePoint sent,
                                                        core::Error loss) {
    const auto age = std::chrono::ceil<std::chrono::milliseconds>(self->timers_.now() - sent);
    const auto mark = core::random_hex(16);
    link::Request question;
    question.op = "outcome";
    question.args = link::outcome_args(request.uuid, age);
    core::CancelToken nobody;
    const auto printed =
        co_await self->carrier_->execute(carry_code(question, mark), question_limit, nobody);
    auto answer = printed ? read_carried(*printed, mark, request.mutates) : printed.error();
    loss.outcome = request.mutates ? core::Outcome::unknown : core::Outcome::not_applied;
    if (!answer || !*answer) co_return loss;
    switch ((*answer)->remembered.state) {
        case State::applied:
        case State::failed:
            co_return finished(std::move(**answer), self->reachable_ != nullptr);
        case State::never_seen:
            loss.outcome = core::Outcome::not_applied;
            break;
        case State::open:
        case State::forgotten:
            break;
    }
    co_return loss;
}

asio::awaitable<void> Carried::interrupt(std::shared_ptr<Carried> self, std::string uuid) {
    const auto args = fmt::format(R"({{"uuid":{}}})", core::quoted(uuid));
    (void)co_await self->reachable_->control("interrupt", args, question_limit);
}

}  // namespace blender_mcpd::blender
