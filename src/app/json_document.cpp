#include "json_document.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace blender_mcpd::app {

namespace {

constexpr std::string_view digits = "0123456789";

// Recursive descent; every function returns false once there is a mistake.
class Reader {
  public:
    Reader(std::string_view text, JsonSyntax syntax) : text_(text), syntax_(syntax) {}

    bool document(JsonNode& root) {
        if (text_.starts_with("\xEF\xBB\xBF")) at_ = last_end_ = 3;
        if (!skip() || !value(root, 0) || !skip()) return false;
        return at_ == text_.size() || fail("the document ends before this");
    }

    [[nodiscard]] JsonMistake mistake() const {
        const auto before = text_.substr(0, at_);
        const auto line_begin = before.rfind('\n');
        return {1 + static_cast<std::size_t>(std::ranges::count(before, '\n')),
                at_ - (line_begin == std::string_view::npos ? 0 : line_begin + 1) + 1, what_};
    }

  private:
    [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    bool fail(std::string what) {
        what_ = std::move(what);
        return false;
    }

    bool take(char wanted, const char* complaint) {
        if (peek() != wanted || at_ == text_.size()) return fail(complaint);
        last_end_ = ++at_;
        return true;
    }

    // White space and comments.
    bool skip() {
        while (true) {
            at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
            const auto rest = text_.substr(at_);
            const bool line = rest.starts_with("//");
            if (!line && !rest.starts_with("/*")) return true;
            if (syntax_ == JsonSyntax::strict) return fail("comments are not allowed here");
            const auto end = line ? text_.find('\n', at_) : text_.find("*/", at_ + 2);
            if (!line && end == std::string_view::npos) return fail("this comment does not end");
            at_ = line ? std::min(end, text_.size()) : end + 2;
            last_end_ = at_;
        }
    }

    bool value(JsonNode& node, std::size_t depth) {
        if (depth > core::max_json_depth) return fail("it is nested too deeply");
        node.begin = at_;
        const bool read = something(node, depth);
        node.end = last_end_ = at_;
        return read;
    }

    bool something(JsonNode& node, std::size_t depth) {
        switch (peek()) {
            case '{':
                node.kind = core::JsonKind::object;
                return object(node, depth);
            case '[':
                node.kind = core::JsonKind::array;
                return array(node, depth);
            case '"':
                node.kind = core::JsonKind::string;
                return string();
            case 't':
            case 'f':
                node.kind = core::JsonKind::boolean;
                return word(peek() == 't' ? "true" : "false");
            case 'n':
                node.kind = core::JsonKind::null;
                return word("null");
            default:
                node.kind = core::JsonKind::number;
                return number();
        }
    }

    bool object(JsonNode& node, std::size_t depth) {
        take('{', "");
        while (true) {
            if (!skip()) return false;
            node.content_end = last_end_;
            if (peek() == '}' && may_end(node.members)) break;
            if (peek() != '"') return fail("a name in double quotes, or }, is missing");
            auto& member = node.members.emplace_back();
            member.begin = at_;
            if (!string()) return false;
            member.name = core::unquote(text_.substr(member.begin, at_ - member.begin))
                              .value_or(std::string());
            if (!skip() || !take(':', "a colon after the name is missing") || !skip() ||
                !value(member.value, depth + 1) || !skip())
                return false;
            node.content_end = last_end_;
            if (peek() == '}') break;
            member.comma = at_;
            if (!take(',', "a comma or } is missing")) return false;
        }
        return take('}', "");
    }

    bool array(JsonNode& node, std::size_t depth) {
        take('[', "");
        while (true) {
            if (!skip()) return false;
            if (peek() == ']' && may_end(node.elements)) break;
            if (!value(node.elements.emplace_back(), depth + 1) || !skip()) return false;
            if (peek() == ']') break;
            if (!take(',', "a comma or ] is missing")) return false;
        }
        return take(']', "");
    }

    // After an opening bracket, or after a comma.
    [[nodiscard]] bool may_end(const auto& read) const {
        return read.empty() || syntax_ == JsonSyntax::comments;
    }

    bool string() {
        for (++at_; at_ < text_.size(); ++at_) {
            const auto byte = static_cast<unsigned char>(text_[at_]);
            if (byte == '"') {
                last_end_ = ++at_;
                return true;
            }
            if (byte < 0x20) return fail("a string must end on its line");
            if (byte == '\\' && !escape()) return false;
        }
        return fail("the text ends within a string");
    }

    // Leaves at_ on its last byte.
    bool escape() {
        ++at_;
        if (peek() != 'u')
            return std::string_view("\"\\/bfnrt").find(peek()) != std::string_view::npos &&
                           peek() != '\0'
                       ? true
                       : fail("there is no such escape");
        const auto hex = text_.substr(at_ + 1, 4);
        if (hex.size() != 4 ||
            hex.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos)
            return fail("\\u needs four hexadecimal digits");
        at_ += 4;
        return true;
    }

    bool word(std::string_view wanted) {
        if (!text_.substr(at_).starts_with(wanted)) return fail("there is no such value");
        at_ += wanted.size();
        return true;
    }

    bool some_digits() {
        const auto end = std::min(text_.find_first_not_of(digits, at_), text_.size());
        return std::exchange(at_, end) != end;
    }

    bool number() {
        const auto begin = at_;
        if (peek() == '-') ++at_;
        const bool zero = peek() == '0';
        const auto first = at_;
        bool good = some_digits() && !(zero && at_ - first > 1);
        if (good && peek() == '.') {
            ++at_;
            good = some_digits();
        }
        if (good && (peek() == 'e' || peek() == 'E')) {
            ++at_;
            if (peek() == '+' || peek() == '-') ++at_;
            good = some_digits();
        }
        if (good) return true;
        at_ = begin;
        return fail(at_ == text_.size() ? "the text ends too early" : "there is no such value");
    }

    std::string_view text_;
    JsonSyntax syntax_;
    std::size_t at_ = 0;
    std::size_t last_end_ = 0;  // of the last that was no white space
    std::string what_{};
};

}  // namespace

const JsonMember* JsonNode::find(std::string_view name) const {
    const auto found = std::ranges::find(members.rbegin(), members.rend(), name, &JsonMember::name);
    return found == members.rend() ? nullptr : &*found;
}

void throw_exception_from_error(const JsonMistake& mistake, const boost::source_location&) {
    throw std::logic_error(
        fmt::format("line {}, column {}: {}", mistake.line, mistake.column, mistake.message));
}

boost::system::result<JsonNode, JsonMistake> read_json(std::string_view text, JsonSyntax syntax) {
    Reader reader(text, syntax);
    JsonNode root;
    if (!reader.document(root)) return reader.mistake();
    return root;
}

core::Json to_json(const JsonNode& node, std::string_view text) {
    const auto raw = text.substr(node.begin, node.end - node.begin);
    switch (node.kind) {
        case core::JsonKind::object: {
            auto value = core::Json::object();
            for (const auto& member : node.members)
                value[member.name] = to_json(member.value, text);
            return value;
        }
        case core::JsonKind::array: {
            auto value = core::Json::array();
            for (const auto& element : node.elements)
                value.push_back(to_json(element, text));
            return value;
        }
        case core::JsonKind::string:
            return core::unquote(raw).value_or(std::string());
        default: {
            auto value = core::parse_json(raw);
            return value ? *value : core::Json();
        }
    }
}

}  // namespace blender_mcpd::app
