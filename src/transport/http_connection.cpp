#include "http_connection.hpp"

#include "coroutines.hpp"
#include "http_access.hpp"

#include <blender_mcpd/core/aside.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace blender_mcpd::transport::http {

namespace asio = boost::asio;

namespace {

// More than the headers may take, or the parser could not say that they are too long.
constexpr std::size_t input_room = std::size_t{32} << 10;
// Copying it to the socket must not take long.
constexpr std::size_t most_at_once = std::size_t{256} << 10;

}  // namespace

Connection::Connection(Shared shared, asio::ip::tcp::socket socket)
    : shared_(shared),
      socket_(std::move(socket)),
      changed_(shared.timers.executor()),
      room_(shared.timers.executor()),
      reader_ended_(shared.timers.executor()),
      deadline_(shared.timers, "http deadline"),
      silence_(shared.timers, "http silence") {}

void Connection::stop() {
    stopping_ = true;
    changed_.set();
}

void Connection::close() {
    stopping_ = true;
    input_ended_ = true;
    if (socket_.is_open()) socket_.close();
    changed_.set();
    room_.set();
}

asio::awaitable<void> Connection::run() {
    asio::co_spawn(shared_.timers.executor(), keep(shared_from_this(), read()), asio::detached);
    co_await serve();
    close();
    co_await reader_ended_.wait();
}

asio::awaitable<void> Connection::turn_away() {
    asio::co_spawn(shared_.timers.executor(), keep(shared_from_this(), read()), asio::detached);
    auto response = refusal(503, "connections", "Too many connections; try again later");
    response.headers.push_back({"Retry-After", "5"});
    co_await refuse_and_close(std::move(response));
    close();
    co_await reader_ended_.wait();
}

// Always reads, also while a call runs: that is how the end of the client is seen. What arrives
// early is kept for the next request.
asio::awaitable<void> Connection::read() {
    std::array<char, std::size_t{16} << 10> part;
    const auto limit = shared_.options.max_header_bytes + input_room;
    while (!input_ended_) {
        if (!discarding_ && input_.size() >= limit) {
            room_.reset();
            co_await room_.wait();
            continue;
        }
        const auto [error, size] = co_await socket_.async_read_some(asio::buffer(part), as_result);
        if (error)
            input_ended_ = true;
        else if (!discarding_)
            input_.append(part.data(), size);
        changed_.set();
    }
    reader_ended_.set();
}

asio::awaitable<void> Connection::serve() {
    for (bool more = true; more && !stopping_;)
        more = co_await serve_one();
}

asio::awaitable<bool> Connection::serve_one() {
    const auto& options = shared_.options;
    Parser parser({options.max_header_bytes, options.max_body_bytes});
    head_only_ = false;
    const bool head = co_await read_head(parser);
    if (!head) co_return false;
    auto& request = parser.request();
    head_only_ = request.method == "HEAD";
    const bool signed_in = is_page(request.path, options) && shared_.pages.signed_in(request);
    auto refused = refuse(request, options, signed_in);
    const bool keep_alive = request.keep_alive && !request.http_1_0 && !stopping_;
    if (refused) {
        if (parser.state() != Parser::State::complete)
            co_return co_await refuse_and_close(std::move(*refused));
        const bool written = co_await write_response(std::move(*refused), keep_alive);
        co_return written&& keep_alive;
    }
    const bool whole = co_await read_body(parser);
    if (!whole) co_return false;
    const auto read_message = [&] { return mcp::Incoming(request.body); };
    auto message = co_await core::aside(request.body.size(), read_message);
    start_answer(request, std::move(message));
    const bool written = co_await write_answer(request.http_1_0, keep_alive);
    silence_.cancel();
    if (written)
        exchange_->finish();
    else
        exchange_->disconnect();
    exchange_ = nullptr;
    co_return written&& keep_alive;
}

asio::awaitable<bool> Connection::read_head(Parser& parser) {
    const auto& options = shared_.options;
    bool begun = !input_.empty();
    arm(first_ || begun ? options.header_timeout : options.idle_timeout);
    for (;;) {
        changed_.reset();
        if (!begun && !input_.empty()) {
            begun = true;
            if (!first_) arm(options.header_timeout);
        }
        feed(parser);
        if (parser.state() != Parser::State::head) break;
        if (over() || (late_ && !begun)) co_return false;
        if (late_)
            co_return co_await refuse_and_close(
                refusal(408, "timeout", "The request took too long to arrive"));
        co_await changed_.wait();
    }
    deadline_.cancel();
    first_ = false;
    if (parser.state() == Parser::State::failed)
        co_return co_await refuse_and_close(parser.failure());
    co_return true;
}

asio::awaitable<bool> Connection::read_body(Parser& parser) {
    const auto& options = shared_.options;
    const auto end = shared_.timers.now() + options.body_timeout;
    if (parser.expects_continue() && input_.empty()) {
        const bool written = co_await write("HTTP/1.1 100 Continue\r\n\r\n");
        if (!written) co_return false;
    }
    const auto patience = [&] {
        return std::min<core::Duration>(options.body_inactivity_timeout,
                                        end - shared_.timers.now());
    };
    arm(patience());
    while (parser.state() == Parser::State::body) {
        changed_.reset();
        if (!input_.empty() && !late_) arm(patience());
        feed(parser);
        if (parser.state() != Parser::State::body) break;
        if (over()) co_return false;
        if (late_)
            co_return co_await refuse_and_close(
                refusal(408, "timeout", "The body took too long to arrive"));
        co_await changed_.wait();
    }
    deadline_.cancel();
    if (parser.state() == Parser::State::failed)
        co_return co_await refuse_and_close(parser.failure());
    co_return true;
}

void Connection::feed(Parser& parser) {
    while (!input_.empty()) {
        const auto before = parser.state();
        const auto used = parser.feed(input_);
        input_.erase(0, used);
        room_.set();
        if (used == 0 || parser.state() != before) return;
    }
}

void Connection::arm(core::Duration patience) {
    late_ = false;
    deadline_.start(patience, [this] {
        late_ = true;
        changed_.set();
    });
}

void Connection::start_answer(const Request& request, mcp::Incoming message) {
    exchange_ = std::make_shared<Exchange>([this] { wake(); }, shared_.options.max_outbox_bytes);
    if (request.path == mcp_path)
        shared_.endpoint.handle(request, std::move(message), exchange_, client());
    else if (is_page(request.path, shared_.options))
        shared_.pages.handle(request, exchange_);
    else
        exchange_->respond(answer_beside(request));
}

void Connection::wake() {
    // Whoever does not read is stuck in a write.
    if (exchange_ && exchange_->overflowed() && socket_.is_open()) socket_.close();
    changed_.set();
}

Response Connection::answer_beside(const Request& request) const {
    const auto& options = shared_.options;
    if (request.path == health_path) return plain_text(200, "ok\n");
    if (request.path == ready_path)
        return !options.ready || options.ready() ? plain_text(200, "ready\n")
                                                 : plain_text(503, "not ready\n");
    // Pages may have gone while the body came.
    if (request.path != metrics_path) return nothing_here();
    auto response = plain_text(200, options.metrics_text());
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return response;
}

asio::awaitable<bool> Connection::write_answer(bool http_1_0, bool keep_alive) {
    watch_silence();
    for (;;) {
        changed_.reset();
        if (exchange_->response()) break;
        if (input_ended_) co_return false;
        co_await changed_.wait();
    }
    if (exchange_->is_stream())
        co_return co_await write_stream(http_1_0 ? Framing::close : Framing::chunked, keep_alive);
    silence_.cancel();
    co_return co_await write_response(exchange_->take_response(), keep_alive);
}

asio::awaitable<bool> Connection::write_stream(Framing framing, bool keep_alive) {
    const auto& head = *exchange_->response();
    count(head);
    auto bytes = render_head(head, framing, keep_alive);
    for (;;) {
        changed_.reset();
        const bool last = exchange_->ended();
        while (exchange_->has_events()) {
            auto events = exchange_->take_events();
            if (framing == Framing::chunked) bytes += chunk_begin(events.size());
            const bool written = co_await write(std::exchange(bytes, {}), std::move(events));
            if (!written) co_return false;
            if (framing == Framing::chunked) bytes = chunk_end;
        }
        if (last && framing == Framing::chunked) bytes += last_chunk;
        if (!bytes.empty()) {
            const bool written = co_await write(std::exchange(bytes, {}));
            if (!written) co_return false;
            watch_silence();
        }
        if (last) co_return true;
        if (input_ended_) co_return false;
        co_await changed_.wait();
    }
}

asio::awaitable<bool> Connection::write_response(Response response, bool keep_alive) {
    count(response);
    auto head = render_head(response, Framing::length, keep_alive);
    if (head_only_) response.body.clear();
    co_return co_await write(std::move(head), std::move(response.body));
}

asio::awaitable<bool> Connection::refuse_and_close(Response response) {
    const bool written = co_await write_response(std::move(response), false);
    (void)written;
    co_await linger();
    co_return false;
}

asio::awaitable<bool> Connection::write(std::string head, std::string body) {
    if (body.size() < core::large_message) co_return co_await write(std::move(head += body));
    const bool begun = co_await write(std::move(head));
    if (!begun) co_return false;
    co_return co_await write(std::move(body));
}

asio::awaitable<bool> Connection::write(std::string bytes) {
    deadline_.start(shared_.options.write_timeout, [this] { socket_.close(); });
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto rest = asio::buffer(asio::buffer(bytes) + done, most_at_once);
        const auto [error, size] = co_await socket_.async_write_some(rest, as_result);
        if (error) break;
        done += size;
        deadline_.extend(shared_.options.write_timeout);
    }
    deadline_.cancel();
    co_return done == bytes.size();
}

// Closing with unread input resets the connection, and the client might not get to read the answer
// (RFC 9112, 9.6).
asio::awaitable<void> Connection::linger() {
    boost::system::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    discarding_ = true;
    input_.clear();
    room_.set();
    arm(shared_.options.linger_time);
    while (!over() && !late_) {
        changed_.reset();
        co_await changed_.wait();
    }
    deadline_.cancel();
}

void Connection::watch_silence() {
    silence_.start(shared_.options.keep_alive, [this] {
        watch_silence();
        exchange_->silence();
    });
}

void Connection::count(const Response& response) {
    auto& metrics = shared_.server.metrics();
    metrics.add(http_requests, 1, fmt::format("{}xx", response.status / 100));
    if (!response.refused.empty()) metrics.add(http_refused, 1, response.refused);
}

const std::string& Connection::client() {
    if (client_.empty()) client_ = shared_.server.name_client();
    return client_;
}

}  // namespace blender_mcpd::transport::http
