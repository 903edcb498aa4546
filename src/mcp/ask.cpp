// Requests to legacy clients (2025-11-25 client/elicitation, client/sampling, client/roots).
#include "encode.hpp"
#include "question.hpp"
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

/// As a legacy revision wants it: its URL elicitations have ids (2025-11-25 client/elicitation).
InputRequest legacy_request(InputRequest request) {
    if (is_url_elicitation(request) && !request.params.contains("elicitationId"))
        request.params["elicitationId"] = core::random_hex(16);
    return request;
}

/// The client's result, or why there is none.
core::Result<core::Json> read_answer(const InputRequest& request, const Response& response) {
    if (response.result.empty()) return client_error(request, response.error);
    auto result = core::parse_json(response.result);
    const auto unreadable = [&](const std::string& why) {
        return core::Error{core::ErrorCode::blender,
                           "The client's answer to " + request.method + " cannot be read: " + why};
    };
    if (!result) return unreadable(result.error().message);
    if (!result->is_object()) return unreadable("it is no object");
    return result;
}

}  // namespace

boost::asio::awaitable<core::Result<InputResponses>> Session::State::ask(
    std::shared_ptr<Outlet> outlet, std::map<std::string, InputRequest> requests,
    core::CancelToken cancel) {
    const auto self = shared_from_this();
    if (closed) co_return core::Error{core::ErrorCode::cancelled, "The client went away"};
    std::map<std::string, std::pair<std::string, std::shared_ptr<Answer>>> asked;  // by key
    const auto give_up = [&](const core::Error& error) {
        for (const auto& [key, question] : asked) {
            if (!question.second->set(error)) continue;
            outlet->send(
                encode_notification("notifications/cancelled", R"("requestId":)" + question.first));
        }
    };
    for (auto& [key, request] : requests) {
        const auto id = core::quoted(fmt::format("server-{}", ++questions_asked));
        const auto answer = std::make_shared<Answer>(server.timers().executor());
        request = legacy_request(std::move(request));
        questions.emplace(id, Question{request, answer, give_up});
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
        if (answer) {
            responses.emplace(key, std::move(*answer));
        } else if (!failure) {
            failure = answer.error();
        }
    }
    if (failure) co_return *failure;
    co_return responses;
}

void Session::State::handle(const Response& response) {
    const auto question = questions.find(response.id);
    if (question == questions.end()) return;  // late, or never asked
    const auto [request, answer, withdraw] = question->second;
    auto result = read_answer(request, response);
    const auto failure = result ? std::optional<core::Error>() : result.error();
    answer->set(std::move(result));
    if (failure) withdraw(*failure);  // without this answer, the others would be of no use
}

}  // namespace blender_mcpd::mcp
