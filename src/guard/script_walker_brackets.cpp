// Calls, subscripts, displays and f-strings: what is done when a bracket closes.
#include "script_walker.hpp"

#include <utility>
#include <vector>

namespace blender_mcpd::guard {

void ScriptWalker::open(Frame::Kind kind) {
    Frame inner;
    inner.kind = kind;
    inner.offset = token().offset;
    if (kind == Frame::format) inner.folded = values_.text("");
    frames_.push_back(std::move(inner));
    ++at_;
}

void ScriptWalker::open_bracket(char bracket) {
    const bool trails = top().operand.present;
    if (bracket == '(' && top().defines) {
        top().defines = false;
        top().operand = {};
        return open(Frame::parameters);
    }
    if (bracket == '(') return open(trails ? Frame::call : Frame::group);
    if (bracket == '[') return open(trails ? Frame::subscript : Frame::list);
    if (trails) flush();
    open(Frame::brace);
}

bool ScriptWalker::skip_stray_end() {
    if (frames_.size() > 1) return false;
    ++at_;
    return true;
}

void ScriptWalker::close() {
    if (skip_stray_end()) return;
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

void ScriptWalker::close_call(Frame& inner) {
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

void ScriptWalker::close_subscript(Frame& inner) {
    auto& operand = top().operand;
    Subscript subscript{operand.value, {}, inner.slice};
    for (const auto& part : inner.elements)
        subscript.parts.push_back(part.value);
    events_.on_step(operand.offset, operand.value);
    const bool stored = top().kind == Frame::statement && is_op("=");
    const auto index = subscript.parts.empty() ? Value() : subscript.parts.front();
    if (stored) {
        events_.on_item_assignment(operand.offset, operand.value, index);
    } else if (!inner.slice) {
        events_.on_subscript(operand.offset, operand.value, index);
    }
    operand.value = subscript_result(values_, names_, subscript);
    after_trailer(operand);
    operand.called = false;
}

void ScriptWalker::after_trailer(Operand& operand) {
    operand.name = {};
    operand.attribute = {};
    operand.receiver = {};
    operand.literal = false;
}

void ScriptWalker::close_display(const Frame& inner) {
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

void ScriptWalker::format_part(const Value& text) {
    flush();
    if (top().kind == Frame::format) top().folded = values_.concatenated(top().folded, text);
    ++at_;
}

void ScriptWalker::field_spec() {
    finish_element();
    top().constant = false;
    ++at_;
}

void ScriptWalker::close_field() {
    if (skip_stray_end()) return;
    finish_element();
    const Frame inner = std::move(frames_.back());
    frames_.pop_back();
    const bool known = inner.constant && inner.elements.size() == 1;
    const auto part = known ? inner.elements.front().value : Value::unknown();
    if (top().kind == Frame::format) top().folded = values_.concatenated(top().folded, part);
    ++at_;
}

void ScriptWalker::close_format() {
    if (skip_stray_end()) return;
    const auto value = top().folded;
    frames_.pop_back();
    literal(value, true);
}

}  // namespace blender_mcpd::guard
