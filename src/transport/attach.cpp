#include "byte_streams.hpp"
#include "unix_address.hpp"

#include <blender_mcpd/core/json.hpp>
#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/transport/attach.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace blender_mcpd::transport {

namespace asio = boost::asio;

namespace {

using Socket = asio::local::stream_protocol::socket;

constexpr std::string_view our_id = "\"blender-mcpd-attach\"";
constexpr std::string_view question =
    R"({"jsonrpc":"2.0","id":"blender-mcpd-attach","method":"server/discover","params":{"_meta":{)"
    R"("io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
    R"("io.modelcontextprotocol/clientCapabilities":{}}}})"
    "\n";
constexpr std::size_t longest_answer = std::size_t{1} << 20;

core::Error cannot(core::ErrorCode code, const std::string& path, std::string_view why) {
    return {code, "no daemon to attach to: " + path + " " + std::string(why),
            "Start one with `blender-mcpd serve`."};
}

core::Error connect_error(const std::string& path) {
    switch (errno) {
        case ENOENT:
            return cannot(core::ErrorCode::not_found, path, "does not exist");
        case ECONNREFUSED:
            return cannot(core::ErrorCode::not_found, path, "was left by a daemon that is gone");
        case EAGAIN:
            return cannot(core::ErrorCode::timeout, path, "does not answer");
        default:
            return cannot(core::ErrorCode::unavailable, path,
                          std::string("cannot be used: ") + std::strerror(errno));
    }
}

/// What one line says about the daemon; nullopt when it is not about our question.
std::optional<core::Result<std::string>> read_version(const std::string& path,
                                                      std::string_view line) {
    const auto message = core::RawObject::scan(line);
    if (!message) return cannot(core::ErrorCode::unavailable, path, "does not speak MCP");
    const auto id = message->find("id");
    if (id && *id != our_id) return std::nullopt;
    if (const auto error = message->find("error"); error && !id) {
        const auto parsed = core::parse_json(*error);
        const bool says = parsed && parsed->is_object() && parsed->contains("message") &&
                          (*parsed)["message"].is_string();
        const auto why = says ? (*parsed)["message"].get<std::string>() : std::string(*error);
        return cannot(core::ErrorCode::busy, path, "refuses: " + core::excerpt(why, 300));
    }
    if (!id) return std::nullopt;
    // A daemon of a revision without server/discover answers with an error: it speaks MCP.
    const auto result = message->find("result");
    const auto parsed = core::parse_json(result.value_or("{}"));
    const core::Json::json_pointer place("/_meta/io.modelcontextprotocol~1serverInfo/version");
    if (!parsed || !parsed->is_object() || !parsed->contains(place) ||
        !parsed->at(place).is_string())
        return std::string();
    return core::excerpt(parsed->at(place).get<std::string>());
}

struct Answer {
    std::string version;
    std::string rest;  // what came with it
};

asio::awaitable<core::Result<Answer>> ask(Socket& socket, const std::string& path) {
    // Only the deadline closes the socket under us.
    const auto failed = [&](const boost::system::error_code& error) {
        if (error == asio::error::operation_aborted)
            return cannot(core::ErrorCode::timeout, path, "does not answer");
        return cannot(core::ErrorCode::unavailable, path, "hung up: " + error.message());
    };
    const auto [unsent, size] =
        co_await asio::async_write(socket, asio::buffer(question), as_result);
    if (unsent && unsent != asio::error::broken_pipe) co_return failed(unsent);
    std::string received;
    std::array<char, 16'384> chunk;
    while (received.size() < longest_answer) {
        const auto [error, got] = co_await socket.async_read_some(asio::buffer(chunk), as_result);
        if (error) co_return failed(error);
        received.append(chunk.data(), got);
        for (auto end = received.find('\n'); end != std::string::npos; end = received.find('\n')) {
            const auto version = read_version(path, std::string_view(received).substr(0, end));
            received.erase(0, end + 1);
            if (!version) continue;
            if (!*version) co_return version->error();
            co_return Answer{**version, std::move(received)};
        }
    }
    co_return cannot(core::ErrorCode::unavailable, path, "does not speak MCP");
}

}  // namespace

asio::awaitable<core::Result<Attachment>> attach(core::Timers& timers, std::string path,
                                                 core::Duration limit) {
    const int fd = connect_now(path);
    if (fd < 0) co_return connect_error(path);
    Socket socket(timers.executor(), asio::local::stream_protocol(), fd);
    const auto peer = peer_of(fd);
    if (!peer || peer->uid != geteuid())
        co_return cannot(core::ErrorCode::unavailable, path, "belongs to another user");
    core::Timer deadline(timers, "attach");
    deadline.start(limit, [&] { socket.close(); });
    auto answer = co_await ask(socket, path);
    if (!answer) co_return answer.error();
    deadline.cancel();
    co_return Attachment{std::move(socket), std::move(answer->rest), std::move(answer->version),
                         peer->pid};
}

}  // namespace blender_mcpd::transport
