// The probe: one question that each family answers in its own way. Who does not answer gets a NUL,
// which ends a request of the Lab's; who hangs up is asked in two binary languages.
#include "frame.hpp"
#include "opening.hpp"
#include "verdict.hpp"

#include <blender_mcpd/link/detect.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace blender_mcpd::link {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

/// What one connection says, and whether it still stands. Cancellation closes it.
class Talk {
  public:
    Talk(core::Timers& timers, StreamSocket socket, const core::CancelToken& cancel)
        : timers_(timers),
          socket_(std::move(socket)),
          timer_(timers, "link.detect"),
          cancellation_(cancel.on_cancel([this](core::CancelReason) { close(); })) {}
    Talk(const Talk&) = delete;
    Talk& operator=(const Talk&) = delete;

    [[nodiscard]] const std::string& heard() const { return heard_; }
    [[nodiscard]] bool ended() const { return ended_; }

    asio::awaitable<void> say(std::string bytes) {
        if (ended_) co_return;
        timer_.start(patience, [this] { close(); });  // some bytes always fit: for the impossible
        const auto [error, sent] = co_await asio::async_write(socket_, asio::buffer(bytes),
                                                              asio::as_tuple(asio::use_awaitable));
        timer_.cancel();
        // What it said before it hung up can still be read.
        if (error && error != asio::error::broken_pipe && error != asio::error::connection_reset)
            ended_ = true;
    }

    /// Until something comes, it ends, or the time does. True when something has come.
    asio::awaitable<bool> listen(core::TimePoint until) {
        if (ended_ || heard_.size() >= max_heard_bytes) co_return false;
        const auto now = timers_.now();
        bool is_late = until <= now;
        if (!is_late)
            timer_.start(until - now, [this, &is_late] {
                is_late = true;
                boost::system::error_code ignored;
                socket_.cancel(ignored);
            });
        if (is_late) co_return false;
        std::array<char, 4096> block{};
        const auto [error, bytes] = co_await socket_.async_read_some(
            asio::buffer(block), asio::as_tuple(asio::use_awaitable));
        timer_.cancel();
        if (error) {
            ended_ = !is_late || error != asio::error::operation_aborted;
            co_return false;
        }
        heard_.append(block.data(), bytes);
        co_return true;
    }

    void forget() { heard_.clear(); }

    void close() {
        ended_ = true;
        boost::system::error_code ignored;
        socket_.close(ignored);
    }

  private:
    static constexpr milliseconds patience{1'000};

    core::Timers& timers_;
    StreamSocket socket_;
    core::Timer timer_;
    std::string heard_;
    bool ended_ = false;
    core::CancelRegistration cancellation_;
};

struct Connected {
    std::unique_ptr<Talk> talk;
    core::Error error{};  // when there is none
};

asio::awaitable<Connected> connect(core::Timers& timers, Endpoint endpoint, milliseconds limit,
                                   core::CancelToken cancel) {
    Opening opening(timers, std::move(endpoint), limit, cancel);
    const auto connected = co_await opening.connect();
    if (!connected) co_return Connected{nullptr, connected.error()};
    co_return Connected{std::make_unique<Talk>(timers, opening.take_socket(), cancel)};
}

/// The verdict as soon as it is known; nothing at the end of the time.
asio::awaitable<std::optional<Detected>> hear(Talk& talk, core::TimePoint until) {
    for (;;) {
        const bool more = co_await talk.listen(until);
        auto found = judge(talk.heard(), talk.ended());
        if (found || !more) co_return found;
    }
}

/// All that it answers to these bytes on a connection of their own, until that is whole or the time
/// is over.
asio::awaitable<std::string> ask(core::Timers& timers, Endpoint endpoint, std::string bytes,
                                 core::TimePoint until, bool (*is_whole)(std::string_view),
                                 core::CancelToken cancel) {
    const auto left = std::chrono::duration_cast<milliseconds>(until - timers.now());
    if (left <= milliseconds(0)) co_return std::string();
    auto connected = co_await connect(timers, std::move(endpoint), left, cancel);
    if (!connected.talk) co_return std::string();
    co_await connected.talk->say(std::move(bytes));
    while (!is_whole(connected.talk->heard())) {
        const bool more = co_await connected.talk->listen(until);
        if (!more) break;
    }
    co_return connected.talk->heard();
}

bool is_object(std::string_view heard) {
    return judge(heard, false).has_value();
}

std::string hello_without_token() {
    auto frame = begin_frame();
    frame += R"({"hello":{"link":1,"name":"blender-mcpd"}})";
    seal_frame(frame);
    return frame;
}

std::string with_length(std::string_view json) {
    std::string bytes;
    for (const int shift : {24, 16, 8, 0})
        bytes += static_cast<char>(json.size() >> static_cast<unsigned>(shift) & 0xFFU);
    return bytes.append(json);
}

/// The beginning of a TLS handshake, and nothing that it could go on with: an alert is the answer.
std::string broken_client_hello() {
    return {"\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03", 11};
}

bool is_tls(std::string_view heard) {
    const auto found = judge(heard, false);
    return found && found->family == Family::tls;
}

/// Who hangs up at the question reads bytes that it does not know as a length, perhaps.
asio::awaitable<Detected> ask_in_binary(core::Timers& timers, Endpoint endpoint, milliseconds limit,
                                        core::CancelToken cancel) {
    const auto alert =
        co_await ask(timers, endpoint, broken_client_hello(), timers.now() + limit, is_tls, cancel);
    if (is_tls(alert)) co_return verdict(Family::tls);
    const auto hello = co_await ask(timers, endpoint, hello_without_token(), timers.now() + limit,
                                    is_native_refusal, cancel);
    if (is_native_refusal(hello)) co_return verdict(Family::native);
    const auto ping =
        with_length(R"({"request_id":"1","cmd":"ping","command":"ping","args":{},"params":{}})");
    const auto answer = co_await ask(timers, std::move(endpoint), ping, timers.now() + limit,
                                     is_length_prefixed, cancel);
    co_return verdict(is_length_prefixed(answer) ? Family::length_prefixed : Family::closes);
}

Detected not_connected(const core::Error& error) {
    const bool refused =
        error.message == boost::system::error_code(asio::error::connection_refused).message();
    return refused ? verdict(Family::nothing) : verdict(Family::unreachable, error.message);
}

}  // namespace

asio::awaitable<Detected> detect(core::Timers& timers, Endpoint endpoint, DetectOptions options,
                                 core::CancelToken cancel) {
    auto connected = co_await connect(timers, endpoint, options.connect_timeout, cancel);
    if (cancel.cancelled()) co_return verdict(Family::undecided);
    if (!connected.talk) co_return not_connected(connected.error);
    auto& talk = *connected.talk;
    const auto begin = timers.now();

    auto found = co_await hear(talk, begin + options.listen_first);
    const bool talked_first = found.has_value();
    bool is_spoilt = false;  // for ahujasid's: a NUL was sent
    if (!found) {
        std::string question(probe_question);
        co_await talk.say(std::move(question));
        found = co_await hear(talk, timers.now() + options.before_nul);
    }
    if (!found && talk.heard().empty() && !talk.ended()) {
        is_spoilt = true;
        std::string nul(1, '\0');
        co_await talk.say(std::move(nul));
    }
    if (!found) found = co_await hear(talk, begin + options.patience);
    if (cancel.cancelled()) co_return verdict(Family::undecided);
    if (!found && talk.heard().empty()) co_return verdict(Family::silent);
    if (!found) found = judge(talk.heard(), true);

    const auto details_until = timers.now() + options.details;
    if (found->family == Family::ahujasid && found->version == since_ping) {
        const std::string question = R"({"type":"get_addon_info","params":{}})";
        std::string answer;
        if (is_spoilt) {
            talk.close();
            answer = co_await ask(timers, endpoint, question, details_until, is_object, cancel);
        } else {
            talk.forget();
            co_await talk.say(question);
            co_await hear(talk, details_until);
            answer = talk.heard();
        }
        add_addon_info(*found, answer);
    } else if (found->family == Family::lab) {
        talk.close();
        const std::string question("{\"type\":\"hello\"}\0", 17);
        const auto answer =
            co_await ask(timers, endpoint, question, details_until, is_object, cancel);
        if (auto precise = judge_hello(answer)) found = std::move(precise);
    } else if (found->family == Family::closes && !talked_first) {
        talk.close();
        found = co_await ask_in_binary(timers, endpoint, options.details / 3, cancel);
    }
    co_return cancel.cancelled() ? verdict(Family::undecided) : std::move(*found);
}

}  // namespace blender_mcpd::link
