// Where does the object end? The receiver against every split, and against the scanner of core.
#include "json_receiver.hpp"

#include "allocations.hpp"
#include "print.hpp"

#include <blender_mcpd/core/json.hpp>

#include <algorithm>
#include <ctime>
#include <random>
#include <string>
#include <vector>

#include <support/catch.hpp>

using namespace blender_mcpd;
using core::ErrorCode;
using link::JsonReceiver;

namespace {

constexpr std::size_t no_limit = std::size_t{1} << 30;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

/// What became of a text that came in these blocks: the object, or the error.
struct Outcome {
    bool complete = false;
    std::string text;
    std::string error;
    std::size_t not_finite = 0;
    bool operator==(const Outcome&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
    return out << (outcome.complete ? "complete: " : "incomplete: ") << outcome.text
               << ", error: " << outcome.error << ", " << outcome.not_finite << " not finite";
}

Outcome receive(const std::vector<std::string_view>& blocks, std::size_t limit = no_limit) {
    JsonReceiver receiver(limit);
    Outcome outcome;
    for (const auto block : blocks) {
        if (const auto fed = receiver.feed(block); !fed) {
            outcome.error = fed.error().message;
            return outcome;
        }
    }
    outcome.complete = receiver.complete();
    outcome.not_finite = receiver.not_finite();
    if (outcome.complete) outcome.text = receiver.take();
    return outcome;
}

std::vector<std::string_view> in_blocks(std::string_view text, std::size_t size) {
    std::vector<std::string_view> blocks;
    for (; !text.empty(); text.remove_prefix(std::min(size, text.size())))
        blocks.push_back(text.substr(0, size));
    return blocks;
}

/// {"data":"xxx…"} of that many bytes.
std::string object_of(std::size_t bytes) {
    return R"({"data":")" + std::string(bytes - 11, 'x') + "\"}";
}

/// Numbers, names and strings, as a large reply has them.
std::string scene_of(std::size_t bytes) {
    const auto object =
        R"({"name":"Cube.001","location":[-1.5,2e-3,NaN],"visible":true,"note":"é中)" +
        std::string(300, 'x') + "\"}, ";
    std::string text = R"({"objects":[)";
    while (text.size() < bytes)
        text += object;
    return text + "null]}";
}

const std::string everything =
    "{ \"text\" : \"aé中😀\\\"\\\\\\n\\u00e9 }]\", \"n\":[0,-0,1,-12.50,3e8,4E+2,5e-1,0.1],\n"
    "\"l\":[true,false,null],\"bad\":[NaN,-Infinity,{\"x\":Infinity}],\"e\":[{},[] , \"\"]}";
const std::string everything_kept =
    "{\"text\":\"aé中😀\\\"\\\\\\n\\u00e9 }]\",\"n\":[0,-0,1,-12.50,3e8,4E+2,5e-1,0.1],"
    "\"l\":[true,false,null],\"bad\":[null,null,{\"x\":null}],\"e\":[{},[],\"\"]}";

}  // namespace

TEST_CASE("receiver: every split in two gives the same object") {
    const auto whole = receive({everything});
    CHECK(whole.text == everything_kept);
    CHECK(whole.not_finite == 3);
    const std::string_view text = everything;
    for (std::size_t at = 0; at <= text.size(); ++at)
        CHECK(receive({text.substr(0, at), text.substr(at)}) == whole);
}

TEST_CASE("receiver: every split in three gives the same object") {
    const std::string_view text = "{\"é中😀\":[-Infinity,-1.5e+3,\"\\u00e9\"]}";
    const auto whole = receive({text});
    CHECK(whole.text == "{\"é中😀\":[null,-1.5e+3,\"\\u00e9\"]}");
    for (std::size_t first = 0; first <= text.size(); ++first)
        for (std::size_t second = first; second <= text.size(); ++second)
            CHECK(receive({text.substr(0, first), text.substr(first, second - first),
                           text.substr(second)}) == whole);
}

TEST_CASE("receiver: no prefix of an object is complete") {
    const std::string_view text = everything;
    for (std::size_t size = 0; size < text.size(); ++size) {
        const auto outcome = receive({text.substr(0, size)});
        CHECK_FALSE(outcome.complete);
        CHECK(outcome.error.empty());
    }
}

TEST_CASE("receiver: what can never become an object fails at once") {
    const struct {
        const char* name;
        std::string text;
        const char* error;
    } table[]{
        {"HTTP", "HTTP/1.1 400 Bad Request", "expected an object at byte 0"},
        {"a closing brace", "}", "expected an object at byte 0"},
        {"an array", "[", "expected an object at byte 0"},
        {"a number", "1", "expected an object at byte 0"},
        {"a literal", "true", "expected an object at byte 0"},
        {"a string", "\"{}\"", "expected an object at byte 0"},
        {"NaN", "NaN", "expected an object at byte 0"},
        {"a byte order mark", "\xef\xbb\xbf{}", "expected an object at byte 0"},
        {"NUL before the object", std::string("\0{}", 3), "expected an object at byte 0"},
        {"after white space", " \r\n\t}", "expected an object at byte 4"},
        {"no name", "{1", "expected a string at byte 1"},
        {"a comma without member", "{,", "expected a string at byte 1"},
        {"a comma at the end", R"({"a":1,})", "expected a string at byte 7"},
        {"no colon", R"({"a" 1)", "expected ':' at byte 5"},
        {"no value", R"({"a":})", "unexpected character at byte 5"},
        {"no element", R"({"a":[,)", "unexpected character at byte 6"},
        {"a comma before the end", R"({"a":[1,])", "unexpected character at byte 8"},
        {"the wrong bracket", R"({"a":[1})", "unexpected character at byte 7"},
        {"the wrong brace", R"({"a":1])", "unexpected character at byte 6"},
        {"two values", R"({"a":1 2)", "unexpected character at byte 7"},
        {"a word", R"({"a":nil)", "unexpected character at byte 6"},
        {"a misspelt word", R"({"a":nan)", "unexpected character at byte 6"},
        {"a negative word", R"({"a":-NaN)", "bad number at byte 6"},
        {"a positive number", R"({"a":+1)", "unexpected character at byte 5"},
        {"a leading zero", R"({"a":01)", "unexpected character at byte 6"},
        {"a point without digits", R"({"a":1.,)", "bad number at byte 7"},
        {"an exponent without digits", R"({"a":1e,)", "bad number at byte 7"},
        {"an exponent with two signs", R"({"a":1e++)", "bad number at byte 8"},
        {"a single quote", R"({'a')", "expected a string at byte 1"},
        {"a line feed in a string", "{\"a\n", "control character in a string at byte 3"},
        {"NUL in a string", std::string("{\"a\0", 4), "control character in a string at byte 3"},
        {"a bad escape", R"({"\x)", "bad escape at byte 3"},
        {"a bad hex escape", R"({"\u00g)", "bad \\u escape at byte 6"},
        {"a lone continuation byte", "{\"\x80", "invalid UTF-8 at byte 2"},
        {"an overlong form", "{\"\xc0\xaf", "invalid UTF-8 at byte 2"},
        {"an overlong form of three", "{\"\xe0\x9f", "invalid UTF-8 at byte 3"},
        {"an overlong form of four", "{\"\xf0\x8f", "invalid UTF-8 at byte 3"},
        {"a surrogate", "{\"\xed\xa0", "invalid UTF-8 at byte 3"},
        {"beyond Unicode", "{\"\xf4\x90", "invalid UTF-8 at byte 3"},
        {"a byte that is never UTF-8", "{\"\xff", "invalid UTF-8 at byte 2"},
        {"a cut code point", "{\"\xe4\xb8\"", "invalid UTF-8 at byte 4"},
        {"a second object", "{}{}", "bytes after the reply at byte 2"},
        {"garbage after the object", "{} x", "bytes after the reply at byte 3"},
    };
    for (const auto& row : table) {
        INFO(row.name);
        CHECK(receive({row.text}).error == row.error);
        CHECK(receive(in_blocks(row.text, 1)).error == row.error);
        JsonReceiver receiver(no_limit);
        const auto fed = receiver.feed(row.text);
        REQUIRE_FALSE(fed);
        CHECK(fed.error().code == ErrorCode::protocol);
        CHECK(receiver.beginning() == row.text);
    }
}

TEST_CASE("receiver: white space and NUL may follow the object") {
    for (const std::string end : {"", "\n", " \t\r\n"})
        CHECK(receive({"{}" + end}).text == "{}");
    CHECK(receive({std::string_view("{}\0\n", 4)}).text == "{}");
    CHECK(receive({"{}", std::string_view("\0", 1), "\n"}).text == "{}");
}

TEST_CASE("receiver: nesting up to the limit of core, and no deeper") {
    const auto nested = [](std::size_t depth) {
        return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
    };
    CHECK(receive({nested(core::max_json_depth)}).complete);
    CHECK(receive({nested(core::max_json_depth + 1)}).error == "too deeply nested at byte 132");
    CHECK_FALSE(receive({"{\"a\":" + std::string(1'000'000, '[')}).error.empty());
}

TEST_CASE("receiver: the limit itself is accepted, one byte more is not") {
    constexpr std::size_t limit = 1000;
    for (const std::size_t block : {1, 7, 999, 1000, 2000}) {
        INFO("blocks of " << block);
        const auto fits = object_of(limit);
        CHECK(receive(in_blocks(fits, block), limit).complete);
        CHECK(receive(in_blocks(fits + "\n", block), limit).complete);
        CHECK(receive(in_blocks(object_of(limit + 1), block), limit).error ==
              "Buffer exceeded max size: 1000 bytes");
        CHECK(receive(in_blocks(fits + "x", block), limit).error ==
              "bytes after the reply at byte 1000");
    }
    CHECK(receive({std::string(limit + 1, ' ')}, limit).error ==
          "Buffer exceeded max size: 1000 bytes");
    JsonReceiver receiver(limit);
    const auto fed = receiver.feed(object_of(limit + 1));
    REQUIRE_FALSE(fed);
    CHECK(fed.error().code == ErrorCode::too_large);
    CHECK_THAT(fed.error().remedy, ContainsSubstring("max_reply_bytes"));
}

TEST_CASE("receiver: 1 MB byte by byte, and 5 MB in segments of a network") {
    const auto small = object_of(1'000'000);
    CHECK(receive(in_blocks(small, 1)).text == small);
    const auto large = object_of(5'000'000);
    CHECK(receive(in_blocks(large, 1448)).text == large);
}

TEST_CASE("receiver: it accepts what the scanner of core accepts") {
    const std::string_view alphabet =
        "{}[]\":,\\ \nu0123.eE+-truefalsn\x01\x80\xc3\xa9\xe4\xb8\xad";
    std::mt19937 random(20'240'609);
    const auto below = [&](std::size_t limit) { return random() % limit; };
    std::size_t accepted = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text = R"({"a":[1,-2.5e3,"é中\n\u00e9"],"b":{"c":true,"d":null},"e":""})";
        for (auto changes = below(4); changes > 0; --changes) {
            const auto at = below(text.size());
            switch (below(3)) {
                case 0:
                    text[at] = alphabet[below(alphabet.size())];
                    break;
                case 1:
                    text.insert(at, 1, alphabet[below(alphabet.size())]);
                    break;
                default:
                    text.erase(at, 1 + below(3));
            }
        }
        const auto expected = core::RawObject::scan(text);
        const auto outcome = receive(in_blocks(text, 1 + below(20)));
        INFO(text);
        CHECK(outcome.complete == expected.has_value());
        if (!outcome.complete) continue;
        ++accepted;
        CHECK(core::RawObject::scan(outcome.text).has_value());
        CHECK(receive({outcome.text}).text == outcome.text);
    }
    CHECK(accepted > 5'000);
}

TEST_CASE("receiver: ten times the bytes take about ten times as long") {
    if (sanitized) return;
    const auto time_of = [](std::size_t bytes) {
        const auto text = scene_of(bytes);
        const auto begin = std::clock();  // the processor's: other programs run, too
        CHECK(receive(in_blocks(text, 1448)).complete);
        return std::clock() - begin;
    };
    const auto small = std::min(time_of(5'000'000), time_of(5'000'000));
    const auto large = std::min(time_of(50'000'000), time_of(50'000'000));
    CHECK(large / small <= 15);
}

TEST_CASE("receiver: memory is twice the text at most, and the text alone while it arrives") {
    constexpr std::size_t slack = 2 * (std::size_t{64} << 10);
    for (const std::size_t bytes : {100'000, 1'000'000, 10'000'000}) {
        INFO(bytes << " bytes");
        const auto text = object_of(bytes);
        const test::PeakMemory peak;
        JsonReceiver receiver(no_limit);
        for (std::string_view rest = text; !rest.empty();
             rest.remove_prefix(std::min<std::size_t>(1448, rest.size())))
            REQUIRE(receiver.feed(rest.substr(0, 1448)).has_value());
        CHECK(peak.bytes() <= bytes + slack);
        const auto taken = receiver.take();
        CHECK(taken.size() == bytes);
        CHECK(peak.bytes() <= 2 * bytes + slack);
    }
}
