#include <blender_mcpd/tools/recent_calls.hpp>

#include <iterator>
#include <utility>
#include <variant>

namespace blender_mcpd::tools {

struct RecentCalls::State {
    void end(std::list<Running>::iterator entry, std::string_view outcome);
    void keep(const Running& entry, const mcp::ImageContent& image);
    void tell() const {
        if (on_change) on_change();
    }

    const core::Clock& clock;
    std::list<Running> running{};
    std::deque<Ended> ended{};
    std::optional<Picture> picture{};
    std::uint64_t pictures = 0;  // so far
    bool watched = false;
    std::function<void()> on_change{};
};

void RecentCalls::State::end(std::list<Running>::iterator entry, std::string_view outcome) {
    ended.push_front({std::move(entry->tool), std::move(entry->client), outcome,
                      clock.now() - entry->begun, std::chrono::system_clock::now()});
    if (ended.size() > most_ended) ended.pop_back();
    running.erase(entry);
    tell();
}

void RecentCalls::State::keep(const Running& entry, const mcp::ImageContent& image) {
    if (!watched) return;
    const auto& bytes = image.bytes;
    const bool kept = bytes.size() <= largest_picture;
    picture = {++pictures,
               entry.tool,
               entry.client,
               image.mime_type,
               bytes.size(),
               kept ? std::make_shared<const std::string>(bytes) : nullptr,
               std::chrono::system_clock::now()};
}

RecentCalls::RecentCalls(const core::Clock& clock)
    : state_(std::make_shared<State>(State{clock})) {}

RecentCalls::~RecentCalls() = default;

RecentCalls::Note RecentCalls::begin(const std::string& tool, const std::string& client) {
    if (!state_->watched) return {};
    auto& running = state_->running;
    running.push_back({tool, client, std::chrono::system_clock::now(), state_->clock.now()});
    state_->tell();
    return {state_, std::prev(running.end())};
}

const std::list<RecentCalls::Running>& RecentCalls::running() const {
    return state_->running;
}

const std::deque<RecentCalls::Ended>& RecentCalls::ended() const {
    return state_->ended;
}

const std::optional<RecentCalls::Picture>& RecentCalls::picture() const {
    return state_->picture;
}

void RecentCalls::watch(bool on) {
    state_->watched = on;
    if (on) return;
    state_->ended.clear();
    state_->picture.reset();
}

void RecentCalls::on_change(std::function<void()> callback) {
    state_->on_change = std::move(callback);
}

RecentCalls::Note::~Note() {
    if (const auto state = state_.lock()) state->end(entry_, outcome_);
}

void RecentCalls::Note::failed(core::ErrorCode code) {
    outcome_ = core::to_string(code);
}

void RecentCalls::Note::answered(const mcp::ToolAnswer& answer) {
    if (std::holds_alternative<mcp::InputRequired>(answer)) outcome_ = "asked";
    if (const auto* result = std::get_if<mcp::ToolResult>(&answer)) answered(*result);
}

void RecentCalls::Note::answered(const mcp::ToolResult& result) {
    if (result.is_error) return;
    outcome_ = "ok";
    const auto state = state_.lock();
    if (!state) return;
    for (const auto& content : result.content)
        if (const auto* image = std::get_if<mcp::ImageContent>(&content))
            state->keep(*entry_, *image);
}

}  // namespace blender_mcpd::tools
