#include "state_signer.hpp"

#include <charconv>
#include <stdexcept>
#include <vector>

#include <sodium.h>

namespace blender_mcpd::mcp {

namespace {

constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

std::string encode(std::string_view bytes) {
    std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(),
                      reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), variant);
    text.pop_back();  // the terminating zero
    return text;
}

std::optional<std::string> decode(std::string_view text) {
    std::string bytes(text.size(), '\0');
    std::size_t size = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                          text.size(), nullptr, &size, nullptr, variant) != 0)
        return {};
    bytes.resize(size);
    return bytes;
}

std::chrono::seconds seconds(core::TimePoint time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch());
}

void feed(crypto_auth_hmacsha512256_state& mac, std::string_view bytes) {
    crypto_auth_hmacsha512256_update(&mac, reinterpret_cast<const unsigned char*>(bytes.data()),
                                     bytes.size());
}

}  // namespace

StateSigner::StateSigner(const core::Timers& timers) : timers_(timers) {}

const StateSigner::Key& StateSigner::key() const {
    static_assert(crypto_auth_hmacsha512256_KEYBYTES == std::tuple_size_v<Key>);
    if (!key_) {
        if (sodium_init() < 0) throw std::runtime_error("no source of randomness");
        randombytes_buf(key_.emplace().data(), key_->size());
    }
    return *key_;
}

// The token is <expiry>.<state>.<code>, the latter two in base64url.
std::string StateSigner::sign(std::string_view state, std::string_view request) const {
    auto payload = std::to_string(seconds(timers_.now() + lifetime).count()) + '.' + encode(state);
    return payload + '.' + encode(code(payload, request));
}

std::optional<std::string> StateSigner::verify(std::string_view token,
                                               std::string_view request) const {
    const auto second = token.rfind('.');
    const auto first = token.find('.');
    if (second == std::string_view::npos || first == second) return {};
    const auto payload = token.substr(0, second);
    const auto given = decode(token.substr(second + 1));
    const auto expected = code(payload, request);
    if (!given || given->size() != expected.size() ||
        sodium_memcmp(given->data(), expected.data(), expected.size()) != 0)
        return {};
    std::chrono::seconds::rep expiry = 0;
    std::from_chars(token.data(), token.data() + first, expiry);
    if (seconds(timers_.now()).count() > expiry) return {};
    return decode(payload.substr(first + 1));
}

std::string StateSigner::code(std::string_view payload, std::string_view request) const {
    std::string code(crypto_auth_hmacsha512256_BYTES, '\0');
    crypto_auth_hmacsha512256_state mac;
    crypto_auth_hmacsha512256_init(&mac, key().data(), key().size());
    feed(mac, payload);
    feed(mac, std::string_view("\0", 1));  // no payload holds it: the parts cannot be shifted
    feed(mac, request);
    crypto_auth_hmacsha512256_final(&mac, reinterpret_cast<unsigned char*>(code.data()));
    return code;
}

}  // namespace blender_mcpd::mcp
