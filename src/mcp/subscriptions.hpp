// What a client wants to hear of without asking: list changes, resource updates, states of tasks.
// Legacy clients have one set of wishes and one stream (server/resources, subscriptions); modern
// ones as many as they open with subscriptions/listen. Loop thread only.
#pragma once

#include "outlet.hpp"
#include "reply.hpp"

#include <blender_mcpd/mcp/server.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>

namespace blender_mcpd::mcp {

class Subscriptions {
  public:
    explicit Subscriptions(Server& server);
    ~Subscriptions();

    /// As the client wrote them, by comparable_uri().
    using Uris = std::map<std::string, std::string>;

    // Legacy.
    void attach(std::shared_ptr<Channel> channel) { stream_ = std::move(channel); }
    /// The client is ready for unsolicited messages (notifications/initialized).
    void set_ready() { ready_ = true; }
    /// False when there are too many.
    bool subscribe(std::string uri);
    void unsubscribe(const std::string& uri) { uris_.erase(comparable_uri(uri)); }

    // Modern.
    struct Filter {
        bool tools = false;
        bool prompts = false;
        bool resources = false;
        Uris uris;
        std::set<std::string> tasks;
        [[nodiscard]] bool wants_list(Change::Kind list) const;
    };
    /// The answer is kept until the subscription ends.
    void listen(Reply reply, Filter filter);
    [[nodiscard]] bool listens(const std::string& id) const { return listeners_.contains(id); }
    [[nodiscard]] std::size_t listeners() const { return listeners_.size(); }
    /// The client does not want it any more.
    void drop(const std::string& id);
    void drop(const Channel& channel);
    /// Tells every listener that its subscription ends.
    void end();
    /// The client is gone.
    void shut();

    static constexpr std::size_t max_listeners = 64;
    static constexpr std::size_t max_uris = 1'024;

  private:
    struct Listener {
        Reply reply;
        Filter filter;
    };
    void tell(const Change& change);
    void tell_list(Change::Kind list);
    void tell_task(const std::string& task_id);

    Server& server_;
    std::shared_ptr<Channel> stream_;
    bool ready_ = false;
    Uris uris_;
    std::map<std::string, Listener> listeners_;  // by raw id of the request
    Registry::Observation observation_;
};

}  // namespace blender_mcpd::mcp
