// Requests to providers: within their sites, within limits, again when that may help.
#pragma once

#include "site.hpp"
#include "slots.hpp"
#include "transfer.hpp"

#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace blender_mcpd::assets {

inline constexpr core::Metric requests_made{"assets.requests", "Requests to providers of assets",
                                            core::MetricKind::counter, "outcome"};

struct HttpLimits {
    std::chrono::milliseconds connect{10'000};        // name, connection and TLS together
    std::chrono::milliseconds first_byte{30'000};     // after that
    std::chrono::milliseconds inactivity{30'000};     // between two pieces of the body
    std::chrono::milliseconds total{1'800'000};       // redirects, attempts and pauses together
    std::chrono::milliseconds answer{40'000};         // the same of get(), which people wait for
    std::chrono::milliseconds longest_pause{30'000};  // that a server may ask for
    int attempts = 4;
    int redirects = 5;
    std::size_t at_once = 4;
};

/// When a request that failed is sent again.
enum class Repeat {
    when_it_may_help,  // it changes nothing there
    until_connected,   // never once the server may have seen it: each costs somebody something
};

struct HttpRequest {
    std::string url;
    Site site;
    /// Sent to the origin of `url` alone: they may hold a secret.
    std::vector<std::string> headers{};
    std::chrono::milliseconds total{0};        // 0: that of the limits
    std::string if_refused{};                  // the remedy for 401 and 403; empty: a general one
    std::shared_ptr<const Content> content{};  // null: a plain GET
    Repeat repeat = Repeat::when_it_may_help;
};

/// What came of a question to an interface.
struct HttpAnswer {
    std::optional<core::Error> error;  // there is no answer; as those of fetch()
    bool may_have_arrived = false;     // then, too
    ResponseHead head{};               // of any status
    std::string body{};
};

/// Loop thread. Must outlive its requests.
class Http {
  public:
    /// `timers` and `metrics` must outlive it.
    Http(core::Timers& timers, core::Metrics& metrics, HttpLimits limits, std::string user_agent);

    /// Fetches it into the receiver. `on_step` is called on the loop when bytes have come, and may
    /// be empty. When the server asks to come back later, or the connection breaks, waits and tries
    /// again. Errors: invalid (the URL is not of the site), not_found, unavailable (the server
    /// refuses), busy (it asks to wait longer than we do), connection, timeout, too_large,
    /// protocol, cancelled, shutting_down.
    boost::asio::awaitable<core::Result<ResponseHead>> fetch(HttpRequest request,
                                                             std::shared_ptr<Receiver> receiver,
                                                             std::function<void()> on_step,
                                                             core::CancelToken cancel);

    /// The body as text.
    boost::asio::awaitable<core::Result<std::string>> get(HttpRequest request,
                                                          std::size_t max_bytes,
                                                          core::CancelToken cancel);

    /// The answer of an interface, whatever it says: errors have a body as well. Redirects of what
    /// is no GET are errors.
    boost::asio::awaitable<HttpAnswer> ask(HttpRequest request, std::size_t max_bytes,
                                           core::CancelToken cancel);

  private:
    struct Attempt;
    boost::asio::awaitable<Attempt> perform(HttpRequest request, std::shared_ptr<Receiver> receiver,
                                            std::function<void()> on_step,
                                            core::CancelToken cancel);
    boost::asio::awaitable<Attempt> follow(const HttpRequest& request,
                                           std::shared_ptr<Receiver> receiver,
                                           const std::function<void()>& on_step,
                                           core::CancelToken cancel);
    boost::asio::awaitable<TransferEnd> transfer(TransferRequest request,
                                                 std::shared_ptr<Receiver> receiver,
                                                 const std::function<void()>& on_step,
                                                 core::CancelToken cancel);

    core::Timers& timers_;
    core::Metrics& metrics_;
    const HttpLimits limits_;
    const std::string user_agent_;
    Slots slots_;
    Transfers transfers_;
};

/// What a cancelled request says.
[[nodiscard]] core::Error cancelled_error(const core::CancelToken& cancel);

}  // namespace blender_mcpd::assets
