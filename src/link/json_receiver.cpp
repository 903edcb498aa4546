#include "json_receiver.hpp"

#include <blender_mcpd/core/json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace blender_mcpd::link {

using core::Error;
using core::ErrorCode;

namespace {

constexpr std::string_view unexpected = "unexpected character";

bool is_blank(char byte) {
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

bool is_hex(char byte) {
    return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

/// May stand in a string, and says nothing about the bytes after it.
bool is_plain(char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return value >= 0x20 && value < 0x80 && byte != '"' && byte != '\\';
}

}  // namespace

core::Result<void> JsonReceiver::feed(std::string_view block) {
    beginning_ += block.substr(0, beginning_size - beginning_.size());
    const auto within = block.substr(0, max_bytes_ - std::min(max_bytes_, received_));
    if (auto scanned = scan(within); !scanned) return scanned;
    if (within.size() == block.size()) return {};
    if (!complete())
        return Error{.code = ErrorCode::too_large,
                     .message = fmt::format("Buffer exceeded max size: {} bytes", max_bytes_),
                     .remedy = "Ask for less at once, or raise calls.max_reply_bytes"};
    return scan(block.substr(within.size()));
}

core::Result<void> JsonReceiver::scan(std::string_view block) {
    block_ = block;
    run_ = 0;
    for (at_ = 0; at_ < block_.size(); ++at_) {
        if (state_ == State::string) skip_plain_text();
        if (at_ == block_.size()) break;
        if (const auto fault = step(block_[at_]); !fault.empty())
            return Error{.code = ErrorCode::protocol,
                         .message = fmt::format("{} at byte {}", fault, received_ + at_)};
    }
    keep_run();
    received_ += block.size();
    return {};
}

// Most bytes are plain ASCII in strings: one short loop for them.
void JsonReceiver::skip_plain_text() {
    while (at_ < block_.size() && is_plain(block_[at_]))
        ++at_;
}

JsonReceiver::Fault JsonReceiver::step(char byte) {
    switch (state_) {
        case State::string:
            return in_string(byte);
        case State::escape:
            return in_escape(byte);
        case State::hex_digits:
            return in_hex_digits(byte);
        case State::code_point:
            return in_code_point(static_cast<unsigned char>(byte));
        case State::literal:
            return in_literal(byte);
        case State::minus:
            return after_minus(byte);
        case State::zero:
        case State::integer:
        case State::point:
        case State::fraction:
        case State::exponent:
        case State::exponent_sign:
        case State::exponent_digits:
            return in_number(byte);
        default:
            return between_tokens(byte);
    }
}

JsonReceiver::Fault JsonReceiver::between_tokens(char byte) {
    if (is_blank(byte) || (byte == '\0' && complete())) {
        drop_byte();
        return {};
    }
    switch (state_) {
        case State::start:
            return byte == '{' ? open(byte) : "expected an object";
        case State::first_name:
            if (byte == '}') return close(byte);
            [[fallthrough]];
        case State::name:
            if (byte != '"') return "expected a string";
            in_name_ = true;
            state_ = State::string;
            return {};
        case State::colon:
            if (byte != ':') return "expected ':'";
            state_ = State::value;
            return {};
        case State::first_element:
            if (byte == ']') return close(byte);
            [[fallthrough]];
        case State::value:
            return begin_value(byte);
        case State::after_value:
            if (byte != ',') return close(byte);
            state_ = open_.back() == '{' ? State::name : State::value;
            return {};
        default:
            return "bytes after the reply";
    }
}

JsonReceiver::Fault JsonReceiver::begin_value(char byte) {
    switch (byte) {
        case '{':
        case '[':
            return open(byte);
        case '"':
            in_name_ = false;
            state_ = State::string;
            return {};
        case 't':
            return begin_literal("true", 1);
        case 'f':
            return begin_literal("false", 1);
        case 'n':
            return begin_literal("null", 1);
        case 'N':
            return begin_literal("NaN", 1);
        case 'I':
            return begin_literal("Infinity", 1);
        case '-':  // may be that of -Infinity
            drop_byte();
            state_ = State::minus;
            return {};
        default:
            if (!is_digit(byte)) return unexpected;
            state_ = byte == '0' ? State::zero : State::integer;
            return {};
    }
}

JsonReceiver::Fault JsonReceiver::open(char bracket) {
    if (open_.size() == core::max_json_depth) return "too deeply nested";
    open_ += bracket;
    state_ = bracket == '{' ? State::first_name : State::first_element;
    return {};
}

JsonReceiver::Fault JsonReceiver::close(char bracket) {
    const bool matches = bracket == (open_.back() == '{' ? '}' : ']');
    if (!matches) return unexpected;
    open_.pop_back();
    state_ = open_.empty() ? State::done : State::after_value;
    return {};
}

JsonReceiver::Fault JsonReceiver::in_string(char byte) {
    if (byte == '"') {
        state_ = in_name_ ? State::colon : State::after_value;
    } else if (byte == '\\') {
        state_ = State::escape;
    } else {
        const auto value = static_cast<unsigned char>(byte);
        return value < 0x20 ? "control character in a string" : begin_code_point(value);
    }
    return {};
}

JsonReceiver::Fault JsonReceiver::in_escape(char byte) {
    if (byte == 'u') {
        wanted_ = 4;
        state_ = State::hex_digits;
        return {};
    }
    if (std::string_view("\"\\/bfnrt").find(byte) == std::string_view::npos) return "bad escape";
    state_ = State::string;
    return {};
}

JsonReceiver::Fault JsonReceiver::in_hex_digits(char byte) {
    if (!is_hex(byte)) return "bad \\u escape";
    if (--wanted_ == 0) state_ = State::string;
    return {};
}

// Unicode 15, table 3-7: no overlong forms, no surrogates, at most U+10FFFF.
JsonReceiver::Fault JsonReceiver::begin_code_point(unsigned char byte) {
    if (byte < 0xC2 || byte > 0xF4) return "invalid UTF-8";
    wanted_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    least_ = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
    most_ = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    state_ = State::code_point;
    return {};
}

JsonReceiver::Fault JsonReceiver::in_code_point(unsigned char byte) {
    if (byte < least_ || byte > most_) return "invalid UTF-8";
    least_ = 0x80;
    most_ = 0xBF;
    if (--wanted_ == 0) state_ = State::string;
    return {};
}

JsonReceiver::Fault JsonReceiver::begin_literal(std::string_view word, std::size_t matched) {
    drop_byte();
    literal_ = word;
    matched_ = matched;
    state_ = State::literal;
    return {};
}

JsonReceiver::Fault JsonReceiver::in_literal(char byte) {
    if (byte != literal_[matched_]) return unexpected;
    drop_byte();
    if (++matched_ < literal_.size()) return {};
    const bool finite = literal_ == "true" || literal_ == "false" || literal_ == "null";
    if (!finite) ++not_finite_;
    text_.append(finite ? literal_ : "null");
    state_ = State::after_value;
    return {};
}

JsonReceiver::Fault JsonReceiver::after_minus(char byte) {
    if (byte == 'I') return begin_literal("-Infinity", 2);
    if (!is_digit(byte)) return "bad number";
    text_.append("-");
    state_ = byte == '0' ? State::zero : State::integer;
    return {};
}

JsonReceiver::Fault JsonReceiver::in_number(char byte) {
    const bool exponent = byte == 'e' || byte == 'E';
    switch (state_) {
        case State::integer:
            if (is_digit(byte)) return {};
            [[fallthrough]];
        case State::zero:
            if (byte != '.' && !exponent) break;
            state_ = exponent ? State::exponent : State::point;
            return {};
        case State::point:
            if (!is_digit(byte)) return "bad number";
            state_ = State::fraction;
            return {};
        case State::fraction:
            if (is_digit(byte)) return {};
            if (!exponent) break;
            state_ = State::exponent;
            return {};
        case State::exponent:
            if (byte == '+' || byte == '-') {
                state_ = State::exponent_sign;
                return {};
            }
            [[fallthrough]];
        case State::exponent_sign:
            if (!is_digit(byte)) return "bad number";
            state_ = State::exponent_digits;
            return {};
        default:
            if (is_digit(byte)) return {};
    }
    // Only what comes after a number tells that it has ended.
    state_ = State::after_value;
    return between_tokens(byte);
}

void JsonReceiver::keep_run() {
    text_.append(block_.substr(run_, at_ - run_));
    run_ = at_;
}

void JsonReceiver::drop_byte() {
    keep_run();
    run_ = at_ + 1;
}

void JsonReceiver::Text::append(std::string_view bytes) {
    size_ += bytes.size();
    while (!bytes.empty()) {
        if (blocks_.empty() || blocks_.back().size() == block_size) blocks_.emplace_back();
        auto& block = blocks_.back();
        if (blocks_.size() > 1) block.reserve(block_size);
        const auto part = bytes.substr(0, block_size - block.size());
        block += part;
        bytes.remove_prefix(part.size());
    }
}

std::string JsonReceiver::Text::join() {
    if (blocks_.size() == 1) return std::move(blocks_.front());
    std::string whole;
    whole.reserve(size_);
    for (auto& block : blocks_) {
        whole += block;
        block = std::string();  // the memory of one is free before the next is copied
    }
    return whole;
}

}  // namespace blender_mcpd::link
