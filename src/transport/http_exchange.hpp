// The answer to one HTTP request, between who makes it and the connection that writes it. Bounded:
// a client that does not read is given up. Loop thread only.
#pragma once

#include "http_message.hpp"
#include "outbox.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace blender_mcpd::transport::http {

class Exchange {
  public:
    /// `wake` is called when the connection has something to do; it must not call back.
    Exchange(std::function<void()> wake, std::size_t max_outbox_bytes)
        : wake_(std::move(wake)), max_outbox_bytes_(max_outbox_bytes) {}

    // For who answers. After the answer has begun as one of both kinds, or the client went away,
    // what does not fit does nothing.

    void respond(Response response);
    /// Begins an answer of events (text/event-stream).
    void open_stream(std::vector<Header> headers = {});
    void write(std::string_view events);
    /// One event: these lines before its data.
    void write_event(std::string_view lines, std::string message);
    void end_stream();

    /// Nothing was answered yet.
    [[nodiscard]] bool fresh() const { return !response_; }
    [[nodiscard]] bool streaming() const { return streaming_ && !ended_; }
    /// The client is still there.
    [[nodiscard]] bool connected() const { return connected_; }

    /// Called once, when the client goes away before all of the answer was written; not from within
    /// any of the above.
    void on_disconnect(std::function<void()> callback) { on_disconnect_ = std::move(callback); }
    /// Called by the connection when nothing was written for a while.
    void on_silence(std::function<void()> callback) { on_silence_ = std::move(callback); }

    // For the connection.

    /// The response, or the head of a stream; nothing while there is no answer yet.
    [[nodiscard]] const std::optional<Response>& response() const { return response_; }
    /// That response; once.
    [[nodiscard]] Response take_response() { return std::move(*response_); }
    [[nodiscard]] bool is_stream() const { return streaming_; }
    /// Some of the events, or a part of a large one, in their order.
    [[nodiscard]] std::string take_events() { return outbox_.take(); }
    [[nodiscard]] bool has_events() const { return !outbox_.empty(); }
    [[nodiscard]] bool ended() const { return ended_; }
    /// The client leaves too much unread.
    [[nodiscard]] bool overflowed() const { return overflowed_; }
    void silence();
    /// All of the answer was written.
    void finish();
    /// The client went away.
    void disconnect();

  private:
    /// For events. Who has left too much unread is given up here.
    [[nodiscard]] bool has_room();

    std::function<void()> wake_;
    std::size_t max_outbox_bytes_;
    std::function<void()> on_disconnect_;
    std::function<void()> on_silence_;
    std::optional<Response> response_;
    Outbox outbox_;
    bool streaming_ = false;
    bool ended_ = false;
    bool connected_ = true;
    bool overflowed_ = false;
};

}  // namespace blender_mcpd::transport::http
