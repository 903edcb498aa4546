#include "frame.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <support/catch.hpp>
#include <support/scripted_peer.hpp>

using namespace blender_mcpd;
using link::FrameDecoder;

namespace {

/// Gives it the bytes in portions of at most `portion`; returns how many it took until the frame
/// was complete.
std::size_t feed(FrameDecoder& decoder, std::string_view bytes,
                 std::size_t portion = std::string::npos) {
    std::size_t taken = 0;
    while (!decoder.complete() && taken < bytes.size()) {
        const auto room = decoder.room();
        REQUIRE_FALSE(room.empty());
        const auto size = std::min({room.size(), portion, bytes.size() - taken});
        std::copy_n(bytes.data() + taken, size, room.data());
        taken += size;
        REQUIRE(decoder.filled(size));
    }
    return taken;
}

std::string header(std::initializer_list<unsigned char> bytes) {
    return {bytes.begin(), bytes.end()};
}

const std::string json = R"({"name":"Würfel 🧊 立方体","n":[1,2]})";
const std::string blob("\x89PNG\0\n\xff", 7);

}  // namespace

TEST_CASE("a frame is the same however it is split") {
    const auto bytes = test::frame(json, blob);
    for (std::size_t at = 0; at <= bytes.size(); ++at) {
        FrameDecoder decoder(1000);
        feed(decoder, std::string_view(bytes).substr(0, at));
        CHECK(decoder.complete() == (at == bytes.size()));
        CHECK(decoder.started() == (at > 0 && at < bytes.size()));
        feed(decoder, std::string_view(bytes).substr(at));
        REQUIRE(decoder.complete());
        const auto frame = decoder.take();
        CHECK(frame.json == json);
        CHECK(frame.blob == blob);
    }
}

TEST_CASE("a frame is the same byte by byte, and two frames do not mix") {
    const auto bytes = test::frame(json, blob) + test::frame("{}") + test::frame("[]", "x");
    for (const std::size_t portion :
         {std::size_t{1}, std::size_t{2}, std::size_t{3}, bytes.size()}) {
        FrameDecoder decoder(1000);
        std::string_view rest = bytes;
        std::vector<std::string> seen;
        while (!rest.empty()) {
            rest.remove_prefix(feed(decoder, rest, portion));
            const auto frame = decoder.take();
            CHECK_FALSE(decoder.started());
            seen.push_back(frame.json + "|" + frame.blob);
        }
        CHECK(seen == std::vector<std::string>{json + "|" + blob, "{}|", "[]|x"});
    }
}

TEST_CASE("headers that make no sense are refused") {
    const struct {
        const char* name;
        std::string header;
        const char* message;
    } table[]{
        {"no JSON", header({0, 0, 0, 0, 0, 0, 0, 9}), "without JSON"},
        {"JSON over the limit", header({0, 0, 4, 1, 0, 0, 0, 0}), "1025 bytes of JSON"},
        {"blob over the limit", header({0, 0, 0, 2, 0, 0, 4, 0}), "1024 bytes of data"},
        {"the sum must not wrap", header({0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff}), "4294967295"},
        {"HTTP", "HTTP/1.1", "more than the limit of 1024"},
    };
    for (const auto& row : table) {
        INFO(row.name);
        FrameDecoder decoder(1024);
        std::copy(row.header.begin(), row.header.end(), decoder.room().begin());
        const auto checked = decoder.filled(row.header.size());
        REQUIRE_FALSE(checked);
        CHECK(checked.error().code == core::ErrorCode::protocol);
        CHECK_THAT(checked.error().message, ContainsSubstring(row.message));
    }
}

TEST_CASE("a frame of exactly the limit is taken") {
    FrameDecoder decoder(1024);
    feed(decoder, test::frame(std::string(1000, ' '), std::string(24, 'b')));
    CHECK(decoder.complete());
}

TEST_CASE("a large frame is received into its own final buffer, linearly") {
    const std::size_t size = std::size_t{50} << 20;
    FrameDecoder decoder(std::size_t{256} << 20);
    feed(decoder, test::frame(std::string(size, ' ')).substr(0, 8 + FrameDecoder::first_step));
    const auto* buffer = decoder.room().data() - FrameDecoder::first_step;
    std::size_t received = FrameDecoder::first_step;
    std::size_t rooms = 0;
    while (!decoder.complete()) {
        const auto room = decoder.room();
        CHECK(room.data() == buffer + received);  // never moved: nothing was copied
        std::fill(room.begin(), room.end(), 'x');
        received += room.size();
        ++rooms;
        REQUIRE(decoder.filled(room.size()));
    }
    CHECK(rooms <= size / FrameDecoder::first_step);
    const auto frame = decoder.take();
    CHECK(frame.json.data() == buffer);
    CHECK(frame.json.size() == size);
    CHECK(frame.json.back() == 'x');
}

TEST_CASE("a header that lies gets no memory for what has not arrived") {
    FrameDecoder decoder(std::size_t{256} << 20);
    feed(decoder, header({0x0f, 0xff, 0xff, 0xff, 0, 0, 0, 0}));
    CHECK(decoder.room().size() == FrameDecoder::first_step);
    feed(decoder, "{");
    CHECK(decoder.room().size() == FrameDecoder::first_step - 1);
    CHECK(decoder.take().json.capacity() <= FrameDecoder::first_step);
}

TEST_CASE("a written frame is read by the same rules") {
    auto bytes = link::begin_frame();
    bytes += json;
    link::seal_frame(bytes);
    CHECK(bytes == test::frame(json));
}
