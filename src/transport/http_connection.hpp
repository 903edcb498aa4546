// One TCP connection: reads requests one after the other and writes their answers. Loop thread
// only.
#pragma once

#include "http_endpoint.hpp"
#include "http_pages.hpp"
#include "http_parser.hpp"

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace blender_mcpd::transport::http {

class Connection : public std::enable_shared_from_this<Connection> {
  public:
    /// What all connections of a server share. Must outlive them.
    struct Shared {
        core::Timers& timers;
        mcp::Server& server;
        const HttpOptions& options;
        Endpoint& endpoint;
        Pages& pages;
    };

    Connection(Shared shared, boost::asio::ip::tcp::socket socket);

    /// Serves until the client or stop() ends it.
    boost::asio::awaitable<void> run();
    /// Answers with 503 and ends it.
    boost::asio::awaitable<void> turn_away();

    /// Ends it after the answer that is being made; at once when there is none.
    void stop();
    /// Ends it at once. A client that waits for an answer is taken for gone.
    void close();

  private:
    boost::asio::awaitable<void> read();
    boost::asio::awaitable<void> serve();
    boost::asio::awaitable<bool> serve_one();
    boost::asio::awaitable<bool> read_head(Parser& parser);
    boost::asio::awaitable<bool> read_body(Parser& parser);
    boost::asio::awaitable<bool> refuse_and_close(Response response);
    boost::asio::awaitable<bool> write_answer(bool http_1_0, bool keep_alive);
    boost::asio::awaitable<bool> write_response(Response response, bool keep_alive);
    boost::asio::awaitable<bool> write_stream(Framing framing, bool keep_alive);
    boost::asio::awaitable<bool> write(std::string bytes);
    /// One after the other, without copying a large body.
    boost::asio::awaitable<bool> write(std::string head, std::string body);
    boost::asio::awaitable<void> linger();

    void start_answer(const Request& request, mcp::Incoming message);
    [[nodiscard]] Response answer_beside(const Request& request) const;
    void feed(Parser& parser);
    void arm(core::Duration patience);
    void wake();
    void watch_silence();
    void count(const Response& response);
    [[nodiscard]] const std::string& client();
    [[nodiscard]] bool over() const { return input_ended_ || stopping_; }

    Shared shared_;
    boost::asio::ip::tcp::socket socket_;
    std::string client_;   // its name for the stateless era; empty until it is needed
    std::string input_;    // arrived, not used yet
    core::Event changed_;  // something happened that serve() may wait for
    core::Event room_;     // the input may grow
    core::Event reader_ended_;
    core::Timer deadline_;  // of what serve() waits for
    core::Timer silence_;
    std::shared_ptr<Exchange> exchange_;  // the answer that is being made
    bool first_ = true;                   // nothing was asked yet
    bool head_only_ = false;              // the client wants no body (HEAD)
    bool input_ended_ = false;            // the client closed its side, or we the connection
    bool discarding_ = false;             // what still arrives is of no interest
    bool stopping_ = false;
    bool late_ = false;  // the deadline passed
};

}  // namespace blender_mcpd::transport::http
