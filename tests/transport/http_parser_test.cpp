// One request after the other out of bytes, and what is refused because two readers could see two
// different requests in it.
#include "http_parser.hpp"

#include <string>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::transport::http {

namespace {

constexpr Parser::Limits limits{1'000, 100};

/// Feeds it in parts of at most `step` bytes; what is left over.
std::string feed(Parser& parser, const std::string& bytes, std::size_t step = 1'000'000) {
    std::string waiting;
    std::size_t sent = 0;
    for (;;) {
        const auto before = parser.state();
        const auto used = parser.feed(waiting);
        waiting.erase(0, used);
        if (parser.state() == Parser::State::complete || parser.state() == Parser::State::failed)
            return waiting + bytes.substr(sent);
        if (used > 0 || parser.state() != before) continue;
        if (sent == bytes.size()) return waiting;
        const auto part = bytes.substr(sent, step);
        sent += part.size();
        waiting += part;
    }
}

const std::string host = "Host: localhost\r\n";

}  // namespace

TEST_CASE("a request is read whole, however it is cut") {
    const std::string next = "GET /next HTTP/1.1\r\n";
    const std::string plain =
        "POST /mcp?a=b HTTP/1.1\r\nHOST:  localhost \r\nContent-Length: 5\r\n"
        "X-A: 1\r\nX-A: 2\r\n\r\nhello";
    const std::string chunked = "POST /mcp HTTP/1.1\r\n" + host +
                                "Transfer-Encoding: chunked\r\n\r\n"
                                "2\r\nhe\r\n3;extension=1\r\nllo\r\n0\r\nMcp-Name: x\r\n\r\n";
    const auto step = GENERATE(std::size_t{1}, std::size_t{7}, std::size_t{1'000});
    for (const auto& text : {plain, chunked}) {
        Parser parser(limits);
        CHECK(feed(parser, text + next, step) == next);
        REQUIRE(parser.state() == Parser::State::complete);
        CHECK(parser.request().method == "POST");
        CHECK(parser.request().path == "/mcp");
        CHECK(parser.request().body == "hello");
        CHECK(parser.request().header("host") == "localhost");
        CHECK_FALSE(parser.request().header("mcp-name").has_value());  // a trailer is no header
        CHECK(parser.request().keep_alive);
    }
}

TEST_CASE("the head can be judged before the body") {
    Parser parser(limits);
    const std::string head =
        "POST /mcp HTTP/1.1\r\n" + host + "Content-Length: 5\r\nExpect: 100-Continue\r\n\r\n";
    CHECK(parser.feed(head + "hello") == head.size());
    CHECK(parser.state() == Parser::State::body);
    CHECK(parser.expects_continue());
    CHECK(parser.feed("hello") == 5);
    CHECK(parser.state() == Parser::State::complete);
}

TEST_CASE("connections are kept or not") {
    const auto keep_alive = [](const std::string& version, const std::string& header) {
        Parser parser(limits);
        feed(parser, "GET / HTTP/" + version + "\r\n" + host + header + "\r\n");
        REQUIRE(parser.state() == Parser::State::complete);
        return parser.request().keep_alive;
    };
    CHECK(keep_alive("1.1", ""));
    CHECK_FALSE(keep_alive("1.1", "Connection: close\r\n"));
    CHECK_FALSE(keep_alive("1.0", ""));
}

TEST_CASE("what is no sound request is refused") {
    struct Row {
        std::string name;
        std::string request;
        unsigned status;
    };
    const std::string post = "POST /mcp HTTP/1.1\r\n";
    const std::string end = "\r\nhello";
    const std::vector<Row> rows{
        {"no HTTP", "hello\r\n\r\n", 400},
        {"TLS", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15), 400},
        {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
        {"another version", "GET / HTTP/3.0\r\n" + host + "\r\n", 400},
        {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
        {"no host, old", "GET / HTTP/1.0\r\n\r\n", 400},
        {"two hosts", "GET / HTTP/1.1\r\n" + host + host + "\r\n", 400},
        {"an absolute target", "GET http://localhost/mcp HTTP/1.1\r\n" + host + "\r\n", 400},
        {"the target of OPTIONS", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", 400},
        {"the target of CONNECT", "CONNECT localhost:80 HTTP/1.1\r\n" + host + "\r\n", 400},
        {"a space in the target", "GET /a b HTTP/1.1\r\n" + host + "\r\n", 400},
        {"two lengths", post + host + "Content-Length: 5\r\nContent-Length: 5\r\n" + end, 400},
        {"two lengths that differ",
         post + host + "Content-Length: 5\r\nContent-Length: 6\r\n" + end, 400},
        {"a list of lengths", post + host + "Content-Length: 5, 5\r\n" + end, 400},
        {"a length with a sign", post + host + "Content-Length: +5\r\n" + end, 400},
        {"a negative length", post + host + "Content-Length: -5\r\n" + end, 400},
        {"a hexadecimal length", post + host + "Content-Length: 0x5\r\n" + end, 400},
        {"a length beyond 64 bits", post + host + "Content-Length: 18446744073709551621\r\n" + end,
         400},
        {"a length and chunks",
         post + host + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"chunks and a length",
         post + host + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
        {"chunked twice", post + host + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
         400},
        {"two transfer codings", post + host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
         400},
        {"two headers of transfer codings",
         post + host + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         400},
        {"another transfer coding", post + host + "Transfer-Encoding: identity\r\n" + end, 400},
        {"chunks in HTTP/1.0",
         "POST /mcp HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"a space before the colon", post + host + "Content-Length : 5\r\n" + end, 400},
        {"a bare line feed", post + "Host: localhost\nContent-Length: 5\r\n" + end, 400},
        {"a zero byte in a header", post + host + std::string("X: a\0b\r\n", 8) + "\r\n", 400},
        {"a size of a chunk that is none",
         post + host + "Transfer-Encoding: chunked\r\n\r\nxy\r\nhe\r\n", 400},
        {"a chunk longer than its size",
         post + host + "Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n", 400},
        {"a line of a chunk that is too long",
         post + host + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(1'000, 'x'), 400},
        {"trailers that are too long",
         post + host + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + std::string(1'000, 'x'), 400},
        {"two sessions", post + host + "Mcp-Session-Id: a\r\nMcp-Session-Id: b\r\n\r\n", 400},
        {"two methods", post + host + "Mcp-Method: a\r\nmcp-method: a\r\n\r\n", 400},
        {"two parameters", post + host + "Mcp-Param-X: a\r\nmcp-param-x: a\r\n\r\n", 400},
        {"two tokens", post + host + "Authorization: a\r\nAuthorization: b\r\n\r\n", 400},
        {"two origins", post + host + "Origin: a\r\nOrigin: b\r\n\r\n", 400},
        {"another expectation", post + host + "Content-Length: 5\r\nExpect: the worst\r\n" + end,
         417},
        {"a body where none belongs", "GET / HTTP/1.1\r\n" + host + "Content-Length: 5\r\n" + end,
         400},
        {"a chunked body where none belongs",
         "DELETE / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"headers that are too long", post + host + "X: " + std::string(1'000, 'x') + "\r\n\r\n",
         431},
        {"headers without end", post + std::string(2'000, 'x'), 431},
        {"a length above the limit", post + host + "Content-Length: 101\r\n\r\n", 413},
        {"chunks above the limit",
         post + host + "Transfer-Encoding: chunked\r\n\r\n33\r\n" + std::string(51, 'x') +
             "\r\n33\r\n" + std::string(51, 'x') + "\r\n0\r\n\r\n",
         413},
    };
    for (const auto& row : rows) {
        for (const std::size_t step : {1, 1'000'000}) {
            INFO(row.name << " by " << step);
            Parser parser(limits);
            feed(parser, row.request, step);
            REQUIRE(parser.state() == Parser::State::failed);
            CHECK(parser.failure().status == row.status);
            CHECK_FALSE(parser.failure().refused.empty());
        }
    }
}

TEST_CASE("bodies may be as long as the limit") {
    for (const auto& text :
         {"Content-Length: 100\r\n\r\n" + std::string(100, 'x'),
          "Transfer-Encoding: chunked\r\n\r\n64\r\n" + std::string(100, 'x') + "\r\n0\r\n\r\n",
          std::string("Content-Length: 0\r\n\r\n"), std::string("\r\n")}) {
        Parser parser(limits);
        feed(parser, "POST /mcp HTTP/1.1\r\n" + host + text);
        CHECK(parser.state() == Parser::State::complete);
    }
}

}  // namespace blender_mcpd::transport::http
