#include "http_pages.hpp"

#include "http_access.hpp"
#include "http_sse.hpp"

#include <blender_mcpd/core/text.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

namespace blender_mcpd::transport::http {

namespace asio = boost::asio;

namespace {

// How soon a browser comes back after it has lost a stream.
constexpr std::string_view come_back = "retry: 2000\n";

// Nothing of others on our pages, nothing of our pages on others, and no trace of them on disk.
std::vector<Header> page_headers() {
    return {{"Content-Security-Policy",
             "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
             "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
            {"X-Content-Type-Options", "nosniff"},
            {"X-Frame-Options", "DENY"},
            // Not "no-referrer": forms would be sent with the origin "null".
            {"Referrer-Policy", "same-origin"},
            {"Cross-Origin-Resource-Policy", "same-origin"},
            {"Cross-Origin-Opener-Policy", "same-origin"},
            {"Cache-Control", "no-store"}};
}

Response to_response(Page page) {
    Response response;
    response.status = page.status;
    response.content_type = std::move(page.content_type);
    response.body = std::move(page.body);
    response.headers = page_headers();
    if (!page.etag.empty()) response.headers.push_back({"ETag", '"' + page.etag + '"'});
    return response;
}

Response redirect(std::string_view where) {
    auto response = to_response({.status = 303});
    response.headers.push_back({"Location", std::string(where)});
    return response;
}

std::string set_cookie(std::string_view name, std::string_view value,
                       std::chrono::seconds lifetime) {
    return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}", name, value,
                       lifetime.count());
}

bool knows_already(const Request& request, const Page& page) {
    const auto known = request.header("if-none-match").value_or("");
    return !page.etag.empty() && known.find('"' + page.etag + '"') != std::string_view::npos;
}

}  // namespace

Pages::Pages(core::Timers& timers, const HttpOptions& options)
    : timers_(timers), options_(options), answered_(timers.executor()) {}

// Cookies know no ports: another daemon of this machine has its own.
std::string Pages::cookie_name() const {
    return fmt::format("blender-mcpd-{}", options_.port);
}

bool Pages::signed_in(const Request& request) const {
    // Pages of other ports are the same site to a browser, which sends the cookie.
    const auto from = request.header("sec-fetch-site").value_or("none");
    if (from != "none" && from != "same-origin") return false;
    return sign_ins_.knows(cookie(request, cookie_name()), timers_.now());
}

void Pages::handle(const Request& request, const std::shared_ptr<Exchange>& exchange) {
    if (stopped_)
        return exchange->respond(refusal(503, "shutdown", "blender-mcpd is shutting down"));
    if (request.path == sign_in_path) return sign_in(request, *exchange);
    if (request.path == sign_out_path) return sign_out(request, *exchange);
    if (options_.site->kind(request.path) == Site::Kind::events) return watch(request, exchange);
    ++answering_;
    asio::co_spawn(timers_.executor(),
                   answer(shared_from_this(), *options_.site, request, exchange), asio::detached);
}

void Pages::sign_in(const Request& request, Exchange& exchange) {
    if (options_.token.empty() || signed_in(request)) return exchange.respond(redirect("/"));
    const auto& site = *options_.site;
    if (request.method != "POST")
        return exchange.respond(to_response(site.sign_in_page(Site::SignIn::wanted)));
    const auto now = timers_.now();
    const auto refuse = [&](unsigned status, Site::SignIn why, std::string_view reason) {
        auto response = to_response(site.sign_in_page(why));
        response.status = status;
        response.refused = reason;
        if (const auto pause = sign_ins_.pause(now); pause.count() > 0)
            response.headers.push_back({"Retry-After", std::to_string(pause.count())});
        exchange.respond(std::move(response));
    };
    if (sign_ins_.pause(now).count() > 0)
        return refuse(429, Site::SignIn::too_often, "sign_in_pause");
    const auto given = form_field(request.body, "token").value_or("");
    if (!same_secret(core::trimmed(given), options_.token)) {
        sign_ins_.failed(now);
        spdlog::warn("somebody tried to sign in to the status page with a wrong token");
        return refuse(403, Site::SignIn::wrong, "token");
    }
    auto response = redirect("/");
    response.headers.push_back(
        {"Set-Cookie", set_cookie(cookie_name(), sign_ins_.open(now), SignIns::lifetime)});
    exchange.respond(std::move(response));
}

void Pages::sign_out(const Request& request, Exchange& exchange) {
    const std::string name(cookie(request, cookie_name()));
    sign_ins_.close(name);
    end_watchers([&](const Watcher& one) { return !one.name.empty() && one.name == name; });
    auto response = redirect(sign_in_path);
    response.headers.push_back({"Set-Cookie", set_cookie(cookie_name(), "", {})});
    exchange.respond(std::move(response));
}

asio::awaitable<void> Pages::answer(std::shared_ptr<Pages> self, Site& site, Request request,
                                    std::shared_ptr<Exchange> exchange) {
    try {
        const bool by_cookie = self->signed_in(request);
        auto page = co_await site.get(request.path, by_cookie);
        if (page.status == 200 && knows_already(request, page))
            page = {.status = 304, .etag = std::move(page.etag)};
        exchange->respond(to_response(std::move(page)));
    } catch (const std::exception& error) {
        spdlog::error("the page {}: {}", request.path, error.what());
        exchange->respond(refusal(500, "internal", "Internal error"));
    }
    --self->answering_;
    self->answered_.set();
}

void Pages::watch(const Request& request, const std::shared_ptr<Exchange>& exchange) {
    if (watchers_.size() >= options_.max_watchers) {
        auto response = refusal(
            503, "watchers",
            fmt::format("{} watch already, as many as may; try again later", watchers_.size()));
        response.headers.push_back({"Retry-After", "10"});
        return exchange->respond(std::move(response));
    }
    if (request.method == "HEAD")
        return exchange->respond(to_response({.content_type = "text/event-stream"}));
    auto headers = page_headers();
    headers.push_back({"X-Accel-Buffering", "no"});
    exchange->open_stream(std::move(headers));
    const bool by_cookie = signed_in(request);
    watchers_.push_back({exchange, by_cookie ? std::string(cookie(request, cookie_name())) : ""});
    exchange->on_silence([raw = exchange.get()] { raw->write(comment); });
    exchange->on_disconnect([weak = weak_from_this(), raw = exchange.get()] {
        const auto self = weak.lock();
        if (!self) return;
        std::erase_if(self->watchers_,
                      [&](const Watcher& one) { return one.exchange.get() == raw; });
        self->end_events_if_alone();
    });
    if (publisher_ == nullptr) {
        publisher_ = options_.site;
        publisher_->begin_events([this](std::string state) { return publish(std::move(state)); });
    } else if (!last_state_.empty()) {
        exchange->write_event(come_back, last_state_);
    }
}

bool Pages::publish(std::string state) {
    last_state_ = std::move(state);
    end_watchers([&](const Watcher& one) {
        return !one.name.empty() && !sign_ins_.knows(one.name, timers_.now());
    });
    bool all_have_it = true;
    for (const auto& one : watchers_) {
        // For who reads slowly one waits at most; who reads nothing is cut off by the connection.
        if (one.exchange->has_events())
            all_have_it = false;
        else
            one.exchange->write_event(come_back, last_state_);
    }
    return all_have_it;
}

template <typename Condition>
void Pages::end_watchers(Condition ends) {
    for (auto one = watchers_.begin(); one != watchers_.end();) {
        const auto next = std::next(one);
        if (ends(*one)) {
            const auto exchange = one->exchange;
            watchers_.erase(one);
            exchange->end_stream();
        }
        one = next;
    }
    end_events_if_alone();
}

void Pages::end_events_if_alone() {
    if (!watchers_.empty() || publisher_ == nullptr) return;
    last_state_.clear();
    std::exchange(publisher_, nullptr)->end_events();
}

void Pages::revoke() {
    sign_ins_.close_all();
    end_watchers([](const Watcher&) { return true; });
}

void Pages::stop() {
    stopped_ = true;
    revoke();
}

asio::awaitable<void> Pages::drained() {
    while (answering_ > 0) {
        answered_.reset();
        co_await answered_.wait();
    }
}

}  // namespace blender_mcpd::transport::http
