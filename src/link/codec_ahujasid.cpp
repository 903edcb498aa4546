// {"type":…,"params":{…}} -> {"status":"success","result":…} or {"status":"error","message":"…"}
#include "codec.hpp"
#include "codec_text.hpp"

#include <utility>

namespace blender_mcpd::link {
namespace {

using core::JsonKind;

class AhujasidCodec final : public Codec {
  public:
    /// Without params when there are none: the peer calls a function with what it finds.
    [[nodiscard]] std::string request(std::string_view op, std::string_view args) const override {
        std::string text = R"({"type":)";
        core::append_quoted(text, op);
        if (!is_empty_object(args)) text.append(R"(,"params":)").append(args);
        text += '}';
        return as_ascii(std::move(text));
    }

    [[nodiscard]] core::Result<Reply> read(std::string json, bool mutates) const override {
        const Fields fields(json);
        const bool success = fields.status == R"("success")";
        if ((!success && fields.status != R"("error")") ||
            !is_or_absent(fields.message, JsonKind::string))
            return wrong_structure(Dialect::ahujasid, json, fields);
        if (!success) return blender_error(text_of(fields.message.value_or("\"\"")), mutates);
        if (!fields.result) return reply_with(std::move(json), fields.result);
        if (const auto failure = failure_in(*fields.result))
            return blender_error(*failure, mutates);
        if (fields.result->starts_with("\"Error:"))
            return blender_error(text_of(*fields.result), mutates);
        return reply_with(std::move(json), fields.result);
    }
};

}  // namespace

const Codec& ahujasid_codec() {
    static const AhujasidCodec codec;
    return codec;
}

}  // namespace blender_mcpd::link
