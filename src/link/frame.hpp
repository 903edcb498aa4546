// Frames of the native wire: u32 be json_bytes | u32 be blob_bytes | json | blob.
// An incremental decoder that owns the buffers its caller receives into. Knows no socket.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace blender_mcpd::link {

inline constexpr std::size_t frame_header_size = 8;

/// A frame to be written: append its JSON, then seal it. So the text is never copied.
[[nodiscard]] std::string begin_frame();
/// Fills in the header. The JSON must be smaller than 4 GiB.
void seal_frame(std::string& frame);

struct Frame {
    std::string json;
    std::string blob;
};

/// Bytes go straight into the frame's own strings, in linear time however they are split. Memory
/// follows the bytes that have arrived, not the sizes that a header claims: a lying peer gets no
/// more than `first_step`.
class FrameDecoder {
  public:
    static constexpr std::size_t first_step = std::size_t{1} << 20;

    /// `max_bytes` limits JSON and blob of one frame together.
    explicit FrameDecoder(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    /// Room for the next bytes of this frame and of no other. Empty only when the frame is
    /// complete.
    [[nodiscard]] std::span<char> room();
    /// Says that the first `bytes` of that room are filled. An error (protocol) is final.
    [[nodiscard]] core::Result<void> filled(std::size_t bytes);

    /// Some of the frame has arrived, but not all.
    [[nodiscard]] bool started() const { return header_.filled > 0 && !complete(); }
    [[nodiscard]] bool complete() const;
    /// The complete frame; the next one begins.
    [[nodiscard]] Frame take();

  private:
    struct Header {
        std::array<char, frame_header_size> bytes{};
        std::size_t filled = 0;
    };
    struct Part {
        std::string bytes;  // as long as the room given out so far
        std::size_t filled = 0;
        std::size_t size = 0;  // by the header
        [[nodiscard]] bool complete() const { return filled == size; }
        [[nodiscard]] std::span<char> room();
    };
    [[nodiscard]] core::Result<void> read_header();

    std::size_t max_bytes_;
    Header header_;
    Part json_;
    Part blob_;
};

}  // namespace blender_mcpd::link
