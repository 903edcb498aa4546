#include "json_overflow.hpp"
#include "json_scan.hpp"

#include <blender_mcpd/core/json.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace blender_mcpd::core {

using detail::JsonScanner;

namespace {

bool scan_member(JsonScanner& scanner, std::vector<RawObject::Member>& members) {
    scanner.skip_space();
    const auto name_begin = scanner.position();
    if (!scanner.string()) return false;
    const auto raw_name = scanner.since(name_begin);
    scanner.skip_space();
    if (!scanner.take(':')) return false;
    scanner.skip_space();
    const auto value_begin = scanner.position();
    if (!scanner.value(1)) return false;
    members.push_back(
        {unquote(raw_name).value_or(std::string(raw_name)), scanner.since(value_begin)});
    return true;
}

bool scan_members(JsonScanner& scanner, std::vector<RawObject::Member>& members) {
    scanner.skip_space();
    if (!scanner.take('{')) return false;
    scanner.skip_space();
    if (scanner.peek() == '}') return scanner.take('}');
    for (;;) {
        if (!scan_member(scanner, members)) return false;
        scanner.skip_space();
        if (scanner.peek() != ',') return scanner.take('}');
        if (!scanner.take(',')) return false;
    }
}

bool finish(JsonScanner& scanner) {
    scanner.skip_space();
    return scanner.at_end() || scanner.fail("text after the value");
}

}  // namespace

Result<RawObject> RawObject::scan(std::string_view text) {
    RawObject object;
    JsonScanner scanner(text);
    if (!scan_members(scanner, object.members_) || !finish(scanner)) return scanner.failure();
    return object;
}

std::optional<std::string_view> RawObject::find(std::string_view name) const {
    const auto found = std::find_if(members_.rbegin(), members_.rend(),
                                    [&](const auto& member) { return member.name == name; });
    if (found == members_.rend()) return std::nullopt;
    return found->value;
}

JsonKind json_kind(std::string_view raw) {
    switch (raw.empty() ? '\0' : raw.front()) {
        case '{':
            return JsonKind::object;
        case '[':
            return JsonKind::array;
        case '"':
            return JsonKind::string;
        case 't':
        case 'f':
            return JsonKind::boolean;
        case 'n':
            return JsonKind::null;
        default:
            return JsonKind::number;
    }
}

Result<Json> parse_json(std::string_view text, Overflow overflow) {
    // The scan bounds the depth and checks UTF-8, so the parser that follows can only fail on
    // numbers out of range.
    JsonScanner scanner(text, max_json_members);
    if (!scanner.value(0) || !finish(scanner)) return scanner.failure();
    try {
        return Json::parse(text);
    } catch (const Json::out_of_range&) {
        if (overflow == Overflow::refuse)
            return Error{ErrorCode::invalid,
                         "a number is out of range (like 1e999): every number must be finite",
                         "Use a number that a 32-bit float can hold: at most 3.4e38 in size."};
    } catch (const Json::exception& error) {
        return Error{ErrorCode::invalid, std::string("invalid JSON: ") + error.what()};
    }
    auto value = parse_json(detail::replace_overflows(text));
    if (value) detail::restore_overflows(*value);
    return value;
}

std::optional<std::string> unquote(std::string_view raw) {
    JsonScanner scanner(raw);
    if (!scanner.string() || !scanner.at_end()) return std::nullopt;
    if (raw.find('\\') == std::string_view::npos) return std::string(raw.substr(1, raw.size() - 2));
    try {
        return Json::parse(raw).get<std::string>();
    } catch (const Json::exception&) {
        return std::nullopt;  // a lone surrogate: no text
    }
}

namespace {

// What stands after the backslash; 0: the character stands for itself.
constexpr char as_code_point = 'u';
constexpr char not_ascii = 1;
constexpr auto escapes = [] {
    std::array<char, 256> table{};
    std::fill(table.begin(), table.begin() + 0x20, as_code_point);
    std::fill(table.begin() + 0x80, table.end(), not_ascii);
    table['"'] = '"';
    table['\\'] = '\\';
    table['\n'] = 'n';
    table['\r'] = 'r';
    table['\t'] = 't';
    return table;
}();

/// Collects characters on their way to a string, which would look for room at each of them.
class Collector {
  public:
    explicit Collector(std::string& out) : out_(out) {}
    void put(char c) {
        if (filled_ == buffer_.size()) flush();
        buffer_[filled_++] = c;
    }
    void put(std::string_view text) {
        for (const char c : text)
            put(c);
    }
    void flush() { out_.append(buffer_.data(), std::exchange(filled_, 0)); }

  private:
    std::string& out_;
    std::size_t filled_ = 0;
    std::array<char, 512> buffer_;
};

}  // namespace

// The text of most results is JSON: every few characters one has to be escaped.
void append_quoted(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    constexpr std::string_view replacement = "\xEF\xBF\xBD";
    out.reserve(out.size() + text.size() + 2);
    Collector collector(out);
    collector.put('"');
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        const char escape = escapes[c];
        if (escape == 0) {
            collector.put(text[i]);
        } else if (escape == not_ascii) {
            const auto length = detail::utf8_length(text.substr(i));
            collector.put(length > 0 ? text.substr(i, length) : replacement);
            if (length > 0) i += length - 1;
        } else {
            collector.put('\\');
            collector.put(escape);
            if (escape != as_code_point) continue;
            collector.put("00");
            collector.put(digits[c >> 4U]);
            collector.put(digits[c & 0xFU]);
        }
    }
    collector.put('"');
    collector.flush();
}

std::string quoted(std::string_view text) {
    std::string out;
    append_quoted(out, text);
    return out;
}

std::string dump(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace blender_mcpd::core
