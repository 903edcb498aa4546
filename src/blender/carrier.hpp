// A way into a Blender that somebody else has started: its peer executes Python. Our runtime comes
// in by it, and what the runtime cannot be asked goes to it as it is.
#pragma once

#include "peer.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace blender_mcpd::blender {

class Carrier : public Peer {
  public:
    /// Runs `code` on Blender's main thread. What the process has printed meanwhile, whoever did.
    /// Nothing of ours may be expected in its namespace, and no name but ours may stay in it.
    virtual boost::asio::awaitable<core::Result<std::string>> execute(
        std::string code, std::chrono::milliseconds limit, core::CancelToken cancel) = 0;
    /// Of code that is executed without delay. More comes in pieces.
    [[nodiscard]] virtual std::size_t max_code_bytes() const = 0;
    /// How many pieces it takes at once.
    [[nodiscard]] virtual std::size_t calls_at_once() const = 0;
    /// "ahujasid", for the status.
    [[nodiscard]] virtual std::string_view kind() const = 0;
};

}  // namespace blender_mcpd::blender
