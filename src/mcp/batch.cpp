#include "batch.hpp"

#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

namespace blender_mcpd::mcp {

bool is_batch(std::string_view message) {
    const auto first = message.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && message[first] == '[';
}

namespace {

/// The elements of a valid array.
std::vector<std::string_view> elements(std::string_view array) {
    std::vector<std::string_view> found;
    std::size_t begin = 1;
    std::size_t depth = 0;
    bool string = false;
    for (std::size_t i = 0; i < array.size(); ++i) {
        const char c = array[i];
        if (string) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                string = false;
            continue;
        }
        if (c == '"') string = true;
        if (c == '[' || c == '{') ++depth;
        if (c == ']' || c == '}') --depth;
        if ((c == ',' && depth == 1) || depth == 0) {
            found.push_back(array.substr(begin, i - begin));
            begin = i + 1;
        }
    }
    const auto blank = [](std::string_view text) {
        return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
    };
    if (found.size() == 1 && blank(found.front())) found.clear();
    return found;
}

}  // namespace

core::Result<std::vector<std::string_view>> split_batch(std::string_view batch) {
    // Not parsed: each message is judged by itself, and its numbers stay as they are.
    const auto wrapped = R"({"batch":)" + std::string(batch) + '}';
    const auto valid = core::RawObject::scan(wrapped);
    if (!valid || valid->members().size() != 1) {
        const auto parsed = core::parse_json(batch);
        if (!parsed) return parsed.error();
        return core::Error{core::ErrorCode::invalid, "invalid JSON: too deeply nested"};
    }
    batch.remove_prefix(batch.find('['));
    batch = batch.substr(0, batch.rfind(']') + 1);
    return elements(batch);
}

class Batch::Member final : public Channel {
  public:
    explicit Member(std::shared_ptr<Batch> batch) : batch_(std::move(batch)) {}
    void send(std::string message) override { batch_->channel_->send(std::move(message)); }
    void respond(std::string message, Disposition) override { batch_->settle(message); }
    void abandon() override { batch_->settle({}); }

  private:
    std::shared_ptr<Batch> batch_;
};

std::shared_ptr<Channel> Batch::add() {
    ++open_;
    return std::make_shared<Member>(shared_from_this());
}

void Batch::seal(bool awaited) {
    sealed_ = awaited;  // otherwise nobody waits for the end
    finish_when_complete();
}

void Batch::settle(const std::string& answer) {
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
