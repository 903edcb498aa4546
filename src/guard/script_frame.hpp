// The state of script_walk.cpp for one open bracket (or for the statement itself).
#pragma once

#include "script_calls.hpp"
#include "script_values.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace blender_mcpd::guard {

/// The primary expression that is being read: a name or literal and what trails it.
struct Operand {
    bool present = false;
    bool literal = false;  // a string, which a next one is joined to
    bool called = false;   // ends with a call: told already
    Value value{};
    Value receiver{};              // before the last dot
    std::string_view name{};       // when it is one bare name
    std::string_view attribute{};  // the name after the last dot
    std::size_t offset = 0;        // of its first token
};

enum class BinaryOp : std::uint8_t { none, add, divide, other };

/// What the element that is being read is for.
enum class ElementRole : std::uint8_t {
    target,     // of a for: bound already
    element,    // an item, an argument, an expression
    iterable,   // of a for: its elements are bound to the targets
    condition,  // of a comprehension: its value does not matter
};

struct Frame {
    enum Kind : std::uint8_t {
        statement,
        group,       // ( ) without a callee
        call,        // ( ) behind an operand
        parameters,  // ( ) of a def
        list,
        subscript,
        brace,
        format,  // an f-string
        field,   // a replacement field
    } kind = statement;

    Operand operand{};
    Value term{};  // operands joined by operators so far
    bool has_term = false;
    BinaryOp op = BinaryOp::none;
    bool negative = false;  // a minus sign stands before the operand
    Value alternatives{};   // of or, and, if-else
    std::size_t begin = 0;  // offset of the element's first token
    bool begun = false;

    std::vector<Argument> elements{};
    bool more = false;
    bool spread = false;
    std::string_view keyword{};  // of a call's argument
    std::string_view target{};   // bound to the element: parameter default, walrus
    ElementRole role = ElementRole::element;
    std::vector<std::string_view> for_targets{};
    bool comprehension = false;

    int lambda_parameters = 0;  // lambdas whose parameters are being read
    bool lambda_body = false;

    bool slice = false;      // subscript
    bool constant = true;    // format: all parts are known; field: no specification
    Value folded{};          // format: the text so far
    std::size_t offset = 0;  // of the opening bracket
    bool trailing_comma = false;

    // statement
    std::size_t first_token = 0;    // of the statement
    std::size_t segment_token = 0;  // of the part between two =
    bool defines = false;           // the bracket that follows holds parameters
    bool compound = false;          // a colon begins its block
    bool escapes = false;           // return, yield
    bool annotated = false;
    std::size_t colon_token = 0;                                 // of the annotation
    std::string_view added_to{};                                 // name += ...
    std::vector<std::pair<std::size_t, std::size_t>> targets{};  // token ranges before each =
};

}  // namespace blender_mcpd::guard
