// Archives as servers send them, good and bad.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <zlib.h>

namespace blender_mcpd::assets {

enum class Packing { deflated, stored };

struct ZipEntry {
    std::string name;
    std::string content{};
    unsigned mode = 0;  // of Unix: type and permissions
    Packing packing = Packing::deflated;
};

/// By hand (APPNOTE 4.3): writers that are well behaved do not make what is to be tested.
inline std::string zip(const std::vector<ZipEntry>& entries) {
    const auto number = [](std::uint64_t value, int bytes) {
        std::string out;
        for (int index = 0; index < bytes; ++index)
            out += static_cast<char>((value >> (8 * index)) & 0xFFU);
        return out;
    };
    const auto deflated = [](const std::string& text) {
        z_stream stream{};
        if (deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK)
            throw std::runtime_error("zlib");
        std::string out(deflateBound(&stream, text.size()), '\0');
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
        stream.avail_in = static_cast<uInt>(text.size());
        stream.next_out = reinterpret_cast<Bytef*>(out.data());
        stream.avail_out = static_cast<uInt>(out.size());
        deflate(&stream, Z_FINISH);
        out.resize(stream.total_out);
        deflateEnd(&stream);
        return out;
    };
    std::string out;
    std::string directory;
    for (const auto& entry : entries) {
        const bool is_stored = entry.packing == Packing::stored;
        const auto data = is_stored ? entry.content : deflated(entry.content);
        const auto crc = crc32(0, reinterpret_cast<const Bytef*>(entry.content.data()),
                               static_cast<uInt>(entry.content.size()));
        const auto common = number(0, 2) + number(is_stored ? 0 : 8, 2) + number(0, 4) +
                            number(crc, 4) + number(data.size(), 4) +
                            number(entry.content.size(), 4) + number(entry.name.size(), 2) +
                            number(0, 2);
        directory += "PK\x01\x02" + number(3U << 8U | 20U, 2) + number(20, 2) + common +
                     number(0, 6) + number(static_cast<std::uint64_t>(entry.mode) << 16U, 4) +
                     number(out.size(), 4) + entry.name;
        out += "PK\x03\x04" + number(20, 2) + common + entry.name + data;
    }
    const auto begin = out.size();
    out += directory;
    out += "PK\x05\x06" + number(0, 4) + number(entries.size(), 2) + number(entries.size(), 2) +
           number(directory.size(), 4) + number(begin, 4) + number(0, 2);
    return out;
}

}  // namespace blender_mcpd::assets
