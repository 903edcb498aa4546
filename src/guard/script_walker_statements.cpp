// Keywords, assignments, imports, definitions: what binds names.
#include "script_statement.hpp"
#include "script_walker.hpp"

#include <utility>
#include <vector>

namespace blender_mcpd::guard {

void ScriptWalker::keyword() {
    const auto text = token().text;
    auto& frame = top();
    if (text == "None") return literal(Value::data(), false);
    if (text == "True" || text == "False")
        return literal(Value::number(text == "True" ? 1 : 0), false);
    if (text == "lambda") {
        flush();
        ++frame.lambda_parameters;
        frame.target = {};
        ++at_;
    } else if (text == "for") {
        for_targets();
    } else if (text == "if" || text == "else" || text == "or" || text == "and") {
        condition(text);
    } else if (text == "in" && frame.role == ElementRole::target) {
        take_value();
        frame.role = ElementRole::iterable;
        frame.begun = false;
        ++at_;
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

void ScriptWalker::condition(std::string_view text) {
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

void ScriptWalker::for_targets() {
    auto& frame = top();
    if (frame.kind == Frame::statement && at_ == frame.first_token) {
        frame.compound = true;
    } else {
        finish_element();
        if (frame.role == ElementRole::element) frame.comprehension = true;
    }
    ++at_;
    const auto ends = [](const PythonToken& token) {
        return token.kind == TokenKind::end || token.kind == TokenKind::newline ||
               (token.kind == TokenKind::keyword && (token.text == "in" || token.text == "for")) ||
               (token.kind == TokenKind::op && token.text == ":");
    };
    auto end = at_;
    while (!ends(tokens_[end]))
        ++end;
    frame.for_targets = target_names({tokens_.data() + at_, end - at_});
    frame.role = ElementRole::target;
}

void ScriptWalker::bind_as() {
    const auto value = take_value();
    ++at_;
    const auto names_something = [](const PythonToken& token) {
        return token.kind == TokenKind::name ||
               (token.kind == TokenKind::op &&
                (token.text == "(" || token.text == ")" || token.text == "," || token.text == "*"));
    };
    // Only what is in brackets may have commas: with a as (b, c), d as e.
    auto end = at_ + (is_name() ? 1 : 0);
    while (is_op("(") && names_something(tokens_[end]))
        ++end;
    for (const auto target : target_names({tokens_.data() + at_, end - at_}))
        names_.bind(target, value);
}

void ScriptWalker::statement_keyword(std::string_view text) {
    auto& frame = top();
    if (text == "import" && frame.kind == Frame::statement) return import_statement();
    if (text == "from" && frame.kind == Frame::statement && at_ == frame.first_token)
        return from_statement();
    if (text == "def" || text == "class") return definition(text == "class");
    flush();
    if (text == "return" || text == "yield") frame.escapes = true;
    if (text == "elif" || text == "while" || text == "with" || text == "try" || text == "except" ||
        text == "finally")
        frame.compound = true;
    if (text == "async" && at_ == frame.first_token) ++frame.first_token;
    ++at_;
}

void ScriptWalker::definition(bool is_class) {
    top().compound = true;
    ++at_;
    if (!is_name()) return;
    names_.bind(token().text, Value::unknown());
    begin_operand(Value::unknown());  // the bases of a class look like the arguments of a call
    top().operand.called = true;
    top().defines = !is_class;
    ++at_;
}

void ScriptWalker::import_statement() {
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

void ScriptWalker::from_statement() {
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

void ScriptWalker::statement_colon() {
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

void ScriptWalker::end_statement() {
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

void ScriptWalker::assign() {
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

void ScriptWalker::assign_to(std::span<const PythonToken> target, const Value& value) {
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
    const std::vector<Value>* parts = id ? &values_.elements({Atom::Kind::sequence, *id}) : nullptr;
    const bool pairwise = parts != nullptr && parts->size() == found.size();
    for (std::size_t i = 0; i < found.size(); ++i)
        names_.bind(found[i], pairwise ? (*parts)[i] : values_.element(value));
}

void ScriptWalker::reset_statement() {
    top() = {};
    top().first_token = at_;
    top().segment_token = at_;
}

}  // namespace blender_mcpd::guard
