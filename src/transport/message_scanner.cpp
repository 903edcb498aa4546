#include "message_scanner.hpp"

#include <blender_mcpd/core/json.hpp>

#include <utility>

namespace blender_mcpd::transport {

namespace {

// The longest id that the daemon echoes, and by far the longest name that is looked for.
constexpr std::size_t longest_token = 1024;

bool can_be_echoed(std::string_view raw) {
    if (raw.empty() || raw.size() > longest_token) return false;
    const bool number = raw.front() == '-' || (raw.front() >= '0' && raw.front() <= '9');
    return raw.front() == '"' || (number && raw.find_first_of(".eE") == std::string_view::npos);
}

}  // namespace

void MessageScanner::feed(std::string_view bytes) {
    for (const char byte : bytes)
        take(byte);
}

void MessageScanner::take(char byte) {
    if (byte == '\n') return end_line();  // never inside a valid string
    if (broken_) return;
    if (token_ == Token::string || token_ == Token::escape) return take_in_string(byte);
    switch (byte) {
        case ' ':
        case '\t':
        case '\r':
            return end_token();
        case '{':
        case '[':
            end_token();
            return open(byte);
        case '}':
        case ']':
            end_token();
            return close();
        case ',':
            end_token();
            name_next_ = true;
            member_ = Member::other;
            return;
        case ':':
            return end_token();
        case '"':
            end_token();
            begin_value();
            token_ = Token::string;
            break;
        default:
            if (token_ == Token::none) begin_value();
            token_ = Token::scalar;
            break;
    }
    keep(byte);
}

void MessageScanner::keep(char byte) {
    if (keeps_ && text_.size() <= longest_token) text_ += byte;
}

void MessageScanner::take_in_string(char byte) {
    keep(byte);
    if (token_ == Token::escape) {
        token_ = Token::string;
    } else if (byte == '\\') {
        token_ = Token::escape;
    } else if (byte == '"') {
        end_token();
    }
}

bool MessageScanner::in_request_params() const {
    return in_params_ && depth_ == message_depth_ + 1;
}

bool MessageScanner::among_members() const {
    return message_depth_ > 0 && (depth_ == message_depth_ || in_request_params());
}

// A string, a number or a literal begins.
void MessageScanner::begin_value() {
    if (depth_ == 0) broken_ = true;
    is_name_ = among_members() && std::exchange(name_next_, false);
    keeps_ = among_members() && (is_name_ || member_ == Member::id || member_ == Member::method ||
                                 member_ == Member::request_id);
    text_.clear();
    if (is_name_ || depth_ != message_depth_) return;
    if (member_ == Member::error) message_.has_error = true;
    if (member_ == Member::method) message_.has_method = true;
    if (member_ == Member::params) message_.cancelled_id.clear();
}

MessageScanner::Member MessageScanner::member_named(std::string_view raw) const {
    const auto name = core::unquote(raw).value_or("");
    if (in_request_params()) return name == "requestId" ? Member::request_id : Member::other;
    if (name == "id") return Member::id;
    if (name == "method") return Member::method;
    if (name == "params") return Member::params;
    if (name == "error") return Member::error;
    return Member::other;
}

void MessageScanner::end_token() {
    if (std::exchange(token_, Token::none) == Token::none) return;
    if (!std::exchange(keeps_, false)) return;
    if (is_name_) {
        member_ = member_named(text_);
        return;
    }
    const bool usable = can_be_echoed(text_);
    if (member_ == Member::id) message_.id = usable ? text_ : std::string();
    if (member_ == Member::request_id) message_.cancelled_id = usable ? text_ : std::string();
    if (member_ == Member::method) message_.method = core::unquote(text_).value_or("");
    member_ = Member::other;
}

void MessageScanner::open(char bracket) {
    const bool object = bracket == '{';
    if (depth_ == 0) {
        if (whole_ || batch_) broken_ = true;
        batch_ = !object;
    }
    if (object && message_depth_ == 0 && depth_ == (batch_ ? 1 : 0)) {
        message_depth_ = depth_ + 1;
        message_ = {};
        message_.batched = batch_;
    } else if (message_depth_ > 0 && depth_ == message_depth_) {
        if (member_ == Member::params) {
            in_params_ = object;
            message_.cancelled_id.clear();
        }
        if (member_ == Member::id) message_.id.clear();
        if (member_ == Member::error) message_.has_error = true;
    }
    member_ = Member::other;
    name_next_ = object;
    if (++depth_ > core::max_json_depth) broken_ = true;
}

void MessageScanner::close() {
    if (depth_ == 0) {
        broken_ = true;
        return;
    }
    --depth_;
    name_next_ = false;
    member_ = Member::other;
    if (message_depth_ == 0) return;
    if (depth_ == message_depth_) in_params_ = false;
    if (depth_ >= message_depth_) return;
    message_depth_ = 0;
    if (batch_)
        found_(message_);
    else
        whole_ = true;
}

void MessageScanner::end_line() {
    end_token();
    if (whole_ && depth_ == 0 && !broken_) found_(message_);
    message_ = {};
    token_ = Token::none;
    member_ = Member::other;
    depth_ = message_depth_ = 0;
    batch_ = in_params_ = name_next_ = is_name_ = keeps_ = whole_ = broken_ = false;
}

}  // namespace blender_mcpd::transport
