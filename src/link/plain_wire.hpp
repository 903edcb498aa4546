// The state of one open connection to a plain peer, kept alive by the call in progress; close()
// ends it. Replies have no id: one that comes late could pass for the next one, so the connection
// is closed by everything that leaves a reply open. Everything that goes wrong ends in fail(),
// once.
#pragma once

#include "codec.hpp"
#include "json_receiver.hpp"
#include "stream_socket.hpp"
#include "transfer_watch.hpp"

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/link/connection.hpp>
#include <blender_mcpd/link/plain.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace blender_mcpd::link {

class PlainWire : public std::enable_shared_from_this<PlainWire> {
  public:
    PlainWire(core::Timers& timers, StreamSocket socket, const Codec& codec,
              const ConnectionOptions& options);

    [[nodiscard]] boost::asio::awaitable<core::Result<Reply>> call(Request request,
                                                                   core::CancelToken cancel,
                                                                   ProgressHandler progress);
    [[nodiscard]] core::Result<Reply> control(const std::string& op) const;
    [[nodiscard]] bool usable() const { return !obstacle(); }
    [[nodiscard]] std::uint64_t calls() const { return calls_; }
    void close();

  private:
    class Turn;

    static boost::asio::awaitable<core::Result<Reply>> run_call(std::shared_ptr<PlainWire> self,
                                                                Request request,
                                                                core::CancelToken cancel,
                                                                ProgressHandler progress);
    boost::asio::awaitable<core::Result<Reply>> exchange(Request request, core::CancelToken cancel,
                                                         ProgressHandler progress);
    boost::asio::awaitable<core::Result<void>> send(std::string text, std::size_t& sent);
    boost::asio::awaitable<core::Result<std::string>> receive(std::string op,
                                                              ProgressHandler progress);
    /// The reply, when it is whole with this block.
    core::Result<std::optional<std::string>> take(JsonReceiver& receiver, std::string_view block,
                                                  const ProgressHandler& progress) const;

    /// Why no call can be made; nothing when one can.
    [[nodiscard]] std::optional<core::Error> obstacle() const;
    void fail(core::Error why);

    StreamSocket socket_;
    const Codec& codec_;
    const ConnectionOptions options_;
    core::Timer deadline_;  // until the first byte
    TransferWatch watch_;   // from then on
    bool busy_ = false;
    std::optional<core::Error> closed_;  // why
    std::uint64_t calls_ = 0;
};

}  // namespace blender_mcpd::link
