// An add-on that sends JSON without saying where it ends: the receiver finds the same end, and the
// same faults, however the bytes are split, and agrees with the scanner about what is valid.
#include "fuzz.hpp"
#include "json_receiver.hpp"

#include <blender_mcpd/core/json.hpp>

#include <algorithm>
#include <optional>

namespace blender_mcpd {
namespace {

using fuzz::require;

constexpr std::size_t max_bytes = std::size_t{8} << 10;

struct Received {
    std::optional<std::string> error;
    std::optional<std::string> text;
    std::size_t not_finite = 0;
};

template <typename Next>
Received receive(std::string_view stream, Next next_size) {
    link::JsonReceiver receiver(max_bytes);
    while (!stream.empty()) {
        const auto size = std::min(stream.size(), next_size());
        if (const auto fed = receiver.feed(stream.substr(0, size)); !fed)
            return {fed.error().message, {}, receiver.not_finite()};
        stream.remove_prefix(size);
    }
    if (!receiver.complete()) return {{}, {}, receiver.not_finite()};
    return {{}, receiver.take(), receiver.not_finite()};
}

void check(std::string_view stream, const Received& received) {
    if (received.error) {
        require(!received.error->empty() && fuzz::is_tame(*received.error),
                "an error is one line that says what", *received.error);
    }
    const auto scanned = core::RawObject::scan(stream);
    if (scanned && stream.size() <= max_bytes)
        require(received.text.has_value(), "what the scanner accepts is received", stream);
    if (!received.text) return;
    require(received.text->find('\n') == std::string::npos, "no line feed is left", *received.text);
    require(core::RawObject::scan(*received.text).has_value(), "what was received is an object",
            *received.text);
    const auto trimmed =
        stream.substr(0, stream.find_last_not_of(std::string_view(" \t\r\n\0", 5)) + 1);
    if (received.not_finite == 0)
        require(core::RawObject::scan(trimmed).has_value(), "the scanner accepts what is received",
                trimmed);
}

}  // namespace
}  // namespace blender_mcpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace blender_mcpd;
    fuzz::Blocks blocks(fuzz::text_of(data, size));
    const auto whole = receive(blocks.stream(), [] { return std::size_t{1} << 30; });
    const auto split = receive(blocks.stream(), [&] { return blocks.next(); });
    require(whole.error == split.error, "splits change no error",
            whole.error.value_or("none") + " / " + split.error.value_or("none"));
    require(whole.text == split.text && whole.not_finite == split.not_finite,
            "splits change nothing", blocks.stream());
    check(blocks.stream(), whole);
    return 0;
}
