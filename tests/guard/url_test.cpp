#include <blender_mcpd/guard/query.hpp>
#include <blender_mcpd/guard/url.hpp>

#include <string>
#include <vector>

#include <support/catch.hpp>

namespace blender_mcpd::guard {
namespace {

TEST_CASE("everything but the unreserved characters is encoded") {
    CHECK(*percent_encode("AZaz09-._~") == "AZaz09-._~");
    CHECK(*percent_encode("!'()*") == "%21%27%28%29%2A");
    CHECK(*percent_encode(" /?#&=+%\r\n:@,;$[]\"<>\\^`{|}") ==
          "%20%2F%3F%23%26%3D%2B%25%0D%0A%3A%40%2C%3B%24%5B%5D%22%3C%3E%5C%5E%60%7B%7C%7D");
    CHECK(*percent_encode("стул é") == "%D1%81%D1%82%D1%83%D0%BB%20%C3%A9");
    CHECK(*percent_encode(std::string(1, '\0')) == "%00");
    CHECK(percent_encode("")->empty());
    std::string all;
    for (int c = 1; c < 128; ++c)
        all += static_cast<char>(c);
    const auto encoded = *percent_encode(all);
    CHECK(encoded.find_first_not_of(
              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%") ==
          std::string::npos);
}

TEST_CASE("invalid UTF-8 is refused, not sent") {
    for (const auto* text : {"\xFF", "a\xC0\xAF", "\xED\xA0\x80", "\xE6\xA4"}) {
        const auto result = percent_encode(text);
        REQUIRE(result.has_error());
        CHECK(result.error().code == core::ErrorCode::invalid);
        CHECK_THAT(result.error().message, ContainsSubstring("not valid UTF-8"));
        CHECK(UrlBuilder("example.org").segment(text).build().has_error());
        CHECK(UrlBuilder("example.org").query("q", text).build().has_error());
        CHECK(UrlBuilder("example.org").query(text, "v").build().has_error());
    }
}

TEST_CASE("URLs are encoded exactly once") {
    const auto search = [](std::string_view query) {
        core::Metrics metrics;
        return *UrlBuilder("api.example.org")
                    .segment("v2")
                    .segment("search")
                    .query("q", *clean_query(query, metrics))
                    .query("type", "models")
                    .build();
    };
    const std::string base = "https://api.example.org/v2/search?q=";
    const std::vector<std::pair<std::string, std::string>> golden{
        {"oak tree", "oak%20tree"},
        {" oak\n tree ", "oak%20tree"},
        {"oak%20tree", "oak%2520tree"},  // the user's own percent sign
        {"C++", "C%2B%2B"},
        {"rock & roll", "rock%20%26%20roll"},
        {"artist's chair", "artist%27s%20chair"},
        {"стул", "%D1%81%D1%82%D1%83%D0%BB"},
        {"椅子", "%E6%A4%85%E5%AD%90"},
        {"cafe\u0301", "caf%C3%A9"},
        {"a&type=all#x", "a%26type%3Dall%23x"},
    };
    for (const auto& [query, expected] : golden)
        CHECK(search(query) == base + expected + "&type=models");
    CHECK(search("oak tree").find("%25") == std::string::npos);
    CHECK(*UrlBuilder("example.org").build() == "https://example.org");
}

TEST_CASE("no input changes the host, the path or the number of parameters") {
    for (const std::string input : {"../../admin", "a/b", "a?b=c", "a#b", "a\r\nHost: evil",
                                    "@evil", "%2e%2e", "..%2f", "//evil.org", "\\evil"}) {
        CAPTURE(input);
        const auto url =
            *UrlBuilder("example.org").segment("assets").segment(input).query("q", input).build();
        const std::string prefix = "https://example.org/assets/";
        CHECK(url.starts_with(prefix));
        const auto rest = url.substr(prefix.size());
        CHECK(rest.find('/') == std::string::npos);
        CHECK(rest.find('#') == std::string::npos);
        CHECK(rest.find('?') == rest.rfind('?'));
        CHECK(rest.find('&') == std::string::npos);
        CHECK(rest.find_first_of("\r\n @\\") == std::string::npos);
    }
    for (const auto* segment : {"", ".", ".."})
        CHECK(UrlBuilder("example.org").segment("a").segment(segment).build().has_error());
    for (const auto* host : {"", "example.org/x", "a@example.org", "example.org:80", "localhost",
                             "127.0.0.1", "Example.org"})
        CHECK(UrlBuilder(host).build().has_error());
}

const std::vector<std::string> allowed{"example.org", ".cdn.example.net"};

TEST_CASE("downloads that are allowed") {
    struct Row {
        std::string url, host, target;
    };
    const std::vector<Row> rows{
        {"https://example.org/a/b.zip?x=1&y=%20", "example.org", "/a/b.zip?x=1&y=%20"},
        {"HTTPS://EXAMPLE.ORG/A", "example.org", "/A"},
        {"https://example.org", "example.org", "/"},
        {"https://example.org?x=1", "example.org", "/?x=1"},
        {"https://example.org/a#fragment", "example.org", "/a"},
        {"https://example.org#fragment", "example.org", "/"},
        {"https://example.org:443/a", "example.org", "/a"},
        {"https://eu.cdn.example.net/a", "eu.cdn.example.net", "/a"},
        {"https://a.b.cdn.example.net/", "a.b.cdn.example.net", "/"},
        {"https://example.org/a:b@c", "example.org", "/a:b@c"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.url);
        const auto result = check_download_url(row.url, allowed);
        REQUIRE(result.has_value());
        CHECK(result->host == row.host);
        CHECK(result->target == row.target);
        CHECK(check_public_url(row.url).has_value());
    }
}

TEST_CASE("downloads that are refused") {
    struct Row {
        std::string url, why;
    };
    const std::vector<Row> rows{
        {"http://example.org/a", "is not https"},
        {"ftp://example.org/a", "is not https"},
        {"file:///etc/passwd", "is not https"},
        {"//example.org/a", "is not https"},
        {"https:example.org", "is not https"},
        {"", "is not https"},
        {"https://", "has no host"},
        {"https:///a", "has no host"},
        {"https://user:secret@example.org/", "user info"},
        {"https://example.org@evil.org/", "user info"},
        {"https://example.org:80/", "a port other than 443"},
        {"https://example.org:/", "a port other than 443"},
        {"https://example.org:0443/", "a port other than 443"},
        {"https://example.org:443:443/", "a port other than 443"},
        {"https://evil.org/", "not allowed"},
        {"https://evil-example.org/", "not allowed"},
        {"https://example.org.evil.com/", "not allowed"},
        {"https://sub.example.org/", "not allowed"},
        {"https://cdn.example.net/", "not allowed"},
        {"https://evilcdn.example.net/", "not allowed"},
        {"https://127.0.0.1/", "IP address"},
        {"https://[::1]/", "IP address"},
        {"https://[::ffff:127.0.0.1]/", "IP address"},
        {"https://2130706433/", "IP address"},
        {"https://0177.0.0.1/", "IP address"},
        {"https://0x7f000001/", "IP address"},
        {"https://0x7f.0.0.0x1/", "IP address"},
        {"https://127.1/", "IP address"},
        {"https://169.254.169.254/latest/meta-data", "IP address"},
        {"https://8.8.8.8/", "IP address"},
        {"https://localhost/", "local network"},
        {"https://a.localhost/", "local network"},
        {"https://printer.local/", "local network"},
        {"https://metadata.google.internal/", "local network"},
        {"https://intranet/", "local network"},
        {"https://1.0.0.127.in-addr.arpa/", "local network"},
        {"https://example.org./", "no plain host name"},
        {"https://.example.org/", "no plain host name"},
        {"https://exa%6Dple.org/", "no plain host name"},
        {"https://exam_ple.org/", "no plain host name"},
        {"https://-example.org/", "no plain host name"},
        {"https://" + std::string(64, 'a') + ".org/", "no plain host name"},
        {"https://" + std::string(250, 'a') + ".org/", "too long"},
        {"https://example.org\\@evil.org/", "characters that a URL cannot have"},
        {"https://example.org/a b", "characters that a URL cannot have"},
        {"https://example.org/a\r\nHost: x", "characters that a URL cannot have"},
        {"https://example.org/\x7F", "characters that a URL cannot have"},
        {"https://exämple.org/", "characters that a URL cannot have"},
        {"https://example\u3002org/", "characters that a URL cannot have"},
        {std::string("https://example.org/\0a", 22), "characters that a URL cannot have"},
        {"https://example.org/" + std::string(9'000, 'a'), "is longer than 8192 bytes"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.url);
        const auto result = check_download_url(row.url, allowed);
        REQUIRE(result.has_error());
        CHECK(result.error().code == core::ErrorCode::invalid);
        CHECK_THAT(result.error().message, ContainsSubstring(row.why));
        CHECK(result.error().message.size() < 300);
    }
    CHECK(check_download_url("https://example.org/", {}).has_error());
}

TEST_CASE("addresses on the public Internet, and the others") {
    const auto is_public = [](const char* text) {
        return is_public_address(boost::asio::ip::make_address(text));
    };
    for (const auto* address :
         {"8.8.8.8",         "1.1.1.1",         "9.255.255.255",    "11.0.0.0",
          "100.63.255.255",  "100.128.0.0",     "126.255.255.255",  "128.0.0.0",
          "169.253.255.255", "169.255.0.0",     "172.15.255.255",   "172.32.0.0",
          "192.0.1.0",       "192.167.255.255", "192.169.0.0",      "198.17.255.255",
          "198.20.0.0",      "223.255.255.255", "2606:4700::1111",  "2001:4860:4860::8888",
          "2001:200::1",     "2a00::1",         "64:ff9b::808:808", "2002:808:808::1"}) {
        CAPTURE(address);
        CHECK(is_public(address));
    }
    for (const auto* address : {"0.0.0.0",
                                "0.1.2.3",
                                "10.0.0.0",
                                "10.255.255.255",
                                "100.64.0.0",
                                "100.127.255.255",
                                "127.0.0.1",
                                "127.255.255.255",
                                "169.254.0.0",
                                "169.254.169.254",
                                "172.16.0.0",
                                "172.31.255.255",
                                "192.0.0.1",
                                "192.0.2.1",
                                "192.88.99.1",
                                "192.168.0.0",
                                "192.168.255.255",
                                "198.18.0.0",
                                "198.19.255.255",
                                "198.51.100.1",
                                "203.0.113.1",
                                "224.0.0.1",
                                "239.255.255.255",
                                "240.0.0.1",
                                "255.255.255.255",
                                "::",
                                "::1",
                                "::ffff:8.8.8.8",
                                "::ffff:127.0.0.1",
                                "::8.8.8.8",
                                "64:ff9b::a00:1",
                                "64:ff9b::7f00:1",
                                "64:ff9b:1::808:808",
                                "100::1",
                                "2001::1",
                                "2001:2::1",
                                "2001:20::1",
                                "2001:db8::1",
                                "2002:a00:1::1",
                                "2002:7f00:1::1",
                                "2002:c0a8:1::1",
                                "3fff::1",
                                "4000::1",
                                "5f00::1",
                                "fc00::1",
                                "fdff::1",
                                "fe80::1",
                                "fec0::1",
                                "ff02::1"}) {
        CAPTURE(address);
        CHECK_FALSE(is_public(address));
    }
}

}  // namespace
}  // namespace blender_mcpd::guard
