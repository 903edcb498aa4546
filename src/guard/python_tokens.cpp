// Python's lexical analysis (reference manual, chapter 2), with PEP 701 f-strings.
#include "python_tokens.hpp"

#include "python_text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace blender_mcpd::guard {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool begins_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool continues_name(char c) {
    return begins_name(c) || is_digit(c);
}

bool is_ascii(std::string_view text) {
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

struct Prefix {
    bool raw = false;
    bool format = false;
};

// The letters before a quote. All combinations that some version of Python accepts.
std::optional<Prefix> string_prefix(std::string_view letters) {
    if (letters.size() > 2) return std::nullopt;
    Prefix prefix;
    for (const char letter : letters) {
        switch (letter | 0x20) {
            case 'r':
                prefix.raw = true;
                break;
            case 'f':
            case 't':
                prefix.format = true;
                break;
            case 'b':
            case 'u':
                break;
            default:
                return std::nullopt;
        }
    }
    return prefix;
}

constexpr std::array<std::string_view, 25> long_operators{
    "**=", "//=", ">>=", "<<=", "...", ":=", "==", "!=", "<=", ">=", "->", "+=", "-=",
    "*=",  "/=",  "%=",  "&=",  "|=",  "^=", "@=", "**", "//", "<<", ">>", "<>"};

class Tokenizer {
  public:
    explicit Tokenizer(std::string_view script) : script_(script) {}

    std::variant<PythonTokens, Unscannable> run() {
        if (script_.starts_with("\xEF\xBB\xBF")) at_ = 3;
        while (!failure_ && at_ < script_.size()) {
            if (!levels_.empty() && levels_.back().literal()) {
                format_literal();
            } else {
                code();
            }
        }
        if (!failure_ && !levels_.empty())
            fail(levels_.back().offset, levels_.back().kind == Level::bracket
                                            ? "a bracket is never closed"
                                            : "a string is never closed");
        if (failure_) return std::move(*failure_);
        emit(TokenKind::newline, script_.size(), {});
        emit(TokenKind::end, script_.size(), {});
        return std::move(out_);
    }

  private:
    struct Level {
        enum Kind : std::uint8_t {
            bracket,  // ( [ {
            format,   // in the literal part of an f-string
            field,    // in the expression of a replacement field
            spec,     // in the format specification of a replacement field
        } kind;
        char closer;  // the bracket that ends it, or the quote
        bool triple = false;
        bool raw = false;
        std::size_t offset = 0;

        [[nodiscard]] bool literal() const { return kind == format || kind == spec; }
    };

    void fail(std::size_t offset, std::string why) {
        if (!failure_) failure_ = Unscannable{offset, std::move(why)};
    }

    void emit(TokenKind kind, std::size_t offset, std::string_view text) {
        out_.tokens.push_back({text, static_cast<std::uint32_t>(offset), kind});
    }

    std::string_view keep(std::string text) { return out_.values.emplace_back(std::move(text)); }

    void push(Level level) {
        if (levels_.size() >= max_python_nesting)
            return fail(level.offset, "it is nested deeper than Python accepts");
        levels_.push_back(level);
    }

    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < script_.size() ? script_[at_ + ahead] : '\0';
    }

    // Python takes \r, \n and \r\n as the end of a line.
    bool line_end() {
        if (peek() != '\r' && peek() != '\n') return false;
        at_ += peek() == '\r' && peek(1) == '\n' ? 2 : 1;
        return true;
    }

    void code() {
        const char c = peek();
        const auto begin = at_;
        if (c == ' ' || c == '\t' || c == '\f') {
            ++at_;
        } else if (line_end()) {
            if (levels_.empty()) emit(TokenKind::newline, begin, {});
        } else if (c == '#') {
            at_ = std::min(script_.find_first_of("\r\n", at_), script_.size());
        } else if (c == '\\') {
            ++at_;
            if (!line_end()) fail(begin, "a backslash stands where no line ends");
        } else if (begins_name(c)) {
            name();
        } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
            number();
        } else if (c == '"' || c == '\'') {
            string(begin, {});
        } else {
            op();
        }
    }

    void name() {
        const auto begin = at_;
        while (at_ < script_.size() && continues_name(script_[at_]))
            ++at_;
        const auto text = script_.substr(begin, at_ - begin);
        if (peek() == '"' || peek() == '\'') {
            if (const auto prefix = string_prefix(text)) return string(begin, *prefix);
        }
        if (is_ascii(text)) {
            emit(is_python_keyword(text) ? TokenKind::keyword : TokenKind::name, begin, text);
        } else if (auto normal = normalize_name(text)) {
            emit(TokenKind::name, begin, keep(std::move(*normal)));
        } else {
            fail(begin, "an identifier cannot be normalised");
        }
    }

    void digits() {
        while (is_digit(peek()) || peek() == '_')
            ++at_;
    }

    void number() {
        const auto begin = at_;
        const char base = static_cast<char>(peek(1) | 0x20);
        if (peek() == '0' && (base == 'x' || base == 'o' || base == 'b')) {
            constexpr std::string_view hexadecimal = "_0123456789abcdefABCDEF";
            const std::size_t digits_of_base = base == 'x' ? 23 : (base == 'o' ? 9 : 3);
            at_ =
                std::min(script_.find_first_not_of(hexadecimal.substr(0, digits_of_base), at_ + 2),
                         script_.size());
        } else {
            digits();
            if (peek() == '.') {
                ++at_;
                digits();
            }
            const bool sign = peek(1) == '+' || peek(1) == '-';
            if ((peek() | 0x20) == 'e' && is_digit(peek(sign ? 2 : 1))) {
                at_ += sign ? 2 : 1;
                digits();
            }
            if ((peek() | 0x20) == 'j') ++at_;
        }
        emit(TokenKind::number, begin, script_.substr(begin, at_ - begin));
    }

    void string(std::size_t begin, Prefix prefix) {
        const char quote = peek();
        const bool triple = peek(1) == quote && peek(2) == quote;
        at_ += triple ? 3 : 1;
        if (prefix.format) {
            emit(TokenKind::format_begin, begin, {});
            return push({Level::format, quote, triple, prefix.raw, begin});
        }
        const auto body = at_;
        bool plain = true;
        while (at_ < script_.size() && !closes(quote, triple)) {
            const char c = script_[at_];
            if (!triple && (c == '\n' || c == '\r')) break;
            plain = plain && c != '\\' && c != '\r';
            ++at_;
            if (c == '\\' && !line_end()) ++at_;
        }
        at_ = std::min(at_, script_.size());
        if (!closes(quote, triple)) return fail(begin, "a string is never closed");
        const auto text = script_.substr(body, at_ - body);
        at_ += triple ? 3 : 1;
        emit(TokenKind::string, begin, plain || prefix.raw ? text : keep(decode_escapes(text)));
    }

    [[nodiscard]] bool closes(char quote, bool triple) const {
        return peek() == quote && (!triple || (peek(1) == quote && peek(2) == quote));
    }

    // Up to the next replacement field, the end of the string, or of the format specification.
    void format_literal() {
        const Level level = levels_.back();
        const auto begin = at_;
        std::string text;
        while (at_ < script_.size()) {
            const char c = script_[at_];
            if (closes(level.closer, level.triple)) return end_format(level, begin, text);
            if (!level.triple && (c == '\n' || c == '\r')) break;
            if (c == '{') {
                if (level.kind == Level::format && peek(1) == '{') {
                    text += '{';
                    at_ += 2;
                    continue;
                }
                emit_text(begin, level, text);
                emit(TokenKind::field_begin, at_, {});
                push({Level::field, '}', level.triple, level.raw, at_});
                ++at_;
                return;
            }
            if (c == '}') {
                if (level.kind == Level::spec) return end_spec();
                if (peek(1) != '}') return fail(at_, "a single } stands in an f-string");
                text += '}';
                at_ += 2;
                continue;
            }
            literal_character(level, text);
        }
        fail(level.offset, "a string is never closed");
    }

    void literal_character(const Level& level, std::string& text) {
        const char c = script_[at_];
        text += c;
        ++at_;
        if (c != '\\' || at_ >= script_.size()) return;
        if (!level.raw && peek() == 'N' && peek(1) == '{') {
            const auto end = std::min(script_.find('}', at_), script_.size() - 1) + 1;
            text += script_.substr(at_, end - at_);
            at_ = end;
        } else if (peek() != '{' && peek() != '}') {
            text += script_[at_];
            if (!line_end()) ++at_;
        }
    }

    void emit_text(std::size_t begin, const Level& level, const std::string& text) {
        if (!text.empty() && level.kind == Level::format)
            emit(TokenKind::format_text, begin, keep(level.raw ? text : decode_escapes(text)));
    }

    void end_format(const Level& level, std::size_t begin, const std::string& text) {
        if (level.kind == Level::spec) return fail(level.offset, "a { is never closed");
        emit_text(begin, level, text);
        emit(TokenKind::format_end, at_, {});
        at_ += level.triple ? 3 : 1;
        levels_.pop_back();
    }

    void end_spec() {
        levels_.pop_back();  // the specification, and its field
        levels_.pop_back();
        emit(TokenKind::field_end, at_, {});
        ++at_;
    }

    void op() {
        const char c = peek();
        const bool in_field = !levels_.empty() && levels_.back().kind == Level::field;
        if (in_field && (c == ':' || (c == '!' && peek(1) != '='))) return field_tail();
        if (c == '(' || c == '[' || c == '{') {
            push({Level::bracket, c == '(' ? ')' : (c == '[' ? ']' : '}'), false, false, at_});
        } else if (c == ')' || c == ']' || c == '}') {
            if (levels_.empty() || levels_.back().closer != c)
                return fail(at_, std::string("nothing matches this ") + c);
            levels_.pop_back();
            if (in_field) {
                emit(TokenKind::field_end, at_, {});
                ++at_;
                return;
            }
        }
        auto length = std::size_t{1};
        for (const auto candidate : long_operators) {
            if (script_.substr(at_, candidate.size()) == candidate) {
                length = candidate.size();
                break;
            }
        }
        emit(TokenKind::op, at_, script_.substr(at_, length));
        at_ += length;
    }

    // !r and :spec of a replacement field.
    void field_tail() {
        emit(TokenKind::field_spec, at_, {});
        if (peek() == '!') {
            ++at_;
            while (continues_name(peek()))
                ++at_;
            return;
        }
        const Level field = levels_.back();
        const auto around = std::find_if(levels_.rbegin(), levels_.rend(), [](const Level& level) {
            return level.kind == Level::format;
        });
        const char quote = around->closer;
        push({Level::spec, quote, field.triple, field.raw, at_});
        ++at_;
    }

    std::string_view script_;
    std::size_t at_ = 0;
    std::vector<Level> levels_;
    PythonTokens out_;
    std::optional<Unscannable> failure_;
};

}  // namespace

std::variant<PythonTokens, Unscannable> tokenize_python(std::string_view script) {
    return Tokenizer(script).run();
}

}  // namespace blender_mcpd::guard
