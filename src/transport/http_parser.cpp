#include "http_parser.hpp"

// We compile without char8_t, which this header of Beast's would use.
#include <boost/static_string/config.hpp>
#undef BOOST_STATIC_STRING_CPP20

#include <blender_mcpd/core/text.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace blender_mcpd::transport::http {

namespace beast = boost::beast;

namespace {

// Beast's string_body reserves what Content-Length claims; this one grows with what arrives.
struct GrowingBody {
    using value_type = std::string;

    class reader {
      public:
        template <bool is_request, class Fields>
        reader(beast::http::header<is_request, Fields>&, value_type& body) : body_(body) {}
        void init(const boost::optional<std::uint64_t>&, beast::error_code& error) { error = {}; }
        template <class Buffers>
        std::size_t put(const Buffers& buffers, beast::error_code& error) {
            error = {};
            std::size_t size = 0;
            for (const auto part : beast::buffers_range_ref(buffers)) {
                body_.append(static_cast<const char*>(part.data()), part.size());
                size += part.size();
            }
            return size;
        }
        void finish(beast::error_code& error) { error = {}; }

      private:
        value_type& body_;
    };
};

constexpr std::size_t shortest_last_chunk = 5;  // "0\r\n\r\n"

// Headers that mean something to us once: a second one is an attempt to be understood in two ways.
bool must_be_single(std::string_view name) {
    static constexpr std::string_view names[] = {
        "host",         "content-length", "transfer-encoding",
        "content-type", "authorization",  "last-event-id",
        "origin",       "expect",         "connection"};
    return name.starts_with("mcp-") || std::ranges::count(names, name) > 0;
}

}  // namespace

struct Parser::Impl {
    beast::http::request_parser<GrowingBody> parser;
};

Parser::Parser(Limits limits) : limits_(limits), impl_(std::make_unique<Impl>()) {
    impl_->parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    // Ours is checked beside: Beast would refuse before the head can be judged.
    impl_->parser.body_limit(boost::none);
}

Parser::~Parser() = default;

std::size_t Parser::feed(std::string_view bytes) {
    auto& parser = impl_->parser;
    std::size_t used = 0;
    const bool in_head = state_ == State::head;
    while ((state_ == State::head) == in_head && used < bytes.size()) {
        if (state_ != State::head && state_ != State::body) break;
        beast::error_code error;
        const auto rest = bytes.substr(used);
        // Beast asserts that a last chunk comes in at least so many bytes; as many always follow.
        if (state_ == State::body && parser.chunked() && rest.size() < shortest_last_chunk) break;
        const auto size = parser.put(boost::asio::buffer(rest.data(), rest.size()), error);
        used += size;
        if (error == beast::http::error::header_limit) {
            fail(431, "header_too_large",
                 fmt::format("The headers are longer than {} bytes", limits_.header_bytes));
        } else if (error && error != beast::http::error::need_more) {
            fail(400, "malformed", "Malformed HTTP request: " + error.message());
        } else if (in_head && parser.is_header_done()) {
            finish_head();
        } else if (parser.get().body().size() > limits_.body_bytes) {
            fail(413, "too_large",
                 fmt::format("The body is longer than {} bytes", limits_.body_bytes));
        } else if (!in_head && parser.is_done()) {
            request_.body = std::move(parser.get().body());
            state_ = State::complete;
        } else if (error || size == 0) {
            break;  // more is needed
        }
    }
    // The line of a chunk and trailers are taken whole, and Beast has no limit for them.
    if (state_ == State::body && used == 0 && bytes.size() >= limits_.header_bytes)
        fail(400, "malformed", "The line of a chunk or a trailer is too long");
    return used;
}

void Parser::finish_head() {
    const auto& message = impl_->parser.get();
    request_.method = std::string(message.method_string());
    request_.http_1_0 = message.version() == 10;
    request_.keep_alive = message.keep_alive();
    for (const auto& field : message) {
        const auto name = field.name_string();
        const auto value = field.value();
        Header header{core::lower_case({name.data(), name.size()}),
                      std::string(core::trimmed({value.data(), value.size()}))};
        if (must_be_single(header.name) && request_.header(header.name))
            return fail(400, "malformed",
                        fmt::format("The header {} is there more than once", header.name));
        request_.headers.push_back(std::move(header));
    }
    if (!request_.header("host")) return fail(400, "malformed", "The header Host is missing");
    const auto target = message.target();
    request_.path = std::string(target.substr(0, target.find('?')));
    if (!request_.path.starts_with('/'))
        return fail(400, "malformed", "The request target must be a path, such as /mcp");
    check_framing();
}

void Parser::check_framing() {
    const auto& parser = impl_->parser;
    const auto coding = request_.header("transfer-encoding");
    if (coding && (request_.http_1_0 || core::lower_case(*coding) != "chunked"))
        return fail(400, "malformed", "The only transfer coding is chunked, in HTTP/1.1");
    if (coding && request_.header("content-length"))
        return fail(400, "malformed", "Content-Length and Transfer-Encoding exclude each other");
    const auto digits = request_.header("content-length");  // Beast also takes "5, 5"
    if (digits && digits->find_first_not_of("0123456789") != std::string_view::npos)
        return fail(400, "malformed", "Content-Length must be one number");
    const auto expect = request_.header("expect");
    if (expect && core::lower_case(*expect) != "100-continue")
        return fail(417, "malformed", "The only expectation is 100-continue");
    const auto length = parser.content_length();
    if (request_.method != "POST" && (coding || (length && *length > 0)))
        return fail(400, "malformed", "Only POST may have a body");
    if (length && *length > limits_.body_bytes)
        return fail(413, "too_large",
                    fmt::format("The body is longer than {} bytes", limits_.body_bytes));
    state_ = parser.is_done() ? State::complete : State::body;
    expects_continue_ = expect && !request_.http_1_0 && state_ == State::body;
}

void Parser::fail(unsigned status, std::string_view reason, std::string_view message) {
    failure_ = refusal(status, reason, message);
    state_ = State::failed;
}

}  // namespace blender_mcpd::transport::http
