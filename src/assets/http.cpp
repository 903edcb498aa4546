#include "http.hpp"

#include "retry.hpp"
#include "waiting.hpp"

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <ctime>
#include <optional>
#include <utility>

namespace blender_mcpd::assets {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

/// Collects the body.
class TextReceiver : public Receiver {
  public:
    explicit TextReceiver(std::size_t max_bytes) : max_bytes_(max_bytes) {}
    std::optional<core::Error> begin(const ResponseHead&) override {
        text_.clear();
        return {};
    }
    std::optional<core::Error> write(std::string_view bytes) override {
        if (text_.size() + bytes.size() > max_bytes_)
            return core::Error{
                core::ErrorCode::too_large,
                fmt::format("the provider's answer is longer than {} bytes", max_bytes_)};
        text_ += bytes;
        return {};
    }
    std::string take() { return std::move(text_); }

  private:
    const std::size_t max_bytes_;
    std::string text_;
};

/// Of every answer.
class AnswerReceiver final : public TextReceiver {
  public:
    using TextReceiver::TextReceiver;
    [[nodiscard]] bool takes(int) const override { return true; }
};

core::Error status_error(const ResponseHead& head, const std::string& url,
                         const std::string& if_refused) {
    const auto status = head.status;
    if (status == 404 || status == 410)
        return {core::ErrorCode::not_found,
                fmt::format("{} does not exist (HTTP {})", shown(url), status),
                "Look it up with search_assets"};
    if (status == 401 || status == 403)
        return {core::ErrorCode::unavailable,
                fmt::format("the provider refuses {} (HTTP {})", shown(url), status),
                !if_refused.empty()
                    ? if_refused
                    : "It may want an account, or not this machine; try another provider"};
    if (status == 429)
        return {
            core::ErrorCode::busy,
            fmt::format("the provider asks to make fewer requests (HTTP 429 for {})", shown(url)),
            "Call again in some minutes"};
    if (is_temporary_status(status))
        return {core::ErrorCode::unavailable,
                fmt::format("the provider is out of order (HTTP {} for {})", status, shown(url)),
                "Call again in some minutes, or try another provider"};
    return {core::ErrorCode::protocol,
            fmt::format("the provider answers {} with HTTP {}", shown(url), status),
            "Try another asset or provider"};
}

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

core::Error cancelled_error(const core::CancelToken& cancel) {
    if (cancel.cancelled() && cancel.reason() == core::CancelReason::shutdown)
        return {core::ErrorCode::shutting_down, "blender-mcpd is about to end", "Call again later"};
    return {core::ErrorCode::cancelled, "the transfer was cancelled",
            "What has come of it is kept: it goes on from there when it is asked for again"};
}

/// What came of one attempt, redirects included.
struct Http::Attempt {
    TransferEnd end;
    std::string url;  // the last of them
};

Http::Http(core::Timers& timers, core::Metrics& metrics, HttpLimits limits, std::string user_agent)
    : timers_(timers),
      metrics_(metrics),
      limits_(limits),
      user_agent_(std::move(user_agent)),
      slots_(timers.executor(), limits.at_once),
      transfers_(timers.executor()) {
    metrics_.declare(requests_made);
}

asio::awaitable<TransferEnd> Http::transfer(TransferRequest request,
                                            std::shared_ptr<Receiver> receiver,
                                            const std::function<void()>& on_step,
                                            core::CancelToken cancel) {
    // What the transfer calls may outlive this coroutine.
    struct Watch {
        Watch(core::Timers& timers) : end(timers.executor()), deadline(timers, "asset-transfer") {}
        core::OneShot<TransferEnd> end;
        core::Timer deadline;
        std::optional<Transfer> transfer;
        std::optional<core::Error> too_late;
        std::function<void()> on_step;
    };
    auto watch = std::make_shared<Watch>(timers_);
    watch->on_step = on_step;
    const auto url = request.url;
    const auto expect = [weak = std::weak_ptr(watch), url](milliseconds time, const char* what) {
        const auto own = weak.lock();
        if (!own) return;
        own->deadline.start(time, [weak, url, what, time] {
            const auto late = weak.lock();
            if (!late || !late->transfer) return;
            late->too_late = core::Error{core::ErrorCode::timeout,
                                         fmt::format("{}: {} within {} s", shown(url), what,
                                                     static_cast<double>(time.count()) / 1'000.0),
                                         "Call again in a while: what has come is kept"};
            late->transfer->cancel();
        });
    };
    auto started = transfers_.start(
        std::move(request), std::move(receiver),
        [weak = std::weak_ptr(watch), expect, limits = limits_](TransferStep step) {
            const auto own = weak.lock();
            if (!own || own->end.is_set()) return;
            if (step != TransferStep::received)
                return expect(limits.first_byte, "the server did not answer");
            expect(limits.inactivity, "nothing more came");
            if (own->on_step) own->on_step();
        },
        [weak = std::weak_ptr(watch)](TransferEnd end) {
            if (const auto own = weak.lock()) own->end.set(std::move(end));
        });
    if (!started) {
        TransferEnd failed;
        failed.error = started.error();
        co_return failed;
    }
    watch->transfer.emplace(*started);
    expect(limits_.connect, "no connection");
    const auto registration = cancel.on_cancel([watch](auto) { watch->transfer->cancel(); });
    auto end = co_await watch->end.wait();
    watch->deadline.cancel();
    watch->on_step = nullptr;
    if (cancel.cancelled()) {
        end.error = cancelled_error(cancel);
        end.temporary = false;
    } else if (watch->too_late) {
        end.error = watch->too_late;
        end.temporary = true;
    }
    co_return end;
}

asio::awaitable<Http::Attempt> Http::follow(const HttpRequest& request,
                                            std::shared_ptr<Receiver> receiver,
                                            const std::function<void()>& on_step,
                                            core::CancelToken cancel) {
    Attempt attempt{{}, request.url};
    std::string first_origin;
    for (int hop = 0;; ++hop) {
        const auto target = check_url(attempt.url, request.site);
        if (!target) {
            attempt.end.error = target.error();
            co_return attempt;
        }
        if (hop == 0) first_origin = target->origin;
        TransferRequest one{attempt.url,         target->reach,
                            receiver->headers(), user_agent_,
                            request.content,     request.repeat == Repeat::until_connected};
        if (target->origin == first_origin)
            one.headers.insert(one.headers.end(), request.headers.begin(), request.headers.end());
        attempt.end = co_await transfer(std::move(one), receiver, on_step, cancel);
        if (attempt.end.error || !is_redirect(attempt.end.head.status)) co_return attempt;
        const auto location = attempt.end.head.header("location");
        if (request.content && request.content->method != Method::get) {
            attempt.end.error =
                core::Error{core::ErrorCode::protocol,
                            fmt::format("{} sends what was meant for it elsewhere (HTTP {})",
                                        shown(request.url), attempt.end.head.status),
                            "This provider has moved; nothing was sent after it"};
            co_return attempt;
        }
        if (location.empty() || hop == limits_.redirects) {
            attempt.end.error = core::Error{
                core::ErrorCode::protocol,
                fmt::format("{} leads {}", shown(request.url),
                            location.empty() ? "nowhere" : "from one place to the next"),
                "Try another asset or provider"};
            co_return attempt;
        }
        attempt.url = resolve_location(attempt.url, location);
    }
}

asio::awaitable<Http::Attempt> Http::perform(HttpRequest request,
                                             std::shared_ptr<Receiver> receiver,
                                             std::function<void()> on_step,
                                             core::CancelToken cancel) {
    const auto total = request.total.count() > 0 ? request.total : limits_.total;
    TimeLimit limit(timers_, "asset-request", total, cancel);
    bool started_over = false;
    for (int attempts = 1;; ++attempts) {
        Attempt attempt{{}, request.url};
        {
            const auto slot = co_await slots_.take(limit.token());
            if (slot) attempt = co_await follow(request, receiver, on_step, limit.token());
        }
        auto& end = attempt.end;
        if (limit.is_over()) {
            end.error = core::Error{core::ErrorCode::timeout,
                                    fmt::format("{} did not come within {} s", shown(request.url),
                                                total.count() / 1'000),
                                    "Call again: what has come is kept"};
            co_return attempt;
        }
        if (cancel.cancelled()) {
            end.error = cancelled_error(cancel);
            co_return attempt;
        }
        const int status = end.head.status;
        if (!end.error && status < 400 && receiver->takes(status)) {
            metrics_.add(requests_made, 1, "answered");
            co_return attempt;
        }
        if (status == 416 && !end.error && !started_over && receiver->start_over()) {
            started_over = true;  // what we have is not a part of what there is now
            continue;
        }
        const bool is_temporary = end.error ? end.temporary : is_temporary_status(status);
        const bool is_spent = request.repeat == Repeat::until_connected && end.connected;
        auto wait = backoff(attempts);
        if (const auto asked = retry_after(end.head.header("retry-after"), std::time(nullptr));
            asked && !end.error)
            wait = *asked;
        if (!is_temporary || is_spent || attempts == limits_.attempts ||
            wait > limits_.longest_pause) {
            metrics_.add(requests_made, 1, "failed");
            co_return attempt;
        }
        metrics_.add(requests_made, 1, "retried");
        spdlog::debug(
            "again in {} ms: {}", wait.count(),
            end.error.value_or(status_error(end.head, attempt.url, request.if_refused)).message);
        co_await pause(timers_, "asset-retry", wait, limit.token());
    }
}

asio::awaitable<core::Result<ResponseHead>> Http::fetch(HttpRequest request,
                                                        std::shared_ptr<Receiver> receiver,
                                                        std::function<void()> on_step,
                                                        core::CancelToken cancel) {
    const auto if_refused = request.if_refused;
    auto attempt =
        co_await perform(std::move(request), receiver, std::move(on_step), std::move(cancel));
    auto& head = attempt.end.head;
    if (attempt.end.error) co_return std::move(*attempt.end.error);
    if (!receiver->takes(head.status)) co_return status_error(head, attempt.url, if_refused);
    co_return std::move(head);
}

asio::awaitable<core::Result<std::string>> Http::get(HttpRequest request, std::size_t max_bytes,
                                                     core::CancelToken cancel) {
    auto receiver = std::make_shared<TextReceiver>(max_bytes);
    request.total = std::min(limits_.answer, limits_.total);
    std::function<void()> no_steps;
    const auto head =
        co_await fetch(std::move(request), receiver, std::move(no_steps), std::move(cancel));
    if (!head) co_return head.error();
    co_return receiver->take();
}

asio::awaitable<HttpAnswer> Http::ask(HttpRequest request, std::size_t max_bytes,
                                      core::CancelToken cancel) {
    auto receiver = std::make_shared<AnswerReceiver>(max_bytes);
    if (request.total.count() == 0) request.total = std::min(limits_.answer, limits_.total);
    std::function<void()> no_steps;
    auto attempt =
        co_await perform(std::move(request), receiver, std::move(no_steps), std::move(cancel));
    auto& end = attempt.end;
    if (end.error) co_return HttpAnswer{std::move(end.error), end.connected};
    co_return HttpAnswer{{}, true, std::move(end.head), receiver->take()};
}

}  // namespace blender_mcpd::assets
