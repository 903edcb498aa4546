// The whole server behind its transports. The first byte of an input chooses: odd ("s") is a
// conversation of lines, as over standard input and output, even ("h") is HTTP. What follows is
// sent as it is, in one piece up to the next line that begins with !, for what happens besides.
// Whatever comes in: nothing but valid MCP goes out, no request is answered twice, and in the end
// no connection, session, call, task or timer is left.
#include "fuzz.hpp"
#include "http_clients.hpp"
#include "line_client.hpp"
#include "site.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace blender_mcpd {
namespace {

template <typename Client>
void converse(fuzz::Site& site, std::string_view input) {
    constexpr std::string_view cut = "!cut";  // in the middle of a line
    Client client(site);
    std::string piece;
    const auto flush = [&] {
        if (!piece.empty()) client.send(std::exchange(piece, {}));
    };
    while (!input.empty()) {
        const auto size = std::min(input.find('\n'), input.size() - 1) + 1;
        const bool plain = !input.starts_with('!');
        if (input.starts_with(cut) && piece.ends_with('\n')) piece.pop_back();
        if (!plain) flush();
        auto line = client.secrets.fill(std::string(input.substr(0, size)));
        input.remove_prefix(size);
        if (plain) {
            piece += line;
            continue;
        }
        if (line.ends_with('\n')) line.pop_back();
        if (line != cut && line != "!" && !site.direct(line) && !client.direct(line)) piece += line;
    }
    flush();
    client.end();
}

}  // namespace
}  // namespace blender_mcpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace blender_mcpd;
    spdlog::set_level(spdlog::level::off);
    static auto& site = *new fuzz::Site;
    if (size == 0) return 0;
    const auto input = fuzz::text_of(data, size).substr(1);
    if (data[0] % 2 == 1)
        converse<fuzz::LineClient>(site, input);
    else
        converse<fuzz::HttpClients>(site, input);
    return 0;
}
