// A provider's server on this machine, which answers what the test says.
#pragma once

#include <blender_mcpd/core/event.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace blender_mcpd::assets {

struct Answer {
    int status = 200;
    std::string body{};
    std::vector<std::string> headers{};    // lines
    std::optional<std::size_t> cut{};      // closes after so many bytes of the body
    std::shared_ptr<core::Event> pause{};  // after them; without `cut`, before the head
};

struct Request {
    std::string method;
    std::string path;  // and the query
    std::string body{};
    std::map<std::string, std::string> headers;  // names as they came

    [[nodiscard]] std::string target() const { return path; }
    [[nodiscard]] std::string operator[](const std::string& name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string() : found->second;
    }
    static Request read(const std::string& text) {
        std::istringstream lines(text);
        Request request;
        std::string line;
        lines >> request.method >> request.path;
        std::getline(lines, line);
        while (std::getline(lines, line) && line.size() > 1)
            if (const auto colon = line.find(": "); colon != std::string::npos)
                request.headers[line.substr(0, colon)] =
                    line.substr(colon + 2, line.size() - colon - 3);
        return request;
    }
};

/// Lives on the loop of the test. One request a connection.
class HttpServer {
  public:
    using Request = assets::Request;
    using Handler = std::function<Answer(const Request&)>;

    explicit HttpServer(boost::asio::io_context& io)
        : acceptor_(io, {boost::asio::ip::make_address("127.0.0.1"), 0}) {
        boost::asio::co_spawn(io, accept(*this), boost::asio::detached);
    }

    [[nodiscard]] std::string url(const std::string& path = {}) const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + path;
    }

    /// What comes for that path (without the query) is answered so.
    void on(const std::string& path, Handler handler) { handlers_[path] = std::move(handler); }
    void on(const std::string& path, Answer answer) {
        handlers_[path] = [answer](const Request&) { return answer; };
    }

    std::size_t heads = 0;                      // of requests that have come
    std::shared_ptr<core::Event> body_pause{};  // between the head of a request and its body
    std::vector<std::string> targets;           // that were asked for, in order
    std::vector<Request> requests;

    [[nodiscard]] std::size_t count(const std::string& path) const {
        std::size_t found = 0;
        for (const auto& target : targets)
            if (target.substr(0, target.find('?')) == path) ++found;
        return found;
    }

  private:
    using Socket = boost::asio::ip::tcp::socket;

    static boost::asio::awaitable<void> accept(HttpServer& server) {
        while (server.acceptor_.is_open()) {
            auto socket = co_await server.acceptor_.async_accept(boost::asio::use_awaitable);
            const auto executor = socket.get_executor();
            boost::asio::co_spawn(executor, serve(server, std::move(socket)),
                                  boost::asio::detached);
        }
    }

    static boost::asio::awaitable<void> serve(HttpServer& server, Socket socket) {
        std::string head;
        co_await boost::asio::async_read_until(socket, boost::asio::dynamic_buffer(head),
                                               "\r\n\r\n", boost::asio::use_awaitable);
        ++server.heads;
        if (server.body_pause) co_await server.body_pause->wait();
        auto request = Request::read(head);
        request.body = head.substr(head.find("\r\n\r\n") + 4);
        const auto length = request["Content-Length"];
        const auto missing_bytes = length.empty() ? 0 : std::stoul(length) - request.body.size();
        co_await boost::asio::async_read(socket, boost::asio::dynamic_buffer(request.body),
                                         boost::asio::transfer_exactly(missing_bytes),
                                         boost::asio::use_awaitable);
        server.targets.emplace_back(request.target());
        server.requests.push_back(request);
        const auto path = server.targets.back().substr(0, server.targets.back().find('?'));
        const auto found = server.handlers_.find(path);
        const Answer missing{404, "there is no such thing"};
        const auto answer = found == server.handlers_.end() ? missing : found->second(request);
        if (answer.pause && !answer.cut) co_await answer.pause->wait();
        std::string text = "HTTP/1.1 " + std::to_string(answer.status) +
                           " Whatever\r\nConnection: close\r\nContent-Length: " +
                           std::to_string(answer.body.size()) + "\r\n";
        for (const auto& line : answer.headers)
            text += line + "\r\n";
        text += "\r\n" + answer.body.substr(0, answer.cut.value_or(answer.body.size()));
        co_await boost::asio::async_write(socket, boost::asio::buffer(text),
                                          boost::asio::use_awaitable);
        if (answer.pause && answer.cut) co_await answer.pause->wait();
    }

    boost::asio::ip::tcp::acceptor acceptor_;
    std::map<std::string, Handler> handlers_;
};

/// Answers ranges as servers of files do.
inline HttpServer::Handler file(std::string body, std::string tag) {
    return [body = std::move(body), tag = std::move(tag)](const HttpServer::Request& request) {
        Answer answer{200, body, {"ETag: " + tag}};
        const std::string range(request["Range"]);
        const std::string condition(request["If-Range"]);
        if (range.empty() || (!condition.empty() && condition != tag)) return answer;
        const auto begin = std::stoul(range.substr(std::string("bytes=").size()));
        if (begin >= body.size()) return Answer{416};
        answer.status = 206;
        answer.body = body.substr(begin);
        answer.headers.push_back("Content-Range: bytes " + std::to_string(begin) + "-" +
                                 std::to_string(body.size() - 1) + "/" +
                                 std::to_string(body.size()));
        return answer;
    };
}

}  // namespace blender_mcpd::assets
