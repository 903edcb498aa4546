// The pages of a site: who may see them, the way in and out, and those who watch.
#include "http_sign_in.hpp"
#include "http_stage.hpp"

#include <string>
#include <utility>
#include <vector>

namespace blender_mcpd::transport {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view token = "0123456789abcdef0123456789abcdef";

/// Publishes what the test says, and answers when it says so.
class FakeSite final : public Site {
  public:
    explicit FakeSite(HttpStage& stage) : stage_(stage) {}

    [[nodiscard]] Kind kind(std::string_view path) const override {
        if (path == "/") return Kind::page;
        if (path == "/style") return Kind::open;
        if (path == "/data" || path == "/slow") return Kind::data;
        return path == "/events" ? Kind::events : Kind::none;
    }
    boost::asio::awaitable<Page> get(std::string path, bool signed_in) override {
        if (path == "/slow") co_await stage_.gate("slow").wait();
        Page page;
        page.content_type = "text/plain";
        page.body = path + (signed_in ? " for a browser" : "");
        if (path == "/data") page.etag = "7";
        co_return page;
    }
    [[nodiscard]] Page sign_in_page(SignIn state) const override {
        constexpr std::string_view names[] = {"wanted", "wrong", "too often"};
        return {.content_type = "text/html",
                .body = std::string(names[static_cast<std::size_t>(state)])};
    }
    void begin_events(std::function<bool(std::string)> takes) override {
        ++begun;
        publish = std::move(takes);
    }
    void end_events() override {
        ++ended;
        publish = nullptr;
    }

    std::function<bool(std::string)> publish;
    int begun = 0;
    int ended = 0;

  private:
    HttpStage& stage_;
};

HttpOptions with_token() {
    HttpOptions options;
    options.token = token;
    return options;
}

/// A server with a site.
struct PageStage {
    explicit PageStage(HttpOptions chosen = with_token())
        : options(std::move(chosen)), stage(options) {
        options.site = &site;
        stage.server->change_access(options);
    }
    ~PageStage() { stage.server->stop(core::CancelReason::closed); }

    /// The cookie of a browser that has signed in.
    std::string sign_in() {
        const auto answer = stage.ask(form("/login", "token=" + std::string(token)));
        CHECK(answer.status == 303);
        CHECK(answer.header("location") == "/");
        const auto set = answer.header("set-cookie");
        return "Cookie: " + set.substr(0, set.find(';')) + "\r\n";
    }
    [[nodiscard]] std::string form(const std::string& path, const std::string& body,
                                   const std::string& headers = "") const {
        return "POST " + path +
               " HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
               "application/x-www-form-urlencoded\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body;
    }
    HttpClient watch(const std::string& headers) {
        auto client = stage.connect();
        stage.send(client, get("/events", headers));
        return client;
    }

    HttpOptions options;
    HttpStage stage;
    FakeSite site{stage};
};

const std::string bearer = "Authorization: Bearer " + std::string(token) + "\r\n";

std::string without_body(std::string request) {
    return request.replace(0, 3, "HEAD");
}

}  // namespace

TEST_CASE("what a page needs") {
    PageStage page;
    auto& stage = page.stage;
    CHECK(stage.ask(get("/style")).body == "/style");
    const auto away = stage.ask(get("/"));
    CHECK(away.status == 303);
    CHECK(away.header("location") == "/login");
    CHECK(stage.ask(get("/data")).status == 401);
    CHECK(stage.ask(get("/events")).status == 401);
    CHECK(stage.ask(get("/", bearer)).body == "/");
    CHECK(stage.ask(get("/data", bearer)).body == "/data");
    CHECK(stage.ask(get("/data", "Authorization: Bearer x\r\n")).status == 401);
    CHECK(stage.ask(get("/data?token=" + std::string(token))).status == 401);
    CHECK(stage.ask(get("/nothing", bearer)).status == 404);
    CHECK(stage.ask(get("/", "Origin: http://evil.example\r\n" + bearer)).status == 403);
    CHECK(stage.ask("GET / HTTP/1.1\r\nHost: evil.example\r\n" + bearer + "\r\n").status == 403);
}

TEST_CASE("a browser signs in with the token, and out again") {
    PageStage page;
    auto& stage = page.stage;
    CHECK(stage.ask(get("/login")).body == "wanted");
    const auto answer = stage.ask(page.form("/login", "a=b&token=+" + std::string(token) + "%09"));
    const auto set = answer.header("set-cookie");
    INFO(set);
    CHECK(set.starts_with("blender-mcpd-" + std::to_string(stage.server->port()) + '='));
    CHECK(set.ends_with("; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200"));
    CHECK(set.find(token) == std::string::npos);
    const auto cookie = "Cookie: other=1; " + set.substr(0, set.find(';')) + "\r\n";
    CHECK(stage.ask(get("/", cookie)).body == "/ for a browser");
    CHECK(stage.ask(get("/data", cookie)).status == 200);
    CHECK(stage.ask(get("/login", cookie)).status == 303);

    SECTION("the cookie opens nothing but pages") {
        CHECK(stage.ask(post(initialize_body(), cookie)).status == 401);
        CHECK(stage.ask(get("/metrics", cookie)).status != 200);
    }
    SECTION("pages of other ports do not get in with it") {
        for (const auto* from : {"same-site", "cross-site"}) {
            const auto headers = cookie + "Sec-Fetch-Site: " + from + "\r\n";
            CHECK(stage.ask(get("/data", headers)).status == 401);
        }
        CHECK(stage.ask(get("/data", cookie + "Sec-Fetch-Site: same-origin\r\n")).status == 200);
        CHECK(stage.ask(get("/data", cookie + "Sec-Fetch-Site: none\r\n")).status == 200);
    }
    SECTION("it ends with the sign-out, and so does the stream") {
        auto watcher = page.watch(cookie);
        auto other = page.watch(bearer);
        const auto out = stage.ask(page.form("/logout", "", cookie));
        CHECK(out.status == 303);
        CHECK(out.header("location") == "/login");
        CHECK(out.header("set-cookie").ends_with("Max-Age=0"));
        CHECK(stage.ask(get("/data", cookie)).status == 401);
        CHECK(stage.answer(watcher)->whole);
        CHECK_FALSE(stage.answer(other)->whole);
    }
    SECTION("it ends after half a day") {
        auto watcher = page.watch(cookie);
        stage.advance(12h - 1s);
        CHECK(stage.ask(get("/data", cookie)).status == 200);
        stage.advance(1s);
        CHECK(stage.ask(get("/data", cookie)).status == 401);
        (void)page.site.publish("1");
        CHECK(stage.answer(watcher)->whole);
    }
    SECTION("it ends when there is another token") {
        auto watcher = page.watch(cookie);
        page.options.token = std::string(32, 'n');
        stage.server->change_access(page.options);
        CHECK(stage.ask(get("/data", cookie)).status == 401);
        CHECK(stage.answer(watcher)->whole);
    }
    SECTION("there are only so many") {
        for (std::size_t i = 1; i < http::SignIns::most; ++i)
            (void)page.sign_in();
        CHECK(stage.ask(get("/data", cookie)).status == 200);
        (void)page.sign_in();
        CHECK(stage.ask(get("/data", cookie)).status == 401);
    }
}

TEST_CASE("wrong tokens") {
    PageStage page;
    auto& stage = page.stage;
    for (std::size_t i = 0; i < http::SignIns::most_failures; ++i) {
        const auto refused = stage.ask(page.form("/login", i == 0 ? "" : "token=wrong"));
        CHECK(refused.status == 403);
        CHECK(refused.body == "wrong");
        CHECK(refused.header("set-cookie").empty());
    }
    // The right one is not even looked at, or guessing would go on.
    const auto right = page.form("/login", "token=" + std::string(token));
    const auto later = stage.ask(right);
    CHECK(later.status == 429);
    CHECK(later.body == "too often");
    CHECK(later.header("retry-after") == "60");
    CHECK(stage.metric(http_refused, "token") == 5);
    CHECK(stage.metric(http_refused, "sign_in_pause") == 1);
    CHECK(stage.ask(get("/data", bearer)).status == 200);
    stage.advance(59s);
    CHECK(stage.ask(right).status == 429);
    stage.advance(1s);
    CHECK(stage.ask(right).status == 303);
}

TEST_CASE("forms are taken from our own pages only, and small") {
    PageStage page;
    auto& stage = page.stage;
    const auto body = "token=" + std::string(token);
    const auto status = [&](const std::string& headers) {
        return stage.ask(page.form("/login", body, headers)).status;
    };
    CHECK(status("Origin: http://localhost\r\nSec-Fetch-Site: same-origin\r\n") == 303);
    CHECK(status("Origin: http://localhost:3000\r\n") == 403);
    CHECK(status("Origin: null\r\n") == 403);
    CHECK(status("Sec-Fetch-Site: same-site\r\n") == 403);
    CHECK(stage.ask(page.form("/logout", "", "Origin: http://127.0.0.1\r\n")).status == 403);
    CHECK(stage.ask(page.form("/login", std::string(4'097, 'x'))).status == 413);
    CHECK(stage.ask("POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
              .status == 413);
    CHECK(stage
              .ask("POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                   "text/plain\r\nContent-Length: 7\r\n\r\ntoken=x")
              .status == 415);
}

TEST_CASE("methods of pages") {
    PageStage page;
    auto& stage = page.stage;
    struct Row {
        const char* request;
        const char* allowed;
    };
    for (const auto& [request, allowed] :
         {Row{"POST /", "GET, HEAD"}, Row{"PUT /", "GET, HEAD"}, Row{"DELETE /events", "GET, HEAD"},
          Row{"OPTIONS /style", "GET, HEAD"}, Row{"PUT /login", "GET, HEAD, POST"},
          Row{"GET /logout", "POST"}}) {
        INFO(request);
        const auto answer =
            stage.ask(request + std::string(" HTTP/1.1\r\nHost: localhost\r\n") + bearer + "\r\n");
        CHECK(answer.status == 405);
        CHECK(answer.header("allow") == allowed);
    }
    auto client = stage.connect();
    for (const auto& [path, status] :
         {std::pair{"/", 200}, std::pair{"/events", 200}, std::pair{"/mcp", 405}}) {
        INFO(path);
        stage.send(client, without_body(get(path, bearer)));
        client.read();
        CHECK(client.received.starts_with("HTTP/1.1 " + std::to_string(status)));
        CHECK(client.received.ends_with("\r\n\r\n"));
        client.received.clear();
    }
    CHECK(page.site.begun == 0);
    stage.send(client, without_body(get("/")));
    client.read();
    CHECK(client.received.starts_with("HTTP/1.1 303"));
}

TEST_CASE("what goes with a page") {
    PageStage page;
    for (const auto& request :
         {get("/", bearer), get("/data", bearer), get("/login"), get("/style")}) {
        INFO(request);
        const auto answer = page.stage.ask(request);
        CHECK(answer.header("content-security-policy").find("default-src 'none'") == 0);
        CHECK(answer.header("content-security-policy").find("frame-ancestors 'none'") !=
              std::string::npos);
        CHECK(answer.header("content-security-policy").find("unsafe") == std::string::npos);
        CHECK(answer.header("x-content-type-options") == "nosniff");
        CHECK(answer.header("referrer-policy") == "same-origin");
        CHECK(answer.header("cross-origin-resource-policy") == "same-origin");
        CHECK(answer.header("cache-control") == "no-store");
        CHECK(answer.header("access-control-allow-origin").empty());
    }
}

TEST_CASE("what a client has already is not sent again") {
    PageStage page;
    auto& stage = page.stage;
    const auto first = stage.ask(get("/data", bearer));
    CHECK(first.header("etag") == "\"7\"");
    auto client = stage.connect();
    stage.send(client, get("/data", bearer + "If-None-Match: \"6\", \"7\"\r\n"));
    client.read();
    CHECK(client.received.starts_with("HTTP/1.1 304 Not Modified\r\n"));
    CHECK(client.received.ends_with("\r\n\r\n"));
    CHECK(client.received.find("Content-Length") == std::string::npos);
    CHECK(stage.ask(get("/data", bearer + "If-None-Match: \"6\"\r\n")).body == "/data");
}

TEST_CASE("without a token everybody may look") {
    PageStage page{HttpOptions()};
    CHECK(page.stage.ask(get("/")).body == "/");
    CHECK(page.stage.ask(get("/login")).header("location") == "/");
}

TEST_CASE("without a site there is nothing") {
    PageStage page;
    auto& stage = page.stage;
    CHECK(stage.server->site_url().ends_with(std::to_string(stage.server->port()) + '/'));
    auto watcher = page.watch(bearer);
    page.options.site = nullptr;
    stage.server->change_access(page.options);
    CHECK(stage.answer(watcher)->whole);
    CHECK(page.site.ended == 1);
    for (const auto* path : {"/", "/login", "/style", "/events"})
        CHECK(stage.ask(get(path, bearer)).status == 404);
    CHECK(stage.server->site_url().empty());
}

TEST_CASE("a site may go while a form comes") {
    PageStage page;
    auto& stage = page.stage;
    const auto form = page.form("/login", "token=" + std::string(token));
    auto client = stage.connect();
    stage.send(client, form.substr(0, form.size() - 1));
    page.options.site = nullptr;
    stage.server->change_access(page.options);
    stage.send(client, form.substr(form.size() - 1));
    const auto answer = stage.answer(client);
    REQUIRE(answer);
    CHECK(answer->status == 404);
}

TEST_CASE("who watches is told, from the first to the last one") {
    PageStage page;
    auto& stage = page.stage;
    auto first = page.watch(bearer);
    REQUIRE(page.site.begun == 1);
    CHECK(page.site.publish("one"));
    auto answer = stage.answer(first);
    REQUIRE(answer);
    CHECK(answer->header("content-type") == "text/event-stream");
    CHECK(answer->header("cache-control").find("no-store") != std::string::npos);
    CHECK(events_of(answer->body).back().data == "one");
    CHECK(events_of(answer->body).back().retry);

    auto second = page.watch(bearer);  // gets the last one at once
    CHECK(events_of(stage.answer(second)->body).back().data == "one");
    CHECK(page.site.begun == 1);
    CHECK(page.site.publish("two"));
    CHECK(events_of(stage.answer(first)->body).back().data == "two");
    CHECK(events_of(stage.answer(second)->body).back().data == "two");

    stage.advance(15s);
    CHECK(events_of(stage.answer(first)->body).back().comment);

    first.close();
    stage.settle();
    CHECK(page.site.ended == 0);
    second.close();
    stage.settle();
    CHECK(page.site.ended == 1);

    auto third = page.watch(bearer);  // the last one may not be true any more
    CHECK(page.site.begun == 2);
    CHECK(events_of(stage.answer(third)->body).empty());
}

TEST_CASE("there are only so many who watch") {
    auto options = with_token();
    options.max_watchers = 2;
    PageStage page{options};
    auto& stage = page.stage;
    auto first = page.watch(bearer);
    auto second = page.watch(bearer);
    const auto refused = stage.ask(get("/events", bearer));
    CHECK(refused.status == 503);
    CHECK(refused.header("retry-after") == "10");
    CHECK(refused.body.find("2 watch already") != std::string::npos);
    CHECK(stage.ask(get("/", bearer)).status == 200);
    first.close();
    auto third = page.watch(bearer);
    CHECK(stage.answer(third)->status == 200);
}

TEST_CASE("who reads slowly misses what was in between, and who reads nothing is cut off") {
    PageStage page;
    auto& stage = page.stage;
    auto slow = stage.connect();
    stage.send(slow, get("/events", bearer));
    auto quick = page.watch(bearer);
    bool all_have_it = true;
    int last = 0;
    for (; all_have_it && last < 1'000; ++last) {
        all_have_it = page.site.publish(std::string(100'000, 'x') + std::to_string(last));
        stage.settle();
        quick.read();
        quick.received.clear();
    }
    CHECK_FALSE(all_have_it);  // and with it, nothing more is kept for the slow one
    for (int i = 0; i < 100; ++i) {
        CHECK_FALSE(page.site.publish("news"));
        stage.settle();
    }
    SECTION("it reads on") {
        const auto has = [&](std::string_view text) {
            return slow.received.find(text) != std::string::npos;
        };
        bool sent = false;
        for (int i = 0; i < 10'000 && !has("data: the end"); ++i) {
            sent = sent || page.site.publish("the end");
            slow.read();
            stage.settle();
        }
        CHECK(has("data: the end"));
        CHECK_FALSE(has("data: news"));
    }
    SECTION("it does not") {
        stage.advance(30s);
        CHECK(page.site.publish("news"));  // the other one is there
        CHECK(page.site.ended == 0);
        quick.close();
        stage.settle();
        CHECK(page.site.ended == 1);
    }
}

TEST_CASE("a stop ends streams at once and waits for pages") {
    PageStage page;
    auto& stage = page.stage;
    auto watcher = page.watch(bearer);
    auto waiting = stage.connect();
    stage.send(waiting, get("/slow", bearer));
    stage.server->stop(core::CancelReason::shutdown);
    CHECK(page.site.ended == 1);
    CHECK(stage.answer(watcher)->whole);
    CHECK(stage.ended(watcher));
    bool finished = false;
    stage.loop.spawn([](HttpServer& server, bool& done) -> boost::asio::awaitable<void> {
        co_await server.finished();
        done = true;
    }(*stage.server, finished));
    CHECK_FALSE(finished);
    stage.gate("slow").set();
    stage.settle();
    CHECK(stage.answer(waiting)->body == "/slow");
    stage.settle();
    CHECK(finished);
}

}  // namespace blender_mcpd::transport
