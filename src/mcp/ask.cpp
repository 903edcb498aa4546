// Requests to legacy clients (2025-11-25 client/elicitation, client/sampling, client/roots).
#include "encode.hpp"
#include "session_state.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>

#include <map>

namespace blender_mcpd::mcp {

namespace {

using Answer = core::OneShot<core::Result<core::Json>>;

core::Error client_error(const InputRequest& request, std::string_view raw) {
    const auto object = core::RawObject::scan(raw);
    const auto message =
        object ? core::unquote(object->find("message").value_or("")) : std::nullopt;
    return {core::ErrorCode::blender,
            fmt::format("The client answered {} with an error: {}", request.method,
                        core::excerpt(message.value_or("no message")))};
}

}  // namespace

boost::asio::awaitable<core::Result<InputResponses>> Session::State::ask(
    std::shared_ptr<Outlet> outlet, std::map<std::string, InputRequest> requests,
    core::CancelToken cancel) {
    std::map<std::string, std::pair<std::string, std::shared_ptr<Answer>>> asked;  // by key
    const auto self = shared_from_this();
    const auto give_up = [&](const core::Error& error) {
        for (const auto& [key, question] : asked) {
            if (!question.second->set(error)) continue;
            outlet->send(
                encode_notification("notifications/cancelled", R"("requestId":)" + question.first));
        }
    };
    for (const auto& [key, request] : requests) {
        const auto id = core::quoted(fmt::format("server-{}", ++questions_asked));
        const auto answer = std::make_shared<Answer>(server.timers().executor());
        questions.emplace(id, answer);
        asked.emplace(key, std::pair(id, answer));
        outlet->send(encode_request(id, request));
    }
    core::Timer limit(server.timers(), "answer of the client");
    limit.start(server.limits().input_timeout, [&] {
        give_up({core::ErrorCode::timeout, "The client did not answer what it was asked"});
    });
    const auto registration = cancel.on_cancel([&](core::CancelReason) {
        give_up({core::ErrorCode::cancelled, "The call was cancelled while the client was asked"});
    });

    InputResponses responses;
    std::optional<core::Error> failure;
    for (const auto& [key, question] : asked) {
        auto answer = co_await question.second->wait();
        questions.erase(question.first);
        if (!answer) {
            if (!failure) failure = answer.error();
        } else if (answer->contains("error")) {
            failure = client_error(requests.at(key), core::dump(answer->at("error")));
        } else {
            responses.emplace(key, std::move(answer->at("result")));
        }
    }
    if (failure) co_return *failure;
    co_return responses;
}

void Session::State::handle(const Response& response) {
    const auto question = questions.find(response.id);
    if (question == questions.end()) return;  // late, or never asked
    const bool failed = response.result.empty();
    auto value = core::parse_json(failed ? response.error : response.result);
    if (!value)
        question->second->set(
            core::Error{core::ErrorCode::blender,
                        "The client's answer cannot be read: " + value.error().message});
    else
        question->second->set(core::Json{{failed ? "error" : "result", std::move(*value)}});
}

}  // namespace blender_mcpd::mcp
