// What Instances keeps, and who does what in it: instances.cpp chooses, starts and ends,
// instances_list.cpp tells.
#pragma once

#include "descriptors.hpp"

#include <blender_mcpd/blender/changes.hpp>
#include <blender_mcpd/blender/instances.hpp>
#include <blender_mcpd/core/json.hpp>

#include <boost/asio/awaitable.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace blender_mcpd::blender {

// Kept alive by its coroutines.
struct Instances::Impl : std::enable_shared_from_this<Impl> {
    Impl(core::Timers& all_timers, core::Metrics& all_metrics, InstancesOptions all_options);

    struct Member {
        std::string name;
        std::shared_ptr<Instance> instance;  // of one that was found: once it is used
        std::optional<Descriptor> found;     // it is the user's
        ChangeSubscription subscription{};   // while somebody wants to know
    };
    /// What is known of who calls.
    struct Client {
        std::string chosen;               // by `use`; empty: the automatic choice
        std::string last;                 // where its last call without a name went
        std::optional<core::Error> news;  // to be told before the next one
    };

    /// Looks for add-ons that have come or gone, unless it did just now.
    void refresh();
    void look();
    void forget(const std::string& name, const std::string& why);
    void choose();
    [[nodiscard]] Member* member(std::string_view name);
    Client& client(const std::string& name);
    [[nodiscard]] std::string current_of(const std::string& client_name);
    [[nodiscard]] bool is_current(const std::string& name) const;
    [[nodiscard]] core::Error unknown(std::string_view argument, std::string_view name) const;

    std::shared_ptr<Instance> make(InstanceOptions instance_options);
    Instance& instance_of(Member& one);
    void listen_to(Member& one);
    void on_demand_for_changes();

    boost::asio::awaitable<core::Result<std::string>> start(StartRequest request,
                                                            core::CancelToken cancel);
    boost::asio::awaitable<core::Result<void>> stop(std::string name, bool discard_changes);
    [[nodiscard]] core::Json about(const Member& one, const std::string& current) const;
    boost::asio::awaitable<core::Json> list(std::string client_name);

    core::Timers& timers;
    core::Metrics& metrics;
    const InstancesOptions options;
    std::vector<Member> members;  // main first, then in the order in which they came
    std::string automatic{main_instance};
    std::map<std::string, Client> clients;
    std::optional<core::TimePoint> looked;
    ChangeFeed changes;
    bool closing = false;
};

}  // namespace blender_mcpd::blender
