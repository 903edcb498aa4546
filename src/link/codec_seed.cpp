// {"command":…,"data":{…}} -> {"success":true,"data":{…},"error":"…"}
#include "codec.hpp"
#include "codec_text.hpp"

#include <utility>

namespace blender_mcpd::link {
namespace {

using core::JsonKind;

class SeedCodec final : public Codec {
  public:
    [[nodiscard]] std::string request(std::string_view op, std::string_view args) const override {
        std::string text = R"({"command":)";
        core::append_quoted(text, op);
        if (!is_empty_object(args)) text.append(R"(,"data":)").append(args);
        text += '}';
        return as_ascii(std::move(text));
    }

    [[nodiscard]] core::Result<Reply> read(std::string json, bool mutates) const override {
        const Fields fields(json);
        if (!is(fields.success, JsonKind::boolean))
            return wrong_structure(Dialect::seed, json, fields);
        if (!is_or_absent(fields.error, JsonKind::string) ||
            !is_or_absent(fields.data, JsonKind::object))
            return wrong_structure(Dialect::seed, json, fields);
        const auto error = text_of(fields.error.value_or("\"\""));
        if (fields.success == "false" || !error.empty()) return blender_error(error, mutates);
        if (fields.data)
            if (const auto failure = failure_in(*fields.data))
                return blender_error(*failure, mutates);
        return reply_with(std::move(json), fields.data);
    }
};

}  // namespace

const Codec& seed_codec() {
    static const SeedCodec codec;
    return codec;
}

}  // namespace blender_mcpd::link
