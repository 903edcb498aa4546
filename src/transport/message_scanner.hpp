// What passes by: finds the few members by which requests and their answers are told apart, in
// JSON-RPC messages that are never held as a whole. An automaton that looks at each byte once; its
// state is bounded, however long a line is. It does not validate.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace blender_mcpd::transport {

/// One message. Of members that are there twice, the last counts, as for the daemon.
struct ScannedMessage {
    std::string id;            // the raw JSON token; empty when there is none that can be echoed
    std::string method;        // without escapes; empty when there is none, or one too long
    std::string cancelled_id;  // params.requestId, raw
    bool has_method = false;
    bool has_error = false;
    bool batched = false;  // an element of an array
};

class MessageScanner {
  public:
    using Found = std::function<void(const ScannedMessage&)>;

    /// `found` is called when a line ends, for elements of an array when the element does.
    explicit MessageScanner(Found found) : found_(std::move(found)) {}

    void feed(std::string_view bytes);
    /// At the end of the stream: the last line needs no line break.
    void finish() { end_line(); }

  private:
    enum class Token { none, string, escape, scalar };
    enum class Member { other, id, method, params, error, request_id };

    void take(char byte);
    void take_in_string(char byte);
    void keep(char byte);
    void open(char bracket);
    void close();
    void begin_value();
    void end_token();
    void end_line();
    [[nodiscard]] bool among_members() const;
    [[nodiscard]] bool in_request_params() const;
    [[nodiscard]] Member member_named(std::string_view raw) const;

    Found found_;
    ScannedMessage message_;
    std::string text_;  // of the token that is kept
    Token token_ = Token::none;
    Member member_ = Member::other;  // whose value comes next
    std::size_t depth_ = 0;
    std::size_t message_depth_ = 0;  // of a message's members; 0: not inside a message
    bool batch_ = false;             // the line is an array
    bool in_params_ = false;
    bool name_next_ = false;  // the next string among members is a name
    bool is_name_ = false;    // this one is
    bool keeps_ = false;      // text_ is wanted
    bool whole_ = false;      // a message that is no element has ended
    bool broken_ = false;     // the line is no JSON object or array
};

}  // namespace blender_mcpd::transport
