#include "script_walk.hpp"

#include "script_walker.hpp"

namespace blender_mcpd::guard {

void ScriptWalker::run() {
    while (token().kind != TokenKind::end)
        step();
}

const PythonToken& ScriptWalker::token(std::size_t ahead) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

bool ScriptWalker::is_op(std::string_view text, std::size_t ahead) const {
    return token(ahead).kind == TokenKind::op && token(ahead).text == text;
}

bool ScriptWalker::is_name(std::size_t ahead) const {
    return token(ahead).kind == TokenKind::name;
}

void ScriptWalker::step() {
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

void ScriptEvents::on_name(std::size_t, std::string_view) {}
void ScriptEvents::on_attribute(std::size_t, const Value&, std::string_view) {}
void ScriptEvents::on_reference(std::size_t, const Value&) {}
void ScriptEvents::on_step(std::size_t, const Value&) {}
void ScriptEvents::on_call(const Call&) {}
void ScriptEvents::on_subscript(std::size_t, const Value&, const Value&) {}
void ScriptEvents::on_item_assignment(std::size_t, const Value&, const Value&) {}
void ScriptEvents::on_import(std::size_t, std::string_view, std::string_view) {}
void ScriptEvents::on_assignment(std::size_t, std::string_view, const Value&) {}
void ScriptEvents::on_escape(std::size_t, const Value&) {}

void walk_script(const PythonTokens& tokens, Values& values, ScriptNames& names,
                 ScriptEvents& events) {
    ScriptWalker(tokens, values, names, events).run();
}

void walk_script_knowing_names(const PythonTokens& tokens, Values& values, ScriptEvents& events) {
    constexpr int learning_passes = 4;
    ScriptNames names(values);
    ScriptEvents silent;
    for (int pass = 0; pass < learning_passes; ++pass) {
        walk_script(tokens, values, names, silent);
        names.all_bound();
        if (!names.take_outdated()) break;
    }
    walk_script(tokens, values, names, events);
}

}  // namespace blender_mcpd::guard
