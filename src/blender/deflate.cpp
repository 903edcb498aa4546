#include "deflate.hpp"

#include <boost/beast/zlib/deflate_stream.hpp>

#include <stdexcept>

namespace blender_mcpd::blender {

std::string deflated(std::string_view bytes) {
    namespace zlib = boost::beast::zlib;
    constexpr int best = 9;
    constexpr int window_bits = 15;
    constexpr int memory_level = 9;
    zlib::deflate_stream stream;
    stream.reset(best, window_bits, memory_level, zlib::Strategy::normal);
    std::string out(stream.upper_bound(bytes.size()), '\0');
    zlib::z_params state;
    state.next_in = bytes.data();
    state.avail_in = bytes.size();
    state.next_out = out.data();
    state.avail_out = out.size();
    boost::system::error_code end;
    stream.write(state, zlib::Flush::finish, end);
    if (end != zlib::error::end_of_stream)  // the room is as much as it can need
        throw std::logic_error("deflate: " + end.message());
    out.resize(state.total_out);
    return out;
}

}  // namespace blender_mcpd::blender
