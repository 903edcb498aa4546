// Bytes from a Blender: the decoder gives the same frames however they are split, and what is in
// them is understood or refused.
#include "frame.hpp"

#include "envelope.hpp"
#include "fuzz.hpp"

#include <blender_mcpd/core/json.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace blender_mcpd {
namespace {

using fuzz::require;

struct Decoded {
    std::vector<link::Frame> frames;
    std::optional<std::string> error;
    bool rest = false;  // of a frame that is not complete
};

template <typename Next>
Decoded decode(std::string_view stream, Next next_size) {
    Decoded out;
    link::FrameDecoder decoder(std::size_t{3} << 20);
    while (!stream.empty()) {
        const auto room = decoder.room();
        require(!room.empty(), "there is room until the frame is complete");
        require(room.size() <= stream.size() + link::FrameDecoder::first_step,
                "memory follows the bytes that arrived");
        const auto size = std::min({stream.size(), room.size(), next_size()});
        std::copy_n(stream.begin(), size, room.begin());
        stream.remove_prefix(size);
        if (const auto filled = decoder.filled(size); !filled) {
            out.error = filled.error().message;
            return out;
        }
        if (decoder.complete()) out.frames.push_back(decoder.take());
    }
    out.rest = decoder.started();
    return out;
}

void check_content(const link::Frame& frame) {
    require(!frame.json.empty(), "no frame is without JSON");
    if (const auto hello = link::read_hello(frame.json))
        require(core::RawObject::scan(*hello).has_value(), "a hello is an object", *hello);
    const auto envelope = link::read_envelope(frame.json);
    if (!envelope) {
        require(fuzz::is_tame(envelope.error().message), "an error is one line",
                envelope.error().message);
        return;
    }
    const auto* reply = std::get_if<link::ReplyEnvelope>(&*envelope);
    if (reply == nullptr) return;
    require(reply->body.find('\n') == std::string_view::npos, "a result can be spliced",
            reply->body);
    const auto spliced = std::string(R"({"result":)") + std::string(reply->body) + "}";
    require(core::RawObject::scan(spliced).has_value(), "a result can be spliced", spliced);
    if (!reply->ok)
        require(!link::to_error(reply->body, true).message.empty(), "an error says what",
                reply->body);
}

}  // namespace
}  // namespace blender_mcpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace blender_mcpd;
    fuzz::Blocks blocks(fuzz::text_of(data, size));
    const auto whole = decode(blocks.stream(), [] { return std::size_t{1} << 30; });
    const auto split = decode(blocks.stream(), [&] { return blocks.next(); });
    require(whole.error == split.error && whole.rest == split.rest, "splits change nothing");
    require(std::equal(whole.frames.begin(), whole.frames.end(), split.frames.begin(),
                       split.frames.end(),
                       [](const link::Frame& a, const link::Frame& b) {
                           return a.json == b.json && a.blob == b.blob;
                       }),
            "splits change nothing");
    for (const auto& frame : whole.frames)
        check_content(frame);
    return 0;
}
