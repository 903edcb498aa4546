// {"capability":…,"payload":{…},"progress_token":…} and a line feed -> lines of
// {"type":"progress","token":…,"progress":…,"total":…,"message":…}, then a line of
// {"ok":true,"result":…} or {"ok":false,"error":{"code":…,"message":…,"suggestion":…}}.
#include "codec.hpp"
#include "codec_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace blender_mcpd::link {
namespace {

using core::JsonKind;

std::optional<double> number(Raw raw) {
    if (!is(raw, JsonKind::number)) return std::nullopt;
    double value = 0;
    const auto read = std::from_chars(raw->data(), raw->data() + raw->size(), value);
    return read.ec == std::errc() ? std::optional(value) : std::nullopt;
}

class AgelessCodec final : public Codec {
  public:
    [[nodiscard]] std::string request(std::string_view op, std::string_view args) const override {
        std::string text = R"({"capability":)";
        core::append_quoted(text, op);
        text.append(R"(,"payload":)").append(is_empty_object(args) ? "{}" : args);
        text += R"(,"progress_token":"1"})";
        text = as_ascii(std::move(text));
        text += '\n';
        return text;
    }

    [[nodiscard]] core::Result<Reply> read(std::string json, bool mutates) const override {
        const Fields fields(json);
        if (!is(fields.ok, JsonKind::boolean) ||
            (fields.ok == "false" && !is(fields.error, JsonKind::object)))
            return wrong_structure(Dialect::ageless, json, fields);
        if (fields.ok == "true") return reply_with(std::move(json), fields.result);
        const Fields told(*fields.error);
        auto error = blender_error(text_of(told.message.value_or("\"\"")), mutates);
        if (is(told.suggestion, JsonKind::string)) error.remedy = text_of(*told.suggestion);
        constexpr std::array<std::string_view, 8> before_anything_ran{
            R"("parse_error")",      R"("invalid_request")",          R"("invalid_params")",
            R"("script_disabled")",  R"("unsupported_capability")",   R"("not_found")",
            R"("consent_required")", R"("connection_limit_exceeded")"};
        if (told.code && std::ranges::count(before_anything_ran, *told.code) > 0)
            error.outcome = core::Outcome::not_applied;
        // It gives up, but what it has queued runs nevertheless.
        if (told.code == R"("timeout")" || told.code == R"("execution_timeout")")
            error.code = core::ErrorCode::timeout;
        return error;
    }

    [[nodiscard]] bool has_progress_lines() const override { return true; }
    [[nodiscard]] std::optional<Progress> read_progress(std::string_view json) const override {
        const Fields fields(json);
        if (fields.type != R"("progress")") return std::nullopt;
        return Progress{
            number(fields.progress).value_or(0), number(fields.total),
            is(fields.message, JsonKind::string) ? text_of(*fields.message) : std::string()};
    }
};

}  // namespace

const Codec& ageless_codec() {
    static const AgelessCodec codec;
    return codec;
}

}  // namespace blender_mcpd::link
