// The walk of script_walk.hpp: one pass over the tokens, and its state.
#pragma once

#include "script_frame.hpp"
#include "script_walk.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace blender_mcpd::guard {

class ScriptWalker {
  public:
    ScriptWalker(const PythonTokens& tokens, Values& values, ScriptNames& names,
                 ScriptEvents& events)
        : tokens_(tokens.tokens), values_(values), names_(names), events_(events) {
        frames_.emplace_back();
    }

    void run();

  private:
    [[nodiscard]] const PythonToken& token(std::size_t ahead = 0) const;
    [[nodiscard]] bool is_op(std::string_view text, std::size_t ahead = 0) const;
    [[nodiscard]] bool is_name(std::size_t ahead = 0) const;
    [[nodiscard]] Frame& top() { return frames_.back(); }

    void step();

    // operands
    void begin_operand(Value value);
    void name();
    // Whether this name is a parameter of a def or lambda.
    [[nodiscard]] bool declares(const Frame& frame) const;
    // Whether the name at hand is assigned, not read.
    [[nodiscard]] bool is_target() const;
    void number();
    void literal(const Value& value, bool joins);
    void dot();
    // Ends the operand: what follows is not part of it.
    void flush();
    void combine(Frame& frame, const Value& value);
    void binary(BinaryOp op);
    // or, and, if, else: one or the other.
    void alternative(bool keep);

    // elements
    // The value of the element at hand. Resets the expression, not the element.
    Value take_value();
    void finish_element();
    void comma();
    void end_parameter();
    void colon();

    // brackets
    void open(Frame::Kind kind);
    void open_bracket(char bracket);
    // True for an end whose beginning was passed over: targets of a for, an import that is none.
    [[nodiscard]] bool skip_stray_end();
    void close();
    void close_call(Frame& inner);
    void close_subscript(Frame& inner);
    static void after_trailer(Operand& operand);
    // (x), (x, y), [x, y], {x, y}, {k: x}
    void close_display(const Frame& inner);

    // f-strings
    void format_part(const Value& text);
    void field_spec();
    void close_field();
    void close_format();

    // operators
    void op();
    void walrus();
    void equals();
    void augmented(char op);

    // statements
    void keyword();
    void condition(std::string_view text);
    // for a, (b, c) in: up to the `in`.
    void for_targets();
    // with x as y, except E as e
    void bind_as();
    void statement_keyword(std::string_view text);
    void definition(bool is_class);
    void import_statement();
    void from_statement();
    // A colon at the level of the statement: a block begins, or an annotation.
    void statement_colon();
    void end_statement();
    void assign();
    void assign_to(std::span<const PythonToken> target, const Value& value);
    void reset_statement();

    const std::vector<PythonToken>& tokens_;
    Values& values_;
    ScriptNames& names_;
    ScriptEvents& events_;
    std::size_t at_ = 0;
    std::vector<Frame> frames_;
};

}  // namespace blender_mcpd::guard
