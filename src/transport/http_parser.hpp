// Reads one HTTP/1.x request from a stream of bytes. Sans-IO, over Boost.Beast's parser; what
// request smuggling needs is refused: two lengths, two hosts, transfer codings other than chunked.
#pragma once

#include "http_message.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace blender_mcpd::transport::http {

class Parser {
  public:
    struct Limits {
        std::size_t header_bytes;
        std::size_t body_bytes;
    };
    enum class State {
        head,      // wants (more of) the request line and headers
        body,      // the head is there, wants more of the body
        complete,  // request() is whole
        failed,    // see failure(); nothing after it can be read
    };

    explicit Parser(Limits limits);
    ~Parser();
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;

    /// Takes as many bytes as it can use and says how many that were; the caller brings the rest
    /// again, with more behind it. Stops after the head, so that it can be judged before the body
    /// is taken. Needs up to Limits::header_bytes at once.
    std::size_t feed(std::string_view bytes);

    [[nodiscard]] State state() const { return state_; }
    /// The head from State::body on, all of it in State::complete.
    [[nodiscard]] Request& request() { return request_; }
    [[nodiscard]] const Response& failure() const { return failure_; }
    /// The client waits for "100 Continue" before it sends the body.
    [[nodiscard]] bool expects_continue() const { return expects_continue_; }

  private:
    struct Impl;
    void finish_head();
    void check_framing();
    void fail(unsigned status, std::string_view reason, std::string_view message);

    Limits limits_;
    State state_ = State::head;
    Request request_;
    Response failure_;
    bool expects_continue_ = false;
    std::unique_ptr<Impl> impl_;
};

}  // namespace blender_mcpd::transport::http
