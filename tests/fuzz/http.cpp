// Bytes from an HTTP client: the parser finds the same requests however they are split, and what it
// lets through can be understood in one way only.
#include "fuzz.hpp"
#include "http_access.hpp"
#include "http_parser.hpp"
#include "http_sign_in.hpp"
#include "http_sse.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace blender_mcpd {
namespace {

using fuzz::require;
using transport::http::Parser;
using transport::http::Request;

constexpr Parser::Limits limits{2'048, 512};

struct Parsed {
    std::vector<Request> requests;
    std::string failure;
};

template <typename Next>
Parsed parse(std::string_view stream, Next next_size) {
    Parsed out;
    std::string waiting;
    auto parser = std::make_unique<Parser>(limits);
    for (;;) {
        const auto before = parser->state();
        const auto used = parser->feed(waiting);
        require(used <= waiting.size(), "no more is used than there is");
        waiting.erase(0, used);
        if (parser->state() == Parser::State::failed) {
            out.failure = parser->failure().body;
            require(parser->failure().status >= 400, "a failure has a status");
            return out;
        }
        if (parser->state() == Parser::State::complete) {
            out.requests.push_back(parser->request());
            parser = std::make_unique<Parser>(limits);
            continue;
        }
        if (used > 0 || parser->state() != before) continue;
        require(waiting.size() <= limits.header_bytes, "what waits is bounded");
        if (stream.empty()) break;
        const auto size = std::min({stream.size(), next_size(), std::size_t{256}});
        waiting += stream.substr(0, size);
        stream.remove_prefix(size);
    }
    return out;
}

void check(const Request& request) {
    const auto count = [&](std::string_view name) {
        return std::ranges::count(request.headers, name, &transport::http::Header::name);
    };
    require(count("host") == 1, "there is one host");
    require(count("content-length") + count("transfer-encoding") <= 1, "there is one length");
    require(request.path.starts_with('/'), "the path is a path", request.path);
    require(fuzz::is_tame(request.path), "the path is one line", request.path);
    require(request.body.size() <= limits.body_bytes, "the body is within the limit");
    require(request.body.empty() || request.method == "POST", "only POST has a body");
    for (const auto& [name, value] : request.headers) {
        require(name == core::lower_case(name), "names are in lower case", name);
        require(value == core::trimmed(value), "values are trimmed", value);
        require(value.find_first_of(std::string_view("\0\r\n", 3)) == std::string::npos,
                "a value is one line", value);
        if (const auto id = transport::http::read_event_id(value))
            require(to_string(*id) == value, "an event id is read as it is written", value);
    }
    (void)transport::http::refuse(request, {});
    require(transport::http::cookie(request, "name").find(';') == std::string_view::npos,
            "a cookie is one");
    if (const auto field = transport::http::form_field(request.body, "token"))
        require(field->size() <= request.body.size(), "a field is no longer than its form");
}

}  // namespace
}  // namespace blender_mcpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace blender_mcpd;
    fuzz::Blocks blocks(fuzz::text_of(data, size));
    const auto whole = parse(blocks.stream(), [] { return std::size_t{1} << 30; });
    const auto split = parse(blocks.stream(), [&] { return blocks.next(); });
    // What is wrong is seen sooner or later; a line or a head that is a little too long, sometimes
    // not at all.
    const auto too_long = [](const Parsed& parsed) {
        return parsed.failure.find("too long") != std::string::npos ||
               parsed.failure.find("headers are longer") != std::string::npos;
    };
    if (!too_long(whole) && !too_long(split)) {
        require(std::equal(whole.requests.begin(), whole.requests.end(), split.requests.begin(),
                           split.requests.end(),
                           [](const Request& a, const Request& b) {
                               return a.method == b.method && a.path == b.path &&
                                      a.body == b.body && a.headers.size() == b.headers.size();
                           }),
                "splits change nothing");
    }
    if (!whole.failure.empty())
        require(core::RawObject::scan(whole.failure).has_value(), "a failure is JSON",
                whole.failure);
    for (const auto& request : whole.requests)
        check(request);
    return 0;
}
