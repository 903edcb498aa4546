// Receives one JSON object of which nobody says where it ends: a push-down automaton that keeps its
// state between blocks and looks at each byte once. Knows no socket.
#pragma once

#include <blender_mcpd/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::link {

/// Checks grammar, UTF-8 and depth as the bytes arrive, so that what can never become an object
/// fails at once, and keeps the text without the white space between its tokens: it has no raw line
/// feed. NaN, Infinity and -Infinity, as Python's json module writes them, become null.
///
/// Memory: the text, and at most as much again while take() puts it together.
class JsonReceiver {
  public:
    /// Of the bytes that beginning() keeps.
    static constexpr std::size_t beginning_size = 128;

    /// `max_bytes` limits the object with what stands before it. There is no limit on the blocks.
    explicit JsonReceiver(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    /// However the bytes are split into blocks, the result is the same. Errors are final:
    /// too_large, or protocol with what is wrong and where ("unexpected character at byte 7").
    /// After the object white space and NUL are allowed, anything else is an error.
    [[nodiscard]] core::Result<void> feed(std::string_view block);

    [[nodiscard]] bool complete() const { return state_ == State::done; }
    /// Nothing but white space has arrived.
    [[nodiscard]] bool blank() const { return state_ == State::start; }
    [[nodiscard]] std::size_t received() const { return received_; }
    /// The first bytes, as they came, for messages.
    [[nodiscard]] const std::string& beginning() const { return beginning_; }
    /// How many numbers became null.
    [[nodiscard]] std::size_t not_finite() const { return not_finite_; }
    /// The complete object. Once.
    [[nodiscard]] std::string take() { return text_.join(); }

  private:
    enum class State {
        start,  // between tokens: what comes next is
        first_name,
        name,
        colon,
        value,
        first_element,
        after_value,
        done,
        string,  // inside a token
        escape,
        hex_digits,
        code_point,
        literal,
        minus,
        zero,
        integer,
        point,
        fraction,
        exponent,
        exponent_sign,
        exponent_digits,
    };

    /// Grows by blocks: a string that grows by doubling would take up to three times its size.
    class Text {
      public:
        static constexpr std::size_t block_size = std::size_t{64} << 10;
        void append(std::string_view bytes);
        [[nodiscard]] std::string join();

      private:
        std::vector<std::string> blocks_;
        std::size_t size_ = 0;
    };

    /// What is wrong; empty when nothing is.
    using Fault = std::string_view;

    [[nodiscard]] core::Result<void> scan(std::string_view block);
    void skip_plain_text();
    Fault step(char byte);
    Fault between_tokens(char byte);
    Fault begin_value(char byte);
    Fault begin_literal(std::string_view word, std::size_t matched);
    Fault open(char bracket);
    Fault close(char bracket);
    Fault in_string(char byte);
    Fault in_escape(char byte);
    Fault in_hex_digits(char byte);
    Fault begin_code_point(unsigned char byte);
    Fault in_code_point(unsigned char byte);
    Fault in_literal(char byte);
    Fault after_minus(char byte);
    Fault in_number(char byte);

    void keep_run();
    void drop_byte();

    std::size_t max_bytes_;
    std::size_t received_ = 0;
    std::string beginning_;
    Text text_;
    std::size_t not_finite_ = 0;

    State state_ = State::start;
    std::string open_;  // the brackets that are open
    bool in_name_ = false;
    std::string_view literal_;  // the one that is arriving
    std::size_t matched_ = 0;   // of it
    int wanted_ = 0;            // hex digits or UTF-8 continuation bytes that must follow
    unsigned char least_ = 0;   // range of the next continuation byte
    unsigned char most_ = 0;

    std::string_view block_;  // the one that is being scanned
    std::size_t at_ = 0;
    std::size_t run_ = 0;  // where the bytes begin that are to be kept and are not yet
};

}  // namespace blender_mcpd::link
