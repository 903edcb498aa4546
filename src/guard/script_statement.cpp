#include "script_statement.hpp"

#include <algorithm>

namespace blender_mcpd::guard {

namespace {

bool is_op(const PythonToken& token, std::string_view text) {
    return token.kind == TokenKind::op && token.text == text;
}

bool is_keyword(const PythonToken& token, std::string_view text) {
    return token.kind == TokenKind::keyword && token.text == text;
}

bool ends_statement(const PythonToken& token) {
    return token.kind == TokenKind::newline || token.kind == TokenKind::end || is_op(token, ";");
}

std::string read_dotted(std::span<const PythonToken> tokens, std::size_t& at) {
    std::string dotted;
    while (tokens[at].kind == TokenKind::name || is_op(tokens[at], "."))
        dotted += tokens[at++].text;
    return dotted;
}

}  // namespace

ImportStatement read_import(std::span<const PythonToken> tokens, std::size_t begin) {
    ImportStatement statement;
    auto at = begin + 1;
    while (!ends_statement(tokens[at])) {
        if (tokens[at].kind != TokenKind::name) {
            ++at;
            continue;
        }
        ImportedModule module;
        module.offset = tokens[at].offset;
        module.bound = tokens[at].text;
        module.module = read_dotted(tokens, at);
        if (is_keyword(tokens[at], "as") && tokens[at + 1].kind == TokenKind::name) {
            module.bound = tokens[at + 1].text;
            module.renamed = true;
            at += 2;
        }
        statement.modules.push_back(std::move(module));
    }
    statement.end = at;
    return statement;
}

FromImportStatement read_from_import(std::span<const PythonToken> tokens, std::size_t begin) {
    FromImportStatement statement;
    auto at = begin + 1;
    statement.relative = is_op(tokens[at], ".") || is_op(tokens[at], "...");
    while (is_op(tokens[at], ".") || is_op(tokens[at], "..."))
        ++at;
    statement.module = read_dotted(tokens, at);
    while (!ends_statement(tokens[at])) {
        const auto& token = tokens[at++];
        if (token.kind != TokenKind::name && !is_op(token, "*")) continue;
        ImportedName name{token.text, token.text, token.offset};
        if (is_keyword(tokens[at], "as") && tokens[at + 1].kind == TokenKind::name) {
            name.bound = tokens[at + 1].text;
            at += 2;
        }
        statement.names.push_back(name);
    }
    statement.end = at;
    return statement;
}

std::vector<std::string_view> target_names(std::span<const PythonToken> target) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < target.size(); ++i) {
        const auto& token = target[i];
        if (token.kind == TokenKind::name) {
            const bool trailed = i > 0 && target[i - 1].kind == TokenKind::name;
            if (!trailed) names.push_back(token.text);
            continue;
        }
        const bool after_name = i > 0 && target[i - 1].kind == TokenKind::name;
        const bool opens = is_op(token, "(") || is_op(token, "[");
        const bool allowed = is_op(token, ",") || is_op(token, "*") || is_op(token, ")") ||
                             is_op(token, "]") || (opens && !after_name);
        if (!allowed) return {};
    }
    return names;
}

bool ends_with_attribute(std::span<const PythonToken> target) {
    return target.size() >= 3 && target.back().kind == TokenKind::name &&
           is_op(target[target.size() - 2], ".") &&
           std::none_of(target.begin(), target.end(),
                        [](const PythonToken& token) { return is_op(token, ","); });
}

bool is_plain_target(std::span<const PythonToken> target) {
    return !target.empty() && target.front().kind == TokenKind::name &&
           std::all_of(target.begin(), target.end(), [](const PythonToken& token) {
               return token.kind == TokenKind::name || is_op(token, ".");
           });
}

}  // namespace blender_mcpd::guard
