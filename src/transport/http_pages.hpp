// The pages of the site: the way in and out, what is on them, and those who watch. Loop thread
// only.
#pragma once

#include "http_exchange.hpp"
#include "http_sign_in.hpp"

#include <blender_mcpd/core/event.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/transport/http.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <list>
#include <memory>
#include <string>

namespace blender_mcpd::transport::http {

class Pages : public std::enable_shared_from_this<Pages> {
  public:
    /// Both must outlive it, and the site of the options must be there until drained() returns.
    Pages(core::Timers& timers, const HttpOptions& options);

    /// The browser has shown the token.
    [[nodiscard]] bool signed_in(const Request& request) const;

    /// Answers a whole request for a page that refuse() lets through, now or later.
    void handle(const Request& request, const std::shared_ptr<Exchange>& exchange);

    /// Whoever has signed in must do so again, and nobody watches any more.
    void revoke();
    /// Streams end, and nothing more is served. Idempotent.
    void stop();
    /// Returns when nobody waits for the site.
    boost::asio::awaitable<void> drained();

  private:
    struct Watcher {
        std::shared_ptr<Exchange> exchange;
        std::string name;  // of who has signed in; empty: came with the token
    };
    void sign_in(const Request& request, Exchange& exchange);
    void sign_out(const Request& request, Exchange& exchange);
    void watch(const Request& request, const std::shared_ptr<Exchange>& exchange);
    bool publish(std::string state);
    template <typename Condition>
    void end_watchers(Condition ends);
    void end_events_if_alone();
    static boost::asio::awaitable<void> answer(std::shared_ptr<Pages> self, Site& site,
                                               Request request, std::shared_ptr<Exchange> exchange);
    [[nodiscard]] std::string cookie_name() const;

    core::Timers& timers_;
    const HttpOptions& options_;
    SignIns sign_ins_;
    std::list<Watcher> watchers_;
    Site* publisher_ = nullptr;  // which publishes for them
    std::string last_state_;
    std::size_t answering_ = 0;
    core::Event answered_;
    bool stopped_ = false;
};

}  // namespace blender_mcpd::transport::http
