#include <blender_mcpd/blender/changes.hpp>

#include <utility>

namespace blender_mcpd::blender {

struct ChangeSubscription::Subscriber {
    ChangeHandler handler;  // emptied at its end
};

struct ChangeSubscription::State {
    std::function<void()> on_demand;
    std::vector<std::shared_ptr<Subscriber>> subscribers;

    void note_demand() const {
        if (const auto callback = on_demand) callback();
    }
};

ChangeSubscription& ChangeSubscription::operator=(ChangeSubscription&& other) noexcept {
    if (this == &other) return *this;
    end();
    state_ = std::move(other.state_);
    subscriber_ = std::move(other.subscriber_);
    return *this;
}

ChangeSubscription::~ChangeSubscription() {
    end();
}

void ChangeSubscription::end() {
    const auto ended = std::exchange(subscriber_, nullptr);
    if (!ended) return;
    ended->handler = nullptr;
    const auto state = state_.lock();
    if (!state) return;
    std::erase(state->subscribers, ended);
    if (state->subscribers.empty()) state->note_demand();
}

ChangeFeed::ChangeFeed(std::function<void()> on_demand)
    : state_(std::make_shared<ChangeSubscription::State>()) {
    state_->on_demand = std::move(on_demand);
}

ChangeFeed::~ChangeFeed() {
    state_->on_demand = nullptr;
}

ChangeSubscription ChangeFeed::subscribe(ChangeHandler handler) {
    ChangeSubscription subscription;
    subscription.state_ = state_;
    subscription.subscriber_ = std::make_shared<ChangeSubscription::Subscriber>();
    subscription.subscriber_->handler = std::move(handler);
    state_->subscribers.push_back(subscription.subscriber_);
    if (state_->subscribers.size() == 1) state_->note_demand();
    return subscription;
}

void ChangeFeed::publish(const SceneChange& change) {
    // A handler may change the list, and end itself while it runs.
    const auto subscribers = state_->subscribers;
    for (const auto& subscriber : subscribers)
        if (const auto handler = subscriber->handler) handler(change);
}

bool ChangeFeed::wanted() const {
    return !state_->subscribers.empty();
}

}  // namespace blender_mcpd::blender
