// One connection to a Blender that runs our runtime (TCP, or handed over to it), over the native
// wire "link v1" (docs/link.md). Loop thread only.
#pragma once

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::link {

class Handover;

struct Endpoint {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    std::shared_ptr<const Handover> handover{};  // then host and port do not matter
};

/// Limits of one connection. All times are positive.
struct ConnectionOptions {
    /// Resolve, connect and hello together.
    std::chrono::milliseconds connect_timeout{5'000};
    /// Longest silence in the middle of a frame.
    std::chrono::milliseconds inactivity_timeout{30'000};
    /// Of one frame, from its first byte to its last.
    std::chrono::milliseconds transfer_timeout{300'000};
    /// After a cancel or deadline, until the peer must have replied.
    std::chrono::milliseconds interrupt_grace{2'000};
    /// Of one frame, JSON and blob together.
    std::size_t max_reply_bytes = std::size_t{256} << 20;
    std::size_t max_request_bytes = std::size_t{64} << 20;
};

struct Request {
    std::string op;
    std::string args = "{}";  // the text of a JSON object
    std::string uuid;         // names the attempt in Blender's journal; random when empty
    std::chrono::milliseconds timeout{60'000};  // from sending to the reply's first byte
    /// An edit: when the connection is lost after sending, its outcome is unknown.
    bool mutates = true;
    std::string client{};  // who asks, for the turns of the pool; is not sent
};

struct Progress {
    double value = 0;
    std::optional<double> total;
    std::string message;
};
using ProgressHandler = std::function<void(const Progress&)>;

/// The scene is not what it was.
struct SceneEvent {
    /// Names in one event; whoever sends more of them loses the rest.
    static constexpr std::size_t max_names = 256;

    std::uint64_t generation = 0;
    std::vector<std::string> changed;  // "Cube"; what is no object as "material:Steel"
    bool more = false;                 // something has changed that is not in `changed`
    std::optional<std::string> file;   // which one is open now, when it is another one than before
};
using SceneHandler = std::function<void(const SceneEvent&)>;

/// A successful reply. Owns the bytes of the frame.
class Reply {
  public:
    Reply(std::string json, std::string blob, std::size_t result_begin, std::size_t result_size,
          std::optional<std::uint64_t> generation);
    /// The raw JSON text of the member "result", without line feeds; valid while this object is not
    /// moved from.
    [[nodiscard]] std::string_view result() const {
        return std::string_view(json_).substr(begin_, size_);
    }
    /// The same without a copy. Once, and nothing but the blob is left then.
    [[nodiscard]] std::string take_result() {
        json_.resize(begin_ + size_);
        json_.erase(0, begin_);
        return std::move(json_);
    }
    [[nodiscard]] const std::string& blob() const { return blob_; }
    [[nodiscard]] std::string take_blob() { return std::move(blob_); }
    /// How often the scene had changed; nullopt when Blender does not tell.
    [[nodiscard]] std::optional<std::uint64_t> generation() const { return generation_; }

  private:
    std::string json_;
    std::string blob_;
    std::size_t begin_;
    std::size_t size_;
    std::optional<std::uint64_t> generation_;
};

class Connection {
  public:
    /// Resolves, connects (all addresses, one overall time limit), exchanges hello. Errors:
    /// connection (refused, closed without a word = wrong token), timeout, protocol, cancelled.
    static boost::asio::awaitable<core::Result<std::shared_ptr<Connection>>> open(
        core::Timers& timers, Endpoint endpoint, std::string token, ConnectionOptions options,
        core::CancelToken cancel);

    virtual ~Connection() = default;

    /// The peer's hello, as the text of a JSON object.
    [[nodiscard]] virtual const std::string& peer_hello() const = 0;

    /// One call at a time. Errors keep what is known: Outcome::unknown when a mutating request may
    /// have run. On cancellation the peer is told to interrupt, and its answer awaited for
    /// interrupt_grace; so a call that finished first still returns its result. The peer interrupts
    /// by itself at the timeout; when it does not answer within the grace either, the call ends
    /// with ErrorCode::timeout and the connection is closed.
    virtual boost::asio::awaitable<core::Result<Reply>> call(Request request,
                                                             core::CancelToken cancel,
                                                             ProgressHandler progress) = 0;

    /// A control operation (ping, status, interrupt, outcome, shutdown): answered even while a call
    /// runs, also on this connection. When it times out a running call goes on, but the connection
    /// is not usable() any more.
    virtual boost::asio::awaitable<core::Result<Reply>> control(
        std::string op, std::string args, std::chrono::milliseconds timeout) = 0;

    /// Asks Blender to tell by itself that the scene has changed. The handler is called with the
    /// generation as it is, once Blender has agreed, within `timeout`; then for every event.
    /// Returns why it is over: the connection has ended, or `cancel` has ended it (the errors of
    /// control(), cancelled). Once on a connection. The handler may close the connection.
    virtual boost::asio::awaitable<core::Error> watch(SceneHandler handler,
                                                      std::chrono::milliseconds timeout,
                                                      core::CancelToken cancel) = 0;

    /// False after any error, unexpected bytes, timeout or close: never to be used again.
    [[nodiscard]] virtual bool usable() const = 0;
    /// How many calls it has carried.
    [[nodiscard]] virtual std::uint64_t calls() const = 0;
    /// Idempotent. Pending calls end with ErrorCode::connection.
    virtual void close() = 0;
};

}  // namespace blender_mcpd::link
