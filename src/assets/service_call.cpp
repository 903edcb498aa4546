#include "service_call.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

namespace blender_mcpd::assets {

boost::asio::awaitable<ServiceReply> call_service(Http& http, const ServiceAccount& account,
                                                  ServiceCall call, core::CancelToken cancel) {
    ServiceReply reply{{}, {account.service, account.key.setting}};
    HttpRequest request{account.site.base + call.path, account.site};
    request.headers.emplace_back("Accept: application/json");
    if (!account.scheme.empty()) {
        auto key = core::read_secret(account.key);
        if (!key) {
            reply.answer.error = key.error();
            co_return reply;
        }
        request.headers.push_back(fmt::format("Authorization: {} {}", account.scheme, *key));
        reply.asked.key = std::move(*key);
    }
    request.content = std::make_shared<const Content>(std::move(call.content));
    request.repeat = call.repeat;
    request.total = call.total;
    reply.answer = co_await http.ask(std::move(request), call.max_bytes, std::move(cancel));
    co_return reply;
}

ServiceCall order(std::string path, Content content) {
    constexpr std::chrono::minutes longest{5};
    return {std::move(path), std::move(content), Repeat::until_connected, longest};
}

}  // namespace blender_mcpd::assets
