// {"id":…,"command":…,"params":{…}} and a line feed -> {"id":…,"success":true,"result":…} or
// {"id":…,"success":false,"error":"…"} and a line feed.
#include "codec.hpp"
#include "codec_text.hpp"

#include <utility>

namespace blender_mcpd::link {
namespace {

using core::JsonKind;

class DjeadaCodec final : public Codec {
  public:
    [[nodiscard]] std::string request(std::string_view op, std::string_view args) const override {
        std::string text = R"({"id":"1","command":)";
        core::append_quoted(text, op);
        text.append(R"(,"params":)").append(is_empty_object(args) ? "{}" : args).append("}");
        text = as_ascii(std::move(text));
        text += '\n';
        return text;
    }

    [[nodiscard]] core::Result<Reply> read(std::string json, bool mutates) const override {
        const Fields fields(json);
        if (!is(fields.success, JsonKind::boolean) ||
            (fields.success == "true" && !fields.result) ||
            (fields.success == "false" && !is(fields.error, JsonKind::string)))
            return wrong_structure(Dialect::djeada, json, fields);
        if (fields.success == "false") return blender_error(text_of(*fields.error), mutates);
        // Code that raised is a success with the traceback inside.
        if (const auto failure = failure_in(*fields.result))
            return blender_error(*failure, mutates);
        return reply_with(std::move(json), fields.result);
    }
};

}  // namespace

const Codec& djeada_codec() {
    static const DjeadaCodec codec;
    return codec;
}

}  // namespace blender_mcpd::link
