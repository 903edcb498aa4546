#include "http_stateless.hpp"

#include "http_sse.hpp"

#include <utility>

namespace blender_mcpd::transport::http {

namespace {

mcp::MirroredHeaders mirrored(const Request& request) {
    constexpr std::string_view parameter = "mcp-param-";
    const auto copy = [&](std::string_view name) -> std::optional<std::string> {
        const auto value = request.header(name);
        if (!value) return std::nullopt;
        return std::string(*value);
    };
    mcp::MirroredHeaders headers;
    headers.protocol_version = copy("mcp-protocol-version");
    headers.method = copy("mcp-method");
    headers.name = copy("mcp-name");
    for (const auto& [name, value] : request.headers)
        if (name.starts_with(parameter)) headers.parameters[name.substr(parameter.size())] = value;
    return headers;
}

}  // namespace

unsigned status_of(mcp::Disposition disposition) {
    switch (disposition) {
        case mcp::Disposition::rejected:
            return 400;
        case mcp::Disposition::not_found:
            return 404;
        case mcp::Disposition::answered:
            break;
    }
    return 200;
}

StatelessCall::StatelessCall(mcp::Server& server, std::string client,
                             std::shared_ptr<Exchange> exchange)
    : exchange_(std::move(exchange)),
      session_(server, std::move(client), "http"),
      ended_(server.timers().executor()) {}

void StatelessCall::start(const Request& request, mcp::Incoming message) {
    exchange_->on_disconnect([weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->disconnected();
    });
    exchange_->on_silence([weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self) return;
        self->open_stream();
        self->exchange_->write(comment);
    });
    const auto headers = mirrored(request);
    if (session_.receive(std::move(message), shared_from_this(), &headers)) return;
    Response accepted;
    accepted.status = 202;
    exchange_->respond(std::move(accepted));
    ended_.set();
}

boost::asio::awaitable<void> StatelessCall::wait() {
    co_await ended_.wait();
    co_await session_.drained();
}

void StatelessCall::send(std::string message) {
    open_stream();
    exchange_->write_event({}, std::move(message));
}

void StatelessCall::respond(std::string message, mcp::Disposition disposition) {
    if (exchange_->fresh()) {
        Response response;
        response.status = status_of(disposition);
        response.content_type = "application/json";
        response.body = std::move(message);
        exchange_->respond(std::move(response));
    } else {
        exchange_->write_event({}, std::move(message));
        exchange_->end_stream();
    }
    ended_.set();
}

void StatelessCall::abandon() {
    open_stream();
    exchange_->end_stream();
    ended_.set();
}

void StatelessCall::open_stream() {
    // Proxies that collect an answer before they pass it on would defeat its purpose.
    if (exchange_->fresh()) exchange_->open_stream({{"X-Accel-Buffering", "no"}});
}

void StatelessCall::disconnected() {
    session_.close(*this);
    ended_.set();
}

}  // namespace blender_mcpd::transport::http
