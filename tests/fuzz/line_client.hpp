// A client that converses in lines, as over standard input and output.
#pragma once

#include "outgoing.hpp"
#include "site.hpp"

#include <blender_mcpd/transport/stdio.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sys/socket.h>
#include <transport/pipes.hpp>
#include <unistd.h>

namespace blender_mcpd::fuzz {

inline constexpr std::size_t max_line_bytes = 4'096;

class LineClient {
  public:
    explicit LineClient(Site& site) : site_(site) {
        int ends[2];
        require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0,
                "there are sockets");
        const int small = 4'096;  // so that a client that does not read is felt
        ::setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
        end_.reset(ends[0]);
        const transport::LineOptions options{.max_line_bytes = max_line_bytes,
                                             .max_outbox_bytes = 8'192};
        transport_.emplace(site.loop.timers, site.server,
                           transport::StdioDescriptors{ends[1], ::dup(ends[1]), false}, options);
        site.loop.spawn(run(*transport_, ended_));
    }

    bool direct(std::string_view line) {
        if (line == "!half")
            finish_sending();
        else if (line == "!close")
            end_.close();
        else if (line == "!stop")
            transport_->stop(core::CancelReason::shutdown);
        else if (line == "!mute")
            mute_ = !mute_;
        else
            return false;
        complete_ = complete_ && line == "!mute";
        take();
        return true;
    }

    void send(std::string_view bytes) {
        if (half_closed_ || end_.fd() < 0) return;
        sent_ += bytes;
        for (auto end = sent_.find('\n'); end != std::string::npos; end = sent_.find('\n')) {
            note(std::string_view(sent_).substr(0, end));
            sent_.erase(0, end + 1);
        }
        if (sent_.size() > max_line_bytes && !long_) {
            note_long();  // refused before it ends
            long_ = true;
        }
        while (!bytes.empty()) {
            const auto size = end_.write(bytes);
            bytes.remove_prefix(size);
            const bool got = take();
            if (size == 0 && !got) break;
        }
        if (!bytes.empty()) complete_ = false;
        take();
    }

    void end() {
        mute_ = false;
        finish_sending();
        while (take()) {
        }
        site_.loop.advance(std::chrono::seconds(2));  // calls that still run are cancelled
        site_.gate.set();
        while (take()) {
        }
        if (!ended_) site_.loop.advance(std::chrono::seconds(10));
        take();
        require(ended_, "a conversation ends with its input");
        require(!complete_ || received_.empty(), "the last line has an end", received_);
        require(!complete_ || ledger_.settled(), "every request is answered");
        transport_.reset();
        site_.tidy();
    }

    Secrets secrets;

  private:
    static boost::asio::awaitable<void> run(transport::StdioTransport& transport, bool& ended) {
        co_await transport.run();
        ended = true;
    }

    void finish_sending() {
        if (std::exchange(half_closed_, true) || end_.fd() < 0) return;
        note(sent_);
        ::shutdown(end_.fd(), SHUT_WR);
    }

    /// Not all of what is noted must be answered.
    void note(std::string_view line) {
        if (std::exchange(long_, false)) return;
        if (line.size() > max_line_bytes) return note_long();
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.find_first_not_of(" \t") == std::string_view::npos) return;
        ledger_.note(requested(line));
        const auto message = mcp::classify(line);
        const auto* request = std::get_if<mcp::Request>(&message);
        const auto* notification = std::get_if<mcp::Notification>(&message);
        if (mcp::is_batch(line) ||
            (request != nullptr && request->method == "subscriptions/listen") ||
            (notification != nullptr && notification->method == "notifications/cancelled"))
            complete_ = false;
    }

    void note_long() {
        ledger_.note({""});
        complete_ = false;
    }

    /// Whether there was something.
    bool take() {
        site_.settle();
        if (mute_ || end_.fd() < 0) return false;
        const auto got = end_.read();
        received_ += got;
        for (auto end = received_.find('\n'); end != std::string::npos;
             end = received_.find('\n')) {
            const auto line = received_.substr(0, end);
            received_.erase(0, end + 1);
            secrets.learn(line);
            ledger_.settle(answered(line), line);
        }
        site_.settle();
        return !got.empty();
    }

    Site& site_;
    transport::End end_;
    std::optional<transport::StdioTransport> transport_;
    bool ended_ = false;
    bool half_closed_ = false;
    bool mute_ = false;     // reads nothing
    bool complete_ = true;  // all that was noted must be answered, and nothing is cut off
    bool long_ = false;     // what is sent is of a line that was refused
    std::string sent_;      // of a line that has no end yet
    std::string received_;  // the same
    Ledger ledger_;
};

}  // namespace blender_mcpd::fuzz
