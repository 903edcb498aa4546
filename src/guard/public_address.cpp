// Which addresses belong to the public Internet: a table of the prefixes that do not (IANA IPv4 and
// IPv6 Special-Purpose Address Registries).
#include <blender_mcpd/guard/url.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace blender_mcpd::guard {
namespace {

namespace ip = boost::asio::ip;

struct Prefix4 {
    std::uint32_t address;
    unsigned bits;
};

constexpr std::uint32_t v4(unsigned a, unsigned b, unsigned c, unsigned d) {
    return a << 24U | b << 16U | c << 8U | d;
}

constexpr std::array<Prefix4, 15> not_public_v4{{
    {v4(0, 0, 0, 0), 8},        // "this network"
    {v4(10, 0, 0, 0), 8},       // private
    {v4(100, 64, 0, 0), 10},    // shared by carriers (CGNAT)
    {v4(127, 0, 0, 0), 8},      // loopback
    {v4(169, 254, 0, 0), 16},   // link-local, metadata services of clouds
    {v4(172, 16, 0, 0), 12},    // private
    {v4(192, 0, 0, 0), 24},     // protocol assignments
    {v4(192, 0, 2, 0), 24},     // documentation
    {v4(192, 88, 99, 0), 24},   // 6to4 relays, deprecated
    {v4(192, 168, 0, 0), 16},   // private
    {v4(198, 18, 0, 0), 15},    // benchmarking
    {v4(198, 51, 100, 0), 24},  // documentation
    {v4(203, 0, 113, 0), 24},   // documentation
    {v4(224, 0, 0, 0), 4},      // multicast
    {v4(240, 0, 0, 0), 4},      // reserved, broadcast
}};

bool is_public(const ip::address_v4& address) {
    const auto number = address.to_uint();
    return std::none_of(not_public_v4.begin(), not_public_v4.end(), [&](const Prefix4& prefix) {
        return ((number ^ prefix.address) >> (32U - prefix.bits)) == 0;
    });
}

using Bytes = ip::address_v6::bytes_type;

bool starts_with(const Bytes& bytes, const Bytes& prefix, unsigned bits) {
    for (unsigned i = 0; i < bits; ++i) {
        const auto differ = static_cast<unsigned>(bytes[i / 8] ^ prefix[i / 8]);
        if ((differ >> (7U - i % 8U) & 1U) != 0) return false;
    }
    return true;
}

struct Prefix6 {
    Bytes address;
    unsigned bits;
};

constexpr Prefix6 global_unicast{{0x20}, 3};
constexpr Prefix6 six_to_four{{0x20, 0x02}, 16};
constexpr Prefix6 nat64{{0x00, 0x64, 0xff, 0x9b}, 96};
constexpr std::array<Prefix6, 3> not_public_v6{{
    {{0x20, 0x01}, 23},              // protocol assignments: Teredo, benchmarking, ORCHID
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x3f, 0xff}, 20},              // documentation
}};

ip::address_v4 embedded(const Bytes& bytes, std::size_t at) {
    return ip::address_v4(
        ip::address_v4::bytes_type{bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
}

bool is_public(const ip::address_v6& address) {
    const auto bytes = address.to_bytes();
    const auto in = [&](const Prefix6& prefix) {
        return starts_with(bytes, prefix.address, prefix.bits);
    };
    if (in(nat64)) return is_public(embedded(bytes, 12));
    if (in(six_to_four)) return is_public(embedded(bytes, 2));
    return in(global_unicast) && std::none_of(not_public_v6.begin(), not_public_v6.end(), in);
}

}  // namespace

bool is_public_address(const boost::asio::ip::address& address) {
    return address.is_v4() ? is_public(address.to_v4()) : is_public(address.to_v6());
}

}  // namespace blender_mcpd::guard
