// Operands, operators and elements: what an expression is worth.
#include "script_walker.hpp"

#include <charconv>
#include <string>
#include <utility>

namespace blender_mcpd::guard {

namespace {

std::int32_t small_integer(std::string_view text, bool& valid) {
    std::string digits;
    for (const char c : text) {
        if (c != '_') digits += c;
        if (digits.size() > 12) break;
    }
    int base = 10;
    std::string_view rest = digits;
    if (rest.size() > 2 && rest[0] == '0') {
        const char kind = static_cast<char>(rest[1] | 0x20);
        base = kind == 'x' ? 16 : (kind == 'o' ? 8 : (kind == 'b' ? 2 : 10));
        if (base != 10) rest.remove_prefix(2);
    }
    std::int32_t value = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value, base);
    valid = error == std::errc() && end == rest.data() + rest.size();
    return value;
}

constexpr std::size_t max_listed = Values::max_sequence + 1;

}  // namespace

void ScriptWalker::begin_operand(Value value) {
    if (top().operand.present) {  // a soft keyword: match x, type X
        top().compound = true;
        flush();
    }
    auto& operand = top().operand;
    operand = {};
    operand.present = true;
    operand.value = std::move(value);
    operand.offset = token().offset;
}

void ScriptWalker::name() {
    auto& frame = top();
    const auto text = token().text;
    if (declares(frame)) {
        names_.bind(text, Value::unknown());
        frame.target = text;
        ++at_;
        return;
    }
    if (frame.kind == Frame::call && is_op("=", 1) && !frame.operand.present) {
        frame.keyword = text;
        at_ += 2;
        return;
    }
    begin_operand(names_.lookup(text));
    frame.operand.name = text;
    if (!is_target()) events_.on_name(token().offset, text);
    ++at_;
}

bool ScriptWalker::declares(const Frame& frame) const {
    return (frame.kind == Frame::parameters || frame.lambda_parameters > 0) &&
           frame.target.empty() && !frame.operand.present;
}

bool ScriptWalker::is_target() const {
    return (frames_.back().kind == Frame::statement && is_op("=", 1)) || is_op(":=", 1);
}

void ScriptWalker::number() {
    bool valid = false;
    const auto value = small_integer(token().text, valid);
    literal(valid ? Value::number(top().negative ? -value : value) : Value::data(), false);
}

void ScriptWalker::literal(const Value& value, bool joins) {
    if (joins && top().operand.literal) {
        top().operand.value = values_.concatenated(top().operand.value, value);
    } else {
        begin_operand(value);
        top().operand.literal = joins;
    }
    ++at_;
}

void ScriptWalker::dot() {
    auto& operand = top().operand;
    if (!operand.present || !is_name(1)) {
        ++at_;
        return;
    }
    ++at_;
    const auto attribute = token().text;
    events_.on_attribute(token().offset, operand.value, attribute);
    events_.on_step(operand.offset, operand.value);
    operand.receiver = operand.value;
    operand.value = values_.attribute(operand.receiver, attribute);
    if (operand.receiver.may_be_unknown()) operand.value.add(names_.lookup_attribute(attribute));
    operand.attribute = attribute;
    operand.name = {};
    operand.literal = false;
    operand.called = false;
    ++at_;
}

void ScriptWalker::flush() {
    auto& frame = top();
    if (!frame.operand.present) return;
    auto& operand = frame.operand;
    const bool assigned =
        (frame.kind == Frame::statement && is_op("=")) || (is_op(":=") && !operand.name.empty());
    if (!assigned && !operand.called && !operand.literal)
        events_.on_reference(operand.offset, operand.value);
    combine(frame, operand.value);
    operand = {};
    frame.negative = false;
}

void ScriptWalker::combine(Frame& frame, const Value& value) {
    if (!frame.has_term) {
        frame.term = value;
    } else if (frame.op == BinaryOp::add) {
        frame.term = values_.concatenated(frame.term, value);
    } else if (frame.op == BinaryOp::divide) {
        frame.term = values_.divided(frame.term, value);
    } else {
        const bool known = !frame.term.may_be_unknown() && !value.may_be_unknown() &&
                           values_.texts(frame.term).empty();
        frame.term = known ? Value::data() : Value::unknown();
    }
    frame.has_term = true;
    frame.op = BinaryOp::none;
}

void ScriptWalker::binary(BinaryOp op) {
    flush();
    if (top().has_term) top().op = op;
    ++at_;
}

void ScriptWalker::alternative(bool keep) {
    flush();
    auto& frame = top();
    if (keep && frame.has_term) frame.alternatives.add(frame.term);
    frame.term = {};
    frame.has_term = false;
    frame.op = BinaryOp::none;
    ++at_;
}

void ScriptWalker::op() {
    const auto text = token().text;
    const char c = text.front();
    if (text.size() == 1) {
        switch (c) {
            case '.':
                return dot();
            case ',':
                return comma();
            case ':':
                return colon();
            case ';':
                return end_statement();
            case '=':
                return equals();
            case '(':
            case '[':
            case '{':
                return open_bracket(c);
            case ')':
            case ']':
            case '}':
                return close();
            default:
                break;
        }
    }
    if (text == ":=") return walrus();
    if (text.size() >= 2 && text.back() == '=' && c != '=' && c != '!' && c != '<' && c != '>')
        return augmented(c);
    if (text == "<<=" || text == ">>=") return augmented(c);
    const bool prefix = !top().operand.present && (!top().has_term || top().op != BinaryOp::none);
    if (prefix) {
        if (c == '-') top().negative = !top().negative;
        if (c == '*') top().spread = true;
        ++at_;
        return;
    }
    binary(text == "+" ? BinaryOp::add : (text == "/" ? BinaryOp::divide : BinaryOp::other));
}

void ScriptWalker::walrus() {
    auto& frame = top();
    const auto name = frame.operand.name;
    flush();
    frame.term = {};
    frame.has_term = false;
    frame.target = name;
    ++at_;
}

void ScriptWalker::equals() {
    auto& frame = top();
    if (frame.kind == Frame::statement) {
        finish_element();
        frame.elements.clear();
        frame.trailing_comma = false;
        const auto end = std::exchange(frame.annotated, false) ? frame.colon_token : at_;
        frame.targets.emplace_back(frame.segment_token, end);
        frame.segment_token = at_ + 1;
    } else if (frame.kind == Frame::field) {
        flush();
        frame.constant = false;
    } else {
        take_value();  // an annotation; the default follows
    }
    ++at_;
}

void ScriptWalker::augmented(char op) {
    auto& frame = top();
    if (frame.kind == Frame::statement && op == '+' && !frame.operand.name.empty())
        frame.added_to = frame.operand.name;
    if (frame.kind == Frame::statement && op != '+') frame.added_to = {};
    take_value();
    frame.elements.clear();
    ++at_;
}

Value ScriptWalker::take_value() {
    flush();
    auto& frame = top();
    Value value = frame.alternatives;
    if (frame.has_term) value.add(frame.term.empty() ? Value::unknown() : frame.term);
    frame.alternatives = {};
    frame.term = {};
    frame.has_term = false;
    frame.op = BinaryOp::none;
    frame.negative = false;
    return value;
}

void ScriptWalker::finish_element() {
    auto value = take_value();
    auto& frame = top();
    if (frame.lambda_body) {
        events_.on_escape(frame.begin, value);
        value = Value::unknown();
        frame.lambda_body = false;
    }
    if (!frame.target.empty()) names_.bind(frame.target, value);
    if (frame.role == ElementRole::iterable) {
        const auto element = values_.element(value);
        for (const auto target : frame.for_targets) {
            names_.bind(target, element);
            if (frame.for_targets.size() > 1) names_.bind(target, values_.element(element));
        }
    } else if (frame.role == ElementRole::element &&
               (!value.empty() || frame.slice || frame.spread)) {
        if (frame.elements.size() < max_listed) {
            frame.elements.push_back({frame.keyword, value, frame.spread, frame.begin});
        } else {
            frame.more = true;
        }
    }
    frame.begun = false;
    frame.keyword = {};
    frame.target = {};
    frame.spread = false;
}

void ScriptWalker::comma() {
    auto& frame = top();
    if (frame.lambda_parameters > 0) {
        end_parameter();
    } else if (frame.role == ElementRole::target) {
        take_value();
    } else {
        finish_element();
        if (frame.role != ElementRole::element) {  // for x in a, b
            frame.role = ElementRole::element;
            frame.for_targets.clear();
        }
        frame.trailing_comma = true;
    }
    ++at_;
}

void ScriptWalker::end_parameter() {
    const auto value = take_value();
    auto& frame = top();
    if (!frame.target.empty() && !value.empty()) names_.bind(frame.target, value);
    frame.target = {};
    frame.spread = false;
}

void ScriptWalker::colon() {
    auto& frame = top();
    if (frame.lambda_parameters > 0) {
        end_parameter();
        --frame.lambda_parameters;
        frame.lambda_body = true;
        ++at_;
        return;
    }
    if (frame.kind == Frame::subscript) {
        frame.slice = true;
        finish_element();
    } else if (frame.kind == Frame::brace) {
        take_value();  // a key
        frame.spread = false;
    } else if (frame.kind == Frame::parameters) {
        take_value();  // an annotation follows
        frame.operand.present = false;
    } else if (frame.kind == Frame::statement) {
        return statement_colon();
    }
    ++at_;
}

}  // namespace blender_mcpd::guard
