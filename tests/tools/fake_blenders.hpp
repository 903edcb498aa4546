// A Blender as the only one of its daemon.
#pragma once

#include <blender_mcpd/blender/blenders.hpp>
#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace blender_mcpd::tools {

/// The Blenders of a daemon that has one, by the name "main", and records what it is told to do.
class FakeBlenders final : public blender::Blenders {
  public:
    explicit FakeBlenders(blender::Blender& blender) : only_(&blender, [](auto*) {}) {}

    std::map<std::string, std::shared_ptr<blender::Blender>> others;
    std::optional<core::Error> news;  // for whoever comes first
    std::string used;
    std::vector<blender::StartRequest> started;
    std::vector<std::pair<std::string, bool>> stopped;
    std::optional<core::Error> error;  // of start, stop and use

    core::Result<std::shared_ptr<blender::Blender>> find(std::string_view name,
                                                         const std::string& /*client*/) override {
        if (name.empty() || name == blender::current_instance || name == "main") return only_;
        const auto other = others.find(std::string(name));
        if (other != others.end()) return other->second;
        return core::Error{.code = core::ErrorCode::invalid,
                           .message = "instance: there is no Blender \"" + std::string(name) + '"'};
    }
    std::optional<core::Error> take_news(const std::string& /*client*/) override {
        return std::exchange(news, std::nullopt);
    }
    [[nodiscard]] core::Json overview(const std::string& /*client*/) override {
        auto list = core::Json::array({{{"name", "main"}, {"kind", "main"}, {"current", true}}});
        for (const auto& [name, other] : others)
            list.push_back({{"name", name}, {"kind", "started"}, {"current", false}});
        return list;
    }
    boost::asio::awaitable<core::Json> list(std::string client) override {
        co_return overview(client);
    }
    boost::asio::awaitable<core::Result<std::string>> start(blender::StartRequest request,
                                                            core::CancelToken /*cancel*/) override {
        started.push_back(request);
        if (error) co_return *error;
        co_return request.name.empty() ? "blender-2" : request.name;
    }
    boost::asio::awaitable<core::Result<void>> stop(std::string name,
                                                    bool discard_changes) override {
        stopped.emplace_back(name, discard_changes);
        if (error) co_return *error;
        co_return core::Result<void>();
    }
    core::Result<void> use(std::string_view name, const std::string& /*client*/) override {
        if (error) return *error;
        used = name;
        return {};
    }
    [[nodiscard]] blender::ChangeSubscription on_change(blender::ChangeHandler handler) override {
        return only_->on_change(std::move(handler));
    }

  private:
    std::shared_ptr<blender::Blender> only_;
};

}  // namespace blender_mcpd::tools
