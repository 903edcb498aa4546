#include "batch.hpp"

#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

namespace blender_mcpd::mcp {

bool is_batch(std::string_view message) {
    const auto first = message.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && message[first] == '[';
}

core::Result<std::vector<std::string>> split_batch(std::string_view batch) {
    const auto parsed = core::parse_json(batch);
    if (!parsed) return parsed.error();
    std::vector<std::string> messages;
    for (const auto& message : *parsed)
        messages.push_back(core::dump(message));
    return messages;
}

class Batch::Member final : public Channel {
  public:
    explicit Member(std::shared_ptr<Batch> batch) : batch_(std::move(batch)) {}
    void send(std::string message) override { batch_->channel_->send(std::move(message)); }
    void respond(std::string message, Disposition) override { batch_->settle(std::move(message)); }
    void abandon() override { batch_->settle({}); }

  private:
    std::shared_ptr<Batch> batch_;
};

std::shared_ptr<Channel> Batch::add() {
    ++open_;
    return std::make_shared<Member>(shared_from_this());
}

void Batch::seal() {
    sealed_ = true;
    finish_when_complete();
}

void Batch::settle(std::string answer) {
    --open_;
    if (!answer.empty()) answers_ += (answers_.empty() ? "" : ",") + answer;
    finish_when_complete();
}

void Batch::finish_when_complete() {
    if (!sealed_ || open_ > 0) return;
    if (answers_.empty())
        channel_->abandon();
    else
        channel_->respond('[' + answers_ + ']', Disposition::answered);
}

}  // namespace blender_mcpd::mcp
