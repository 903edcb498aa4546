#include "http.hpp"

#include "retry.hpp"
#include "site.hpp"
#include "stage.hpp"

#include <support/catch.hpp>

namespace blender_mcpd::assets {
namespace {

using std::chrono::seconds;

struct Network : Stage {
    explicit Network(HttpLimits limits = {}) : http(timers, metrics, limits, "test/1") {}

    core::Result<std::string> get(const std::string& path, std::size_t most = 1'000'000) {
        return run(http.get(request(path), most, cancel.token()));
    }
    [[nodiscard]] HttpRequest request(const std::string& path) const {
        return {path.starts_with("http") ? path : server.url(path), site()};
    }

    Http http;
};

TEST_CASE("an answer comes whole, and the server learns who asks") {
    Network network;
    network.server.on("/list", Answer{200, std::string(300'000, 'x')});
    CHECK(network.get("/list").value() == std::string(300'000, 'x'));
    CHECK(network.server.requests.at(0)["User-Agent"] == "test/1");
    CHECK(network.metrics.value(requests_made, "answered") == 1);
    CHECK(network.timers.armed().empty());
}

TEST_CASE("refusals of servers become errors that say what to do") {
    struct Row {
        int status;
        core::ErrorCode code;
    };
    const auto row =
        GENERATE(Row{404, core::ErrorCode::not_found}, Row{403, core::ErrorCode::unavailable},
                 Row{418, core::ErrorCode::protocol});
    Network network;
    network.server.on("/x", Answer{row.status});
    const auto got = network.get("/x?token=secret");
    REQUIRE(!got);
    CHECK(got.error().code == row.code);
    CHECK(!got.error().remedy.empty());
    CHECK(got.error().message.find("secret") == std::string::npos);
    CHECK(network.server.targets.size() == 1);
}

TEST_CASE("what is out of order for the moment is asked again, later") {
    const int status = GENERATE(429, 503);
    Network network;
    int asked = 0;
    network.server.on("/x", [&](const auto&) {
        return ++asked == 1 ? Answer{status, "", {"Retry-After: 7"}} : Answer{200, "here"};
    });
    std::optional<core::Result<std::string>> got;
    network.start(network.http.get(network.request("/x"), 100, network.cancel.token()), got);
    network.pass(seconds(6), "asset-retry");
    network.io.poll();
    CHECK(asked == 1);
    network.advance(seconds(1));
    network.drive([&] { return got.has_value(); });
    CHECK(got->value() == "here");
    CHECK(asked == 2);
}

TEST_CASE("a server that asks to come back much later is not waited for") {
    Network network;
    network.server.on("/x", Answer{429, "", {"Retry-After: 3600"}});
    const auto got = network.get("/x");
    REQUIRE(!got);
    CHECK(got.error().code == core::ErrorCode::busy);
    CHECK(network.server.targets.size() == 1);
}

TEST_CASE("attempts have an end") {
    Network network({.attempts = 2});
    network.server.on("/x", Answer{500});
    std::optional<core::Result<std::string>> got;
    network.start(network.http.get(network.request("/x"), 100, network.cancel.token()), got);
    network.pass(seconds(1), "asset-retry");
    network.drive([&] { return got.has_value(); });
    CHECK(got->error().code == core::ErrorCode::unavailable);
    CHECK(network.server.targets.size() == 2);
}

TEST_CASE("redirects are followed within the site alone") {
    Network network;
    network.server.on("/end", Answer{200, "here"});
    SECTION("to the same server") {
        network.server.on("/a/x", Answer{302, "", {"Location: /end"}});
        CHECK(network.get("/a/x").value() == "here");
    }
    SECTION("relative") {
        network.server.on("/x", Answer{307, "", {"Location: end?a=1"}});
        CHECK(network.get("/x").value() == "here");
        CHECK(network.server.targets.at(1) == "/end?a=1");
    }
    SECTION("to a foreign host") {
        network.server.on("/x", Answer{302, "", {"Location: https://example.com/end"}});
    }
    SECTION("to a private address") {
        network.server.on("/x", Answer{302, "", {"Location: http://10.0.0.1/end"}});
    }
    SECTION("to another port here") {
        network.server.on("/x", Answer{302, "", {"Location: http://127.0.0.1:1/end"}});
    }
    SECTION("to a file") {
        network.server.on("/x", Answer{302, "", {"Location: file:///etc/passwd"}});
    }
    if (network.server.targets.empty()) {
        const auto got = network.get("/x");
        REQUIRE(!got);
        CHECK(got.error().code == core::ErrorCode::invalid);
        CHECK(got.error().message.find("may not be fetched") != std::string::npos);
    }
}

TEST_CASE("a redirect in circles ends") {
    Network network;
    network.server.on("/x", Answer{302, "", {"Location: /x"}});
    const auto got = network.get("/x");
    REQUIRE(!got);
    CHECK(got.error().code == core::ErrorCode::protocol);
    CHECK(network.server.targets.size() == 6);
}

TEST_CASE("no more is taken than was asked for") {
    Network network;
    network.server.on("/x", Answer{200, std::string(2'000, 'x')});
    CHECK(network.get("/x", 2'000).has_value());
    const auto got = network.get("/x", 1'999);
    REQUIRE(!got);
    CHECK(got.error().code == core::ErrorCode::too_large);
}

TEST_CASE("a transfer that breaks off is tried again, and then told") {
    Network network({.attempts = 2});
    network.server.on("/x", Answer{200, std::string(1'000, 'x'), {}, 100});
    std::optional<core::Result<std::string>> got;
    network.start(network.http.get(network.request("/x"), 10'000, network.cancel.token()), got);
    network.pass(seconds(1), "asset-retry");
    network.drive([&] { return got.has_value(); });
    CHECK(got->error().code == core::ErrorCode::connection);
    CHECK(got->error().message.find("broke off") != std::string::npos);
}

TEST_CASE("each deadline says which it was") {
    Network network({.attempts = 1});
    auto answer = Answer{200, std::string(1'000, 'x')};
    answer.pause = std::make_shared<core::Event>(network.io.get_executor());
    std::string expected;
    SECTION("the first byte") {
        expected = "the server did not answer within 30 s";
    }
    SECTION("the next one") {
        answer.cut = 10;
        expected = "nothing more came within 30 s";
    }
    network.server.on("/x", answer);
    std::optional<core::Result<std::string>> got;
    network.start(network.http.get(network.request("/x"), 10'000, network.cancel.token()), got);
    // Time passes only while nothing comes: how far the transfer is cannot be seen from here.
    while (!got) {
        network.io.run_one_for(std::chrono::milliseconds(20));
        if (!network.server.targets.empty()) network.advance(seconds(1));
    }
    REQUIRE(!*got);
    CHECK(got->error().code == core::ErrorCode::timeout);
    CHECK(got->error().message.find(expected) != std::string::npos);
    CHECK(network.timers.armed().empty());
}

TEST_CASE("a slow server cannot hold a request for ever") {
    Network network(
        {.inactivity = seconds(100), .total = seconds(50), .answer = seconds(50), .attempts = 1});
    auto answer = Answer{200, std::string(1'000, 'x')};
    answer.cut = 10;
    answer.pause = std::make_shared<core::Event>(network.io.get_executor());
    network.server.on("/x", answer);
    std::optional<core::Result<std::string>> got;
    network.start(network.http.get(network.request("/x"), 10'000, network.cancel.token()), got);
    network.drive([&] { return !network.server.targets.empty(); });
    network.advance(seconds(51));
    network.drive([&] { return got.has_value(); });
    CHECK(got->error().code == core::ErrorCode::timeout);
    CHECK(got->error().message.find("did not come within 50 s") != std::string::npos);
}

TEST_CASE("people do not wait for an answer as long as for a file") {
    Network network({.inactivity = seconds(1'000), .total = seconds(1'000), .answer = seconds(5)});
    auto answer = Answer{200, "x"};
    answer.pause = std::make_shared<core::Event>(network.io.get_executor());
    network.server.on("/x", answer);
    std::optional<core::Result<std::string>> got;
    network.start(network.http.get(network.request("/x"), 100, network.cancel.token()), got);
    network.drive([&] { return !network.server.targets.empty(); });
    network.advance(seconds(6));
    network.drive([&] { return got.has_value(); });
    CHECK(got->error().code == core::ErrorCode::timeout);
}

TEST_CASE("cancellation ends a request wherever it is") {
    Network network;
    auto answer = Answer{200, "x"};
    answer.pause = std::make_shared<core::Event>(network.io.get_executor());
    network.server.on("/hangs", answer);
    network.server.on("/retry", Answer{503, "", {"Retry-After: 20"}});
    const std::string path = GENERATE("/hangs", "/retry");
    std::optional<core::Result<std::string>> got;
    network.start(network.http.get(network.request(path), 100, network.cancel.token()), got);
    if (path == "/retry") {
        network.pass(seconds(1), "asset-retry");
    } else {
        network.drive([&] { return !network.server.targets.empty(); });
    }
    network.cancel.cancel(core::CancelReason::client);
    network.drive([&] { return got.has_value(); });
    CHECK(got->error().code == core::ErrorCode::cancelled);
    CHECK(network.timers.armed().empty());
}

TEST_CASE("no more requests run at once than allowed, and who is cancelled leaves the line") {
    Network network({.at_once = 1});
    auto answer = Answer{200, "x"};
    answer.pause = std::make_shared<core::Event>(network.io.get_executor());
    network.server.on("/x", answer);
    core::CancelSource impatient;
    std::optional<core::Result<std::string>> first;
    std::optional<core::Result<std::string>> second;
    std::optional<core::Result<std::string>> third;
    network.start(network.http.get(network.request("/x"), 100, {}), first);
    network.start(network.http.get(network.request("/x"), 100, impatient.token()), second);
    network.start(network.http.get(network.request("/x"), 100, {}), third);
    network.drive([&] { return !network.server.targets.empty(); });
    CHECK(network.server.targets.size() == 1);
    impatient.cancel(core::CancelReason::client);
    network.drive([&] { return second.has_value(); });
    CHECK(second->error().code == core::ErrorCode::cancelled);
    answer.pause->set();
    network.drive([&] { return first && third; });
    CHECK(first->has_value());
    CHECK(third->has_value());
    CHECK(network.server.targets.size() == 2);
}

TEST_CASE("headers that may be secret go to the first origin only") {
    Network network;
    network.server.on("/x", Answer{200, "here"});
    auto request = network.request("/x");
    request.headers = {"Authorization: Token secret"};
    CHECK(network.run(network.http.get(request, 100, {})).value() == "here");
    CHECK(network.server.requests.at(0)["Authorization"] == "Token secret");
}

TEST_CASE("only public hosts over TLS can be asked, or a server on this machine") {
    struct Row {
        const char* url;
        bool fine;
    };
    const auto row =
        GENERATE(Row{"https://api.example.org", true}, Row{"http://127.0.0.1:8080", true},
                 Row{"http://[::1]:8080", true}, Row{"http://api.example.org", false},
                 Row{"http://127.0.0.1", false}, Row{"http://127.0.0.1:0", false},
                 Row{"http://127.0.0.1:80@example.org", false},
                 Row{"http://127.0.0.1:99999", false}, Row{"http://127.0.0.1:8080/path", false},
                 Row{"http://192.168.0.1:80", false}, Row{"http://localhost:8080", false},
                 Row{"https://127.0.0.1", false}, Row{"https://api.example.org/path", false},
                 Row{"ftp://api.example.org", false}, Row{"", false});
    CAPTURE(row.url);
    CHECK(is_base(row.url) == row.fine);
}

TEST_CASE("a site is its own hosts") {
    const Site site{"https://api.example.org", {".example.org", "files.example.net"}};
    CHECK(check_url("https://api.example.org/x?y=1", site)->reach == Reach::internet);
    CHECK(check_url("https://cdn.example.org/x", site).has_value());
    CHECK(check_url("https://files.example.net/x", site).has_value());
    CHECK(!check_url("https://example.net/x", site));
    CHECK(!check_url("https://api.example.org.evil.test/x", site));
    CHECK(!check_url("http://api.example.org/x", site));
    CHECK(!check_url("http://127.0.0.1:80/x", site));  // loopback is for who sets it
    const Site here{"http://127.0.0.1:8080", {}};
    CHECK(check_url("http://127.0.0.1:8080/x", here)->reach == Reach::loopback);
    CHECK(!check_url("http://127.0.0.1:8080\\@evil.test/x", here));
    CHECK(!check_url("http://127.0.0.1:80801/x", here));
}

TEST_CASE("addresses are judged where they are connected to") {
    const auto address = [](const char* text) { return boost::asio::ip::make_address(text); };
    CHECK(may_connect(address("93.184.216.34"), Reach::internet));
    CHECK(!may_connect(address("10.1.2.3"), Reach::internet));
    CHECK(!may_connect(address("127.0.0.1"), Reach::internet));
    CHECK(!may_connect(address("169.254.169.254"), Reach::internet));
    CHECK(!may_connect(address("::ffff:10.0.0.1"), Reach::internet));
    CHECK(may_connect(address("127.0.0.1"), Reach::loopback));
    CHECK(!may_connect(address("93.184.216.34"), Reach::loopback));
}

TEST_CASE("a name that leads to an address of this machine or network is not connected to") {
    Network network;
    Transfers transfers(network.io.get_executor());
    // As for any other name: what counts is the address that the system finds for it.
    auto url = network.server.url("/x");
    url.replace(0, std::string("http://127.0.0.1").size(), "https://localhost");
    std::optional<TransferEnd> end;
    class Nothing final : public Receiver {
        std::optional<core::Error> begin(const ResponseHead&) override { return {}; }
        std::optional<core::Error> write(std::string_view) override { return {}; }
    };
    const auto started = transfers.start(
        {url, Reach::internet, {}, "test/1"}, std::make_shared<Nothing>(), [](TransferStep) {},
        [&](TransferEnd one) { end = std::move(one); });
    REQUIRE(started.has_value());
    network.drive([&] { return end.has_value(); });
    REQUIRE(end->error);
    CHECK(end->error->code == core::ErrorCode::invalid);
    CHECK(end->error->message.find("not on the public Internet") != std::string::npos);
    CHECK(!end->temporary);
    CHECK(network.server.requests.empty());
}

TEST_CASE("Retry-After is seconds or a date") {
    CHECK(retry_after("120", 0) == seconds(120));
    CHECK(retry_after("Thu, 01 Jan 1970 00:01:40 GMT", 40) == seconds(60));
    CHECK(retry_after("Thu, 01 Jan 1970 00:01:40 GMT", 400) == seconds(0));
    CHECK(!retry_after("", 0));
    CHECK(!retry_after("-1", 0));
    CHECK(!retry_after("soon", 0));
    CHECK(!retry_after("10 minutes", 0));
}

TEST_CASE("pauses grow, and not for ever") {
    CHECK(backoff(1) == std::chrono::milliseconds(500));
    CHECK(backoff(3) == seconds(2));
    CHECK(backoff(1'000) == seconds(32));
}

}  // namespace
}  // namespace blender_mcpd::assets
