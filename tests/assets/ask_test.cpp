// Questions to interfaces: with a body, and answered whatever the status.
#include "http.hpp"
#include "stage.hpp"

#include <support/catch.hpp>

namespace blender_mcpd::assets {
namespace {

using std::chrono::seconds;

struct Interface : Stage {
    HttpRequest question(Content content, Repeat repeat = Repeat::when_it_may_help) {
        HttpRequest request{server.url("/ask"), site()};
        request.content = std::make_shared<const Content>(std::move(content));
        request.repeat = repeat;
        return request;
    }
    HttpAnswer ask(HttpRequest request) {
        return run(http.ask(std::move(request), 1'000, cancel.token()));
    }

    Http http{timers, metrics, {}, "test/1"};
};

Content json(std::string text) {
    return {Method::post, std::move(text)};
}

TEST_CASE("a question is sent with its body") {
    Interface interface;
    interface.server.on("/ask", Answer{201, "made"});
    const auto answer = interface.ask(interface.question(json(R"({"a":1})")));
    CHECK(!answer.error);
    CHECK(answer.head.status == 201);
    CHECK(answer.body == "made");
    const auto& asked = interface.server.requests.at(0);
    CHECK(asked.method == "POST");
    CHECK(asked["Content-Type"] == "application/json");
    CHECK(asked.body == R"({"a":1})");
}

TEST_CASE("a form has fields and files") {
    Interface interface;
    interface.server.on("/ask", Answer{200});
    Content form{Method::post, {}, {{"prompt", "a \"chair\""}}};
    form.form.push_back({"images", std::string("\0bytes", 6), "1.png", "image/png"});
    CHECK(!interface.ask(interface.question(std::move(form))).error);
    const auto& asked = interface.server.requests.at(0);
    CHECK_THAT(asked["Content-Type"], ContainsSubstring("multipart/form-data; boundary="));
    CHECK_THAT(asked.body, ContainsSubstring("name=\"prompt\"\r\n\r\na \"chair\"\r\n"));
    CHECK_THAT(asked.body, ContainsSubstring("name=\"images\"; filename=\"1.png\""));
    CHECK_THAT(asked.body, ContainsSubstring("Content-Type: image/png"));
    CHECK(asked.body.find(std::string("\r\n\r\n\0bytes\r\n", 12)) != std::string::npos);
}

TEST_CASE("a PUT has no body") {
    Interface interface;
    interface.server.on("/ask", Answer{202, "{}"});
    CHECK(interface.ask(interface.question({Method::put})).head.status == 202);
    CHECK(interface.server.requests.at(0).method == "PUT");
    CHECK(interface.server.requests.at(0)["Content-Length"] == "0");
}

TEST_CASE("refusals come with what they say") {
    Interface interface;
    interface.server.on("/ask", Answer{402, "pay first"});
    const auto answer = interface.ask(interface.question(json("{}")));
    CHECK(!answer.error);
    CHECK(answer.head.status == 402);
    CHECK(answer.body == "pay first");
}

TEST_CASE("what the server may have seen is not sent again, where each costs something") {
    Interface interface;
    const bool is_cut = GENERATE(true, false);
    interface.server.on("/ask", is_cut ? Answer{200, "made it", {}, 2} : Answer{503, "later"});
    const auto answer = interface.ask(interface.question(json("{}"), Repeat::until_connected));
    CHECK(answer.may_have_arrived);
    CHECK(answer.error.has_value() == is_cut);
    CHECK(interface.server.requests.size() == 1);
    CHECK(interface.metrics.value(requests_made, "retried") == 0);
}

TEST_CASE("what changes nothing is asked again") {
    Interface interface;
    int asked = 0;
    interface.server.on("/ask", [&](const auto&) {
        return ++asked == 1 ? Answer{200, "made it", {}, 2} : Answer{200, "here"};
    });
    std::optional<HttpAnswer> answer;
    interface.start(interface.http.ask(interface.question(json("{}")), 100, {}), answer);
    interface.pass(seconds(1), "asset-retry");
    interface.drive([&] { return answer.has_value(); });
    CHECK(answer->body == "here");
    CHECK(asked == 2);
}

TEST_CASE("what never left is sent again") {
    Interface interface;
    boost::asio::ip::tcp::acceptor closed(interface.io,
                                          {boost::asio::ip::make_address("127.0.0.1"), 0});
    const auto url = "http://127.0.0.1:" + std::to_string(closed.local_endpoint().port());
    closed.close();
    HttpRequest request{url + "/ask", {url, {}}};
    request.content = std::make_shared<const Content>(json("{}"));
    request.repeat = Repeat::until_connected;
    std::optional<HttpAnswer> answer;
    interface.start(interface.http.ask(request, 100, {}), answer);
    for (int attempt = 1; attempt < 4; ++attempt)
        interface.pass(seconds(5), "asset-retry");
    interface.drive([&] { return answer.has_value(); });
    REQUIRE(answer->error);
    CHECK(answer->error->code == core::ErrorCode::connection);
    CHECK(!answer->may_have_arrived);
    CHECK(interface.metrics.value(requests_made, "retried") == 3);
}

TEST_CASE("what was meant for one server goes to no other") {
    Interface interface;
    interface.server.on("/ask", Answer{307, "", {"Location: /elsewhere"}});
    const auto answer = interface.ask(interface.question(json("{}")));
    REQUIRE(answer.error);
    CHECK(answer.error->code == core::ErrorCode::protocol);
    CHECK(interface.server.requests.size() == 1);
}

TEST_CASE("a server that still takes the question is not silent") {
    Interface interface;
    auto& server = interface.server;
    server.body_pause = std::make_shared<core::Event>(interface.io.get_executor());
    auto pause = std::make_shared<core::Event>(interface.io.get_executor());
    server.on("/ask", Answer{200, "here", {}, {}, pause});
    auto question = interface.question(json(std::string(std::size_t{32} << 20U, 'x')));
    question.total = std::chrono::minutes(5);
    std::optional<HttpAnswer> answer;
    interface.start(interface.http.ask(std::move(question), 100, {}), answer);
    interface.pass(seconds(0), "asset-transfer");
    interface.drive([&] { return server.heads == 1; });
    interface.advance(seconds(25));
    server.body_pause->set();
    interface.drive([&] { return server.requests.size() == 1; });
    interface.advance(seconds(25));
    pause->set();
    interface.drive([&] { return answer.has_value(); });
    CHECK(!answer->error);
    CHECK(answer->body == "here");
}

}  // namespace
}  // namespace blender_mcpd::assets
