// What a client may see: messages of JSON-RPC, and how HTTP carries them.
#pragma once

#include "batch.hpp"
#include "fuzz.hpp"
#include "message.hpp"

#include <blender_mcpd/core/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace blender_mcpd::fuzz {

/// The ids of the requests in what a client sends, as one message and as a batch: which of them it
/// is, is for the session to decide. Empty for what has no id that could be read.
inline std::vector<std::string> requested(std::string_view sent) {
    std::vector<std::string> ids;
    const auto note = [&](std::string_view text) {
        const auto message = mcp::classify(text);
        if (const auto* request = std::get_if<mcp::Request>(&message)) ids.push_back(request->id);
        if (const auto* bad = std::get_if<mcp::BadMessage>(&message)) ids.push_back(bad->id);
    };
    note(sent);
    if (!mcp::is_batch(sent)) return ids;
    if (const auto messages = mcp::split_batch(sent))
        for (const auto message : *messages)
            note(message);
    return ids;
}

/// Checks what a server sent. The raw ids of the requests that it answers; empty for an answer
/// without one.
inline std::vector<std::string> answered(std::string_view sent) {
    std::vector<std::string> ids;
    const auto check = [&](std::string_view text) {
        const auto message = core::RawObject::scan(text);
        require(message.has_value(), "it is a JSON object", text);
        require(message->find("jsonrpc") == "\"2.0\"", "it is JSON-RPC 2.0", text);
        const auto id = message->find("id");
        const bool result = message->find("result").has_value();
        const bool error = message->find("error").has_value();
        if (message->find("method"))
            return require(!result && !error, "a request is no answer", text);
        require(result != error, "an answer is a result or an error", text);
        require(!result || id, "a result has an id", text);
        ids.emplace_back(id && *id != "null" ? *id : "");
    };
    require(sent.find_first_of("\r\n") == std::string_view::npos, "it is one line", sent);
    if (!mcp::is_batch(sent)) {
        check(sent);
        return ids;
    }
    const auto messages = mcp::split_batch(sent);
    require(messages.has_value() && !messages->empty(), "a batch holds messages", sent);
    for (const auto message : *messages)
        check(message);
    return ids;
}

/// One response of an HTTP server.
struct HttpAnswer {
    unsigned status = 0;
    std::map<std::string, std::string, std::less<>> headers;  // names as they came
    std::string body;                                         // decoded; what has come so far
    bool whole = false;

    [[nodiscard]] std::string_view header(std::string_view name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string_view{} : found->second;
    }
    [[nodiscard]] bool is_stream() const { return header("Content-Type") == "text/event-stream"; }
};

/// Decodes the chunks that are there from `at`. Where the body ends; npos: not yet.
inline std::size_t decode_chunks(std::string_view bytes, std::size_t at, std::string& body) {
    for (;;) {
        const auto line = bytes.find("\r\n", at);
        if (line == std::string_view::npos) return line;
        std::size_t size = 0;
        const auto* const end = bytes.data() + line;
        const auto read = std::from_chars(bytes.data() + at, end, size, 16);
        require(read.ec == std::errc{} && read.ptr == end, "a chunk has a size", bytes.substr(at));
        const auto rest = bytes.substr(line + 2);
        if (rest.size() < size + 2) return std::string_view::npos;
        require(rest.substr(size, 2) == "\r\n", "a chunk is as long as it says", bytes.substr(at));
        body += rest.substr(0, size);
        at = line + 2 + size + 2;
        if (size == 0) return at;
    }
}

/// Reads the response that begins the bytes, and says how many belong to it; 0 while its head is
/// not there. `bodiless`: it answers HEAD.
inline std::size_t read_answer(std::string_view bytes, HttpAnswer& answer, bool bodiless) {
    constexpr std::string_view version = "HTTP/1.1 ";
    require(bytes.substr(0, version.size()) == version.substr(0, bytes.size()),
            "a response begins with its version", bytes);
    const auto head_end = bytes.find("\r\n\r\n");
    if (head_end == std::string_view::npos) return 0;
    const auto head = bytes.substr(0, head_end + 2);
    require(head.size() > 13 && head[12] == ' ', "a status has three digits", head);
    std::from_chars(head.data() + 9, head.data() + 12, answer.status);
    for (auto at = head.find("\r\n") + 2; at < head.size();) {
        const auto line = head.substr(at, head.find("\r\n", at) - at);
        const auto colon = line.find(": ");
        require(colon != std::string_view::npos && colon > 0 && is_tame(line),
                "a header is a name and a value", line);
        const bool first =
            answer.headers.emplace(line.substr(0, colon), line.substr(colon + 2)).second;
        require(first, "a header is there once", line);
        at += line.size() + 2;
    }
    const auto begin = head_end + 4;
    const auto length = answer.header("Content-Length");
    const bool chunked = answer.headers.contains("Transfer-Encoding");
    require(length.empty() || !chunked, "a response has one length", head);
    auto end = begin;
    if (bodiless) {
        answer.whole = true;
        return begin;
    }
    if (chunked) {
        require(answer.header("Transfer-Encoding") == "chunked", "chunked is the only coding",
                head);
        end = decode_chunks(bytes, begin, answer.body);
    } else if (!length.empty()) {
        std::size_t size = 0;
        std::from_chars(length.data(), length.data() + length.size(), size);
        require(std::to_string(size) == length, "the length is a number", head);
        answer.body = bytes.substr(begin, size);
        if (answer.body.size() < size) end = std::string_view::npos;
    } else if (answer.status != 100 && answer.status != 204) {
        require(answer.is_stream() && answer.header("Connection") == "close",
                "a response that ends with the connection says so", head);
        answer.body = bytes.substr(begin);
        end = std::string_view::npos;
    }
    if (end == begin && !length.empty()) end += answer.body.size();
    answer.whole = end != std::string_view::npos;
    return answer.whole ? end : bytes.size();
}

struct StreamEvent {
    std::string_view id;    // empty: none
    std::string_view data;  // empty: none
};

/// The whole events of a stream.
inline std::vector<StreamEvent> read_events(std::string_view body) {
    std::vector<StreamEvent> events;
    for (auto end = body.find("\n\n"); end != std::string_view::npos; end = body.find("\n\n")) {
        StreamEvent event;
        auto block = body.substr(0, end + 1);
        body.remove_prefix(end + 2);
        const auto all = block;
        while (!block.empty()) {
            const auto line = block.substr(0, block.find('\n'));
            block.remove_prefix(line.size() + 1);
            if (line.starts_with("id: "))
                event.id = line.substr(4);
            else if (line.starts_with("data: "))
                event.data = line.substr(6);
            else
                require(line.starts_with(':') || line == "data:" || line.starts_with("retry: "),
                        "a line of an event stream is known", all);
        }
        events.push_back(event);
    }
    require(body.find_first_of("\r") == std::string_view::npos, "lines end with a line feed", body);
    return events;
}

}  // namespace blender_mcpd::fuzz
