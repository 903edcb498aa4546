#include "frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace blender_mcpd::link {
namespace {

void put_u32(char* to, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        *to++ = static_cast<char>(value >> shift & 0xff);
}

std::uint32_t get_u32(const char* from) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i)
        value = value << 8 | static_cast<unsigned char>(from[i]);
    return value;
}

}  // namespace

std::string begin_frame() {
    return std::string(frame_header_size, '\0');
}

void seal_frame(std::string& frame) {
    put_u32(frame.data(), static_cast<std::uint32_t>(frame.size() - frame_header_size));
    put_u32(frame.data() + 4, 0);
}

// What is passed on gets something in front and behind, without a copy.
constexpr std::size_t room_around = 1024;

// A whole step must have arrived before the rest is reserved: reserving takes address space, which
// becomes memory only as the bytes come in.
std::span<char> FrameDecoder::Part::room() {
    if (filled == bytes.size()) {
        if (filled > 0) bytes.reserve(size + room_around);
        bytes.resize(std::min(size, filled + first_step));
    }
    return std::span<char>(bytes).subspan(filled);
}

std::span<char> FrameDecoder::room() {
    if (header_.filled < frame_header_size)
        return std::span<char>(header_.bytes).subspan(header_.filled);
    return json_.complete() ? blob_.room() : json_.room();
}

core::Result<void> FrameDecoder::filled(std::size_t bytes) {
    if (header_.filled < frame_header_size) {
        header_.filled += bytes;
        if (header_.filled == frame_header_size) return read_header();
    } else if (json_.complete()) {
        blob_.filled += bytes;
    } else {
        json_.filled += bytes;
    }
    return {};
}

core::Result<void> FrameDecoder::read_header() {
    json_.size = get_u32(header_.bytes.data());
    blob_.size = get_u32(header_.bytes.data() + 4);
    if (json_.size == 0)
        return core::Error{.code = core::ErrorCode::protocol,
                           .message = "Blender sent a frame without JSON"};
    if (json_.size > max_bytes_ || blob_.size > max_bytes_ - json_.size)
        return core::Error{
            .code = core::ErrorCode::protocol,
            .message = fmt::format("Blender sent a frame of {} bytes of JSON and {} bytes of data, "
                                   "more than the limit of {} bytes",
                                   json_.size, blob_.size, max_bytes_)};
    return {};
}

bool FrameDecoder::complete() const {
    return header_.filled == frame_header_size && json_.complete() && blob_.complete();
}

Frame FrameDecoder::take() {
    Frame frame{std::move(json_.bytes), std::move(blob_.bytes)};
    header_ = {};
    json_ = {};
    blob_ = {};
    return frame;
}

}  // namespace blender_mcpd::link
