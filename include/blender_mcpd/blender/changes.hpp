// Who wants to know that the scene has changed, and is told. Loop thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace blender_mcpd::blender {

struct SceneChange {
    std::uint64_t generation = 0;  // of the Blender that runs now; a new one counts anew
    std::vector<std::string>
        changed;        // "Cube"; what is no object as "material:Steel"; a few hundred
    bool more = false;  // something has changed that is not in `changed`
    /// Another file is open, or it may be: nothing that was known of the scene need be true.
    bool file_changed = false;
    std::string instance{};  // its name among several (Blenders); empty: there is one
    bool current = true;     // calls of some client go to it when they name none
};
using ChangeHandler = std::function<void(const SceneChange&)>;

/// Ends when destroyed: the handler is not called again. Empty when default constructed.
class [[nodiscard]] ChangeSubscription {
  public:
    ChangeSubscription() = default;
    ChangeSubscription(ChangeSubscription&& other) noexcept = default;
    ChangeSubscription& operator=(ChangeSubscription&& other) noexcept;
    ~ChangeSubscription();

  private:
    friend class ChangeFeed;
    struct Subscriber;
    struct State;
    void end();
    std::weak_ptr<State> state_;
    std::shared_ptr<Subscriber> subscriber_;
};

/// The list of those who want to know. Subscriptions may outlive it.
class ChangeFeed {
  public:
    /// `on_demand` is called when the first has subscribed, and when the last has gone.
    explicit ChangeFeed(std::function<void()> on_demand = {});
    ~ChangeFeed();
    ChangeFeed(const ChangeFeed&) = delete;
    ChangeFeed& operator=(const ChangeFeed&) = delete;

    ChangeSubscription subscribe(ChangeHandler handler);
    /// Calls everybody who is subscribed, in order. A handler may end any subscription, also its
    /// own, and subscribe anew; who comes meanwhile is not told of this change.
    void publish(const SceneChange& change);
    [[nodiscard]] bool wanted() const;

  private:
    std::shared_ptr<ChangeSubscription::State> state_;
};

}  // namespace blender_mcpd::blender
