#include "script_walk.hpp"

#include "script_frame.hpp"
#include "script_statement.hpp"

#include <algorithm>
#include <charconv>
#include <span>
#include <string>
#include <utility>

namespace blender_mcpd::guard {

namespace {

constexpr std::size_t max_listed = Values::max_sequence + 1;

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

class Walker {
  public:
    Walker(const PythonTokens& tokens, Values& values, ScriptNames& names, ScriptEvents& events)
        : tokens_(tokens.tokens), values_(values), names_(names), events_(events) {
        frames_.emplace_back();
    }

    void run() {
        while (token().kind != TokenKind::end)
            step();
    }

  private:
    [[nodiscard]] const PythonToken& token(std::size_t ahead = 0) const {
        return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
    }
    [[nodiscard]] bool is_op(std::string_view text, std::size_t ahead = 0) const {
        return token(ahead).kind == TokenKind::op && token(ahead).text == text;
    }
    [[nodiscard]] bool is_name(std::size_t ahead = 0) const {
        return token(ahead).kind == TokenKind::name;
    }
    [[nodiscard]] Frame& top() { return frames_.back(); }

    void step() {
        const auto& now = token();
        if (!top().begun) {
            top().begun = true;
            top().begin = now.offset;
        }
        switch (now.kind) {
            case TokenKind::name:
                return name();
            case TokenKind::keyword:
                return keyword();
            case TokenKind::number:
                return number();
            case TokenKind::string:
                return literal(values_.text(now.text), true);
            case TokenKind::op:
                return op();
            case TokenKind::newline:
                return end_statement();
            case TokenKind::format_begin:
                return open(Frame::format);
            case TokenKind::format_text:
                return format_part(values_.text(now.text));
            case TokenKind::field_begin:
                return open(Frame::field);
            case TokenKind::field_spec:
                return field_spec();
            case TokenKind::field_end:
                return close_field();
            case TokenKind::format_end:
                return close_format();
            case TokenKind::end:
                return;
        }
    }

    // --- operands ---------------------------------------------------------------------------

    void begin_operand(Value value) {
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

    void name() {
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

    // Whether this name is a parameter of a def or lambda.
    [[nodiscard]] bool declares(const Frame& frame) const {
        return (frame.kind == Frame::parameters || frame.lambda_parameters > 0) &&
               frame.target.empty() && !frame.operand.present;
    }

    // Whether the name at hand is assigned, not read.
    [[nodiscard]] bool is_target() const {
        return (frames_.back().kind == Frame::statement && is_op("=", 1)) || is_op(":=", 1);
    }

    void number() {
        bool valid = false;
        const auto value = small_integer(token().text, valid);
        literal(valid ? Value::number(top().negative ? -value : value) : Value::data(), false);
    }

    void literal(const Value& value, bool joins) {
        if (joins && top().operand.literal) {
            top().operand.value = values_.concatenated(top().operand.value, value);
        } else {
            begin_operand(value);
            top().operand.literal = joins;
        }
        ++at_;
    }

    void dot() {
        auto& operand = top().operand;
        if (!operand.present || !is_name(1)) {
            ++at_;
            return;
        }
        ++at_;
        const auto attribute = token().text;
        events_.on_attribute(token().offset, operand.value, attribute);
        operand.receiver = operand.value;
        operand.value = values_.attribute(operand.receiver, attribute);
        if (operand.receiver.may_be_unknown())
            operand.value.add(names_.lookup_attribute(attribute));
        operand.attribute = attribute;
        operand.name = {};
        operand.literal = false;
        operand.called = false;
        ++at_;
    }

    // Ends the operand: what follows is not part of it.
    void flush() {
        auto& frame = top();
        if (!frame.operand.present) return;
        auto& operand = frame.operand;
        const bool assigned = (frame.kind == Frame::statement && is_op("=")) ||
                              (is_op(":=") && !operand.name.empty());
        if (!assigned && !operand.called && !operand.literal)
            events_.on_reference(operand.offset, operand.value);
        combine(frame, operand.value);
        operand = {};
        frame.negative = false;
    }

    void combine(Frame& frame, const Value& value) {
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

    void binary(BinaryOp op) {
        flush();
        if (top().has_term) top().op = op;
        ++at_;
    }

    // or, and, if, else: one or the other.
    void alternative(bool keep) {
        flush();
        auto& frame = top();
        if (keep && frame.has_term) frame.alternatives.add(frame.term);
        frame.term = {};
        frame.has_term = false;
        frame.op = BinaryOp::none;
        ++at_;
    }

    // --- elements ---------------------------------------------------------------------------

    // The value of the element at hand. Resets the expression, not the element.
    Value take_value() {
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

    void finish_element() {
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

    void comma() {
        auto& frame = top();
        if (frame.lambda_parameters > 0) {
            end_parameter();
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

    void end_parameter() {
        const auto value = take_value();
        auto& frame = top();
        if (!frame.target.empty() && !value.empty()) names_.bind(frame.target, value);
        frame.target = {};
        frame.spread = false;
    }

    void colon() {
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

    // --- brackets ---------------------------------------------------------------------------

    void open(Frame::Kind kind) {
        Frame inner;
        inner.kind = kind;
        inner.offset = token().offset;
        if (kind == Frame::format) inner.folded = values_.text("");
        frames_.push_back(std::move(inner));
        ++at_;
    }

    void open_bracket(char bracket) {
        const bool trails = top().operand.present;
        if (bracket == '(') return open(trails ? Frame::call : Frame::group);
        if (bracket == '[') return open(trails ? Frame::subscript : Frame::list);
        if (trails) flush();
        open(Frame::brace);
    }

    void close() {
        finish_element();
        Frame inner = std::move(frames_.back());
        frames_.pop_back();
        ++at_;
        if (inner.comprehension) {
            Value made;
            for (const auto& each : inner.elements)
                made.add(each.value);
            inner.elements.assign(1, {{}, values_.sequence({made}), false, inner.offset});
        }
        switch (inner.kind) {
            case Frame::call:
                return close_call(inner);
            case Frame::subscript:
                return close_subscript(inner);
            case Frame::parameters:
                return;
            default:
                return close_display(inner);
        }
    }

    void close_call(Frame& inner) {
        auto& operand = top().operand;
        const Call call{operand.offset,
                        operand.value,
                        operand.attribute,
                        operand.receiver,
                        std::move(inner.elements),
                        inner.more};
        events_.on_call(call);
        operand.value = call_result(values_, names_, call);
        after_trailer(operand);
        operand.called = true;
    }

    void close_subscript(Frame& inner) {
        auto& operand = top().operand;
        Subscript subscript{operand.value, {}, inner.slice};
        for (const auto& part : inner.elements)
            subscript.parts.push_back(part.value);
        const bool stored = top().kind == Frame::statement && is_op("=");
        if (!stored && !inner.slice)
            events_.on_subscript(operand.offset, operand.value,
                                 subscript.parts.empty() ? Value() : subscript.parts.front());
        operand.value = subscript_result(values_, names_, subscript);
        after_trailer(operand);
        operand.called = false;
    }

    static void after_trailer(Operand& operand) {
        operand.name = {};
        operand.attribute = {};
        operand.receiver = {};
        operand.literal = false;
    }

    // (x), (x, y), [x, y], {x, y}, {k: x}
    void close_display(const Frame& inner) {
        Value value;
        const bool one = inner.kind == Frame::group && inner.elements.size() == 1 &&
                         !inner.trailing_comma && !inner.comprehension;
        if (inner.comprehension && !inner.elements.empty()) {
            value = inner.elements.front().value;
        } else if (one) {
            value = inner.elements.front().value;
        } else {
            std::vector<Value> elements;
            for (const auto& each : inner.elements)
                elements.push_back(each.value);
            value = inner.more ? Value::data() : values_.sequence(std::move(elements));
        }
        begin_operand(value);
        top().operand.offset = inner.offset;
        top().operand.called = true;  // what is inside was told
    }

    // --- f-strings --------------------------------------------------------------------------

    void format_part(const Value& text) {
        flush();
        if (top().kind == Frame::format) top().folded = values_.concatenated(top().folded, text);
        ++at_;
    }

    void field_spec() {
        finish_element();
        top().constant = false;
        ++at_;
    }

    void close_field() {
        finish_element();
        const Frame inner = std::move(frames_.back());
        frames_.pop_back();
        const bool known = inner.constant && inner.elements.size() == 1;
        const auto part = known ? inner.elements.front().value : Value::unknown();
        if (top().kind == Frame::format) top().folded = values_.concatenated(top().folded, part);
        ++at_;
    }

    void close_format() {
        const auto value = top().folded;
        frames_.pop_back();
        literal(value, true);
    }

    // --- operators --------------------------------------------------------------------------

    void op() {
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
        const bool prefix =
            !top().operand.present && (!top().has_term || top().op != BinaryOp::none);
        if (prefix) {
            if (c == '-') top().negative = !top().negative;
            if (c == '*') top().spread = true;
            ++at_;
            return;
        }
        binary(text == "+" ? BinaryOp::add : (text == "/" ? BinaryOp::divide : BinaryOp::other));
    }

    void walrus() {
        auto& frame = top();
        const auto name = frame.operand.name;
        flush();
        frame.term = {};
        frame.has_term = false;
        frame.target = name;
        ++at_;
    }

    void equals() {
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

    void augmented(char op) {
        auto& frame = top();
        if (frame.kind == Frame::statement && op == '+' && !frame.operand.name.empty())
            frame.added_to = frame.operand.name;
        if (frame.kind == Frame::statement && op != '+') frame.added_to = {};
        take_value();
        frame.elements.clear();
        ++at_;
    }

    // --- statements -------------------------------------------------------------------------

    void keyword() {
        const auto text = token().text;
        auto& frame = top();
        if (text == "None" || text == "True" || text == "False")
            return literal(Value::data(), false);
        if (text == "lambda") {
            flush();
            ++frame.lambda_parameters;
            frame.target = {};
            ++at_;
        } else if (text == "for") {
            for_targets();
        } else if (text == "if" || text == "else" || text == "or" || text == "and") {
            condition(text);
        } else if (text == "in" || text == "is") {
            binary(BinaryOp::other);
        } else if (text == "not" || text == "await") {
            flush();
            if (frame.has_term && text == "not") frame.op = BinaryOp::other;
            ++at_;
        } else if (text == "as") {
            bind_as();
        } else {
            statement_keyword(text);
        }
    }

    void condition(std::string_view text) {
        auto& frame = top();
        const bool begins = frame.kind == Frame::statement && at_ == frame.first_token;
        if (begins) {
            frame.compound = true;
            ++at_;
        } else if (text == "if" && frame.role == ElementRole::iterable) {
            finish_element();
            frame.role = ElementRole::condition;
            ++at_;
        } else if (text == "if" && frame.role == ElementRole::condition) {
            take_value();
            ++at_;
        } else {
            alternative(text != "else");
        }
    }

    // for a, (b, c) in: up to the `in`.
    void for_targets() {
        auto& frame = top();
        if (frame.kind == Frame::statement && at_ == frame.first_token) {
            frame.compound = true;
        } else {
            finish_element();
            if (frame.role == ElementRole::element) frame.comprehension = true;
        }
        ++at_;
        const auto begin = at_;
        while (token().kind != TokenKind::end && token().kind != TokenKind::newline &&
               !(token().kind == TokenKind::keyword && token().text == "in") && !is_op(":"))
            ++at_;
        frame.for_targets = target_names({tokens_.data() + begin, at_ - begin});
        for (const auto target : frame.for_targets)
            names_.bind(target, Value::unknown());
        if (token().kind == TokenKind::keyword) ++at_;
        frame.role = ElementRole::iterable;
        frame.begun = false;
    }

    // with x as y, except E as e
    void bind_as() {
        const auto value = take_value();
        ++at_;
        const auto begin = at_;
        int depth = 0;
        while (token().kind == TokenKind::name || is_op("(") || is_op(".") ||
               (depth > 0 && (is_op(",") || is_op(")")))) {
            depth += is_op("(") ? 1 : (is_op(")") ? -1 : 0);
            if (is_op("(") && at_ != begin) break;
            ++at_;
        }
        for (const auto target : target_names({tokens_.data() + begin, at_ - begin}))
            names_.bind(target, value);
    }

    void statement_keyword(std::string_view text) {
        auto& frame = top();
        if (text == "import" && frame.kind == Frame::statement) return import_statement();
        if (text == "from" && frame.kind == Frame::statement && at_ == frame.first_token)
            return from_statement();
        if (text == "def" || text == "class") return definition(text == "class");
        flush();
        if (text == "return" || text == "yield") frame.escapes = true;
        if (text == "elif" || text == "while" || text == "with" || text == "try" ||
            text == "except" || text == "finally")
            frame.compound = true;
        if (text == "async" && at_ == frame.first_token) ++frame.first_token;
        ++at_;
    }

    void definition(bool is_class) {
        top().compound = true;
        ++at_;
        if (!is_name()) return;
        names_.bind(token().text, Value::unknown());
        if (is_class) {
            begin_operand(Value::unknown());  // its bases look like the arguments of a call
            top().operand.called = true;
            ++at_;
            return;
        }
        while (!is_op("(") && token().kind != TokenKind::newline && token().kind != TokenKind::end)
            ++at_;
        if (is_op("(")) open(Frame::parameters);
    }

    void import_statement() {
        const auto statement = read_import(tokens_, at_);
        for (const auto& each : statement.modules) {
            const auto module = canonical_module(each.module);
            events_.on_import(each.offset, module, {});
            names_.bind(each.bound,
                        values_.object(each.renamed ? std::string_view(module) : root_of(module)));
        }
        at_ = statement.end;
        if (top().kind == Frame::statement) reset_statement();
    }

    void from_statement() {
        const auto statement = read_from_import(tokens_, at_);
        const auto module = canonical_module(statement.module);
        for (const auto& each : statement.names) {
            if (statement.relative) {
                names_.bind(each.bound, Value::unknown());
                continue;
            }
            events_.on_import(each.offset, module, each.name);
            if (each.name == "*") {
                names_.bind_all_of(module);
            } else {
                names_.bind(each.bound, values_.object(attribute_path(module, each.name)));
            }
        }
        at_ = statement.end;
        reset_statement();
    }

    // A colon at the level of the statement: a block begins, or an annotation.
    void statement_colon() {
        auto& frame = top();
        const std::span<const PythonToken> written(tokens_.data() + frame.segment_token,
                                                   at_ - frame.segment_token);
        if (!frame.compound && frame.targets.empty() && is_plain_target(written)) {
            frame.operand = {};
            take_value();
            frame.annotated = true;
            frame.colon_token = at_;
            ++at_;
            return;
        }
        end_statement();
    }

    void end_statement() {
        if (frames_.size() == 1) {
            finish_element();
            assign();
            auto& frame = top();
            if (frame.escapes) {
                for (const auto& each : frame.elements)
                    events_.on_escape(each.offset, each.value);
            }
        }
        ++at_;
        if (frames_.size() == 1) reset_statement();
    }

    void assign() {
        auto& frame = top();
        if (frame.role != ElementRole::element || frame.elements.empty()) return;
        std::vector<Value> parts;
        for (const auto& each : frame.elements)
            parts.push_back(each.value);
        const auto value = parts.size() == 1 && !frame.trailing_comma
                               ? parts.front()
                               : values_.sequence(std::move(parts));
        if (!frame.added_to.empty())
            names_.bind(frame.added_to, values_.concatenated(names_.lookup(frame.added_to), value));
        for (const auto& [begin, end] : frame.targets)
            assign_to({tokens_.data() + begin, end - begin}, value);
    }

    void assign_to(std::span<const PythonToken> target, const Value& value) {
        if (target.empty()) return;
        if (target.size() == 1 && target[0].kind == TokenKind::name)
            return names_.bind(target[0].text, value);
        if (ends_with_attribute(target)) {
            names_.bind_attribute(target.back().text, value);
            return events_.on_assignment(target.back().offset, target.back().text, value);
        }
        const auto found = target_names(target);
        if (found.empty()) return events_.on_escape(target.front().offset, value);
        const auto id = value.only(Atom::Kind::sequence);
        const std::vector<Value>* parts =
            id ? &values_.elements({Atom::Kind::sequence, *id}) : nullptr;
        const bool pairwise = parts != nullptr && parts->size() == found.size();
        for (std::size_t i = 0; i < found.size(); ++i)
            names_.bind(found[i], pairwise ? (*parts)[i] : values_.element(value));
    }

    void reset_statement() {
        top() = {};
        top().first_token = at_;
        top().segment_token = at_;
    }

    const std::vector<PythonToken>& tokens_;
    Values& values_;
    ScriptNames& names_;
    ScriptEvents& events_;
    std::size_t at_ = 0;
    std::vector<Frame> frames_;
};

}  // namespace

void ScriptEvents::on_name(std::size_t, std::string_view) {}
void ScriptEvents::on_attribute(std::size_t, const Value&, std::string_view) {}
void ScriptEvents::on_reference(std::size_t, const Value&) {}
void ScriptEvents::on_call(const Call&) {}
void ScriptEvents::on_subscript(std::size_t, const Value&, const Value&) {}
void ScriptEvents::on_import(std::size_t, std::string_view, std::string_view) {}
void ScriptEvents::on_assignment(std::size_t, std::string_view, const Value&) {}
void ScriptEvents::on_escape(std::size_t, const Value&) {}

void walk_script(const PythonTokens& tokens, Values& values, ScriptNames& names,
                 ScriptEvents& events) {
    Walker(tokens, values, names, events).run();
}

void walk_script_knowing_names(const PythonTokens& tokens, Values& values, ScriptEvents& events) {
    constexpr int learning_passes = 3;
    ScriptNames names(values);
    ScriptEvents silent;
    for (int pass = 0; pass < learning_passes; ++pass) {
        const auto before = names.changes();
        walk_script(tokens, values, names, silent);
        if (names.changes() == before) break;
    }
    walk_script(tokens, values, names, events);
}

}  // namespace blender_mcpd::guard
