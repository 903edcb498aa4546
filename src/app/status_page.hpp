// The status page at `/` of the HTTP port: what this daemon and its Blenders do, for people. Reads
// only. Loop thread only.
#pragma once

#include "status_feed.hpp"
#include "status_markup.hpp"

#include <blender_mcpd/blender/blenders.hpp>
#include <blender_mcpd/core/timers.hpp>
#include <blender_mcpd/tools/recent_calls.hpp>
#include <blender_mcpd/transport/site.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace blender_mcpd::app {

class StatusPage final : public transport::Site {
  public:
    /// All must outlive it.
    StatusPage(core::Timers& timers, blender::Blenders& blenders, tools::RecentCalls& calls,
               std::string version);
    ~StatusPage() override;
    StatusPage(const StatusPage&) = delete;
    StatusPage& operator=(const StatusPage&) = delete;

    [[nodiscard]] Kind kind(std::string_view path) const override;
    boost::asio::awaitable<transport::Page> get(std::string path, bool signed_in) override;
    [[nodiscard]] transport::Page sign_in_page(SignIn state) const override;
    void begin_events(std::function<bool(std::string state)> publish) override;
    void end_events() override;

  private:
    boost::asio::awaitable<StatusSnapshot> look();
    boost::asio::awaitable<std::string> look_for_event();
    [[nodiscard]] transport::Page picture() const;

    core::Timers& timers_;
    blender::Blenders& blenders_;
    tools::RecentCalls& calls_;
    const std::string version_;
    const tools::RecentCalls::WallTime since_;
    std::shared_ptr<StatusFeed> feed_;  // while somebody watches
};

}  // namespace blender_mcpd::app
