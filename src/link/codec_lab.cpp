// {"type":"execute","code":…,"strict_json":…} and a NUL -> {"status":"ok","result":{…},"stdout":…}
// or {"status":"error","message":…} and a NUL, then the end of the connection. In a Blender with
// windows it reads 4,096 bytes at each of its ticks, gives up on a request after 10 s, and drops
// what of a reply does not fit into the socket.
#include "codec.hpp"
#include "codec_text.hpp"

#include <utility>

namespace blender_mcpd::link {
namespace {

using core::JsonKind;

class LabCodec final : public Codec {
  public:
    [[nodiscard]] std::string request(std::string_view op, std::string_view args) const override {
        std::string text = R"({"type":)";
        core::append_quoted(text, op);
        if (!is_empty_object(args)) {
            const auto members = args.substr(args.find('{') + 1);
            text.append(",").append(members.substr(0, members.rfind('}')));
        }
        text += '}';
        text = as_ascii(std::move(text));
        text += '\0';
        return text;
    }

    /// The result is the whole reply, with what was printed.
    [[nodiscard]] core::Result<Reply> read(std::string json, bool mutates) const override {
        const Fields fields(json);
        const bool is_ok = fields.status == R"("ok")" && is(fields.result, JsonKind::object);
        if (is_ok) {
            const auto size = json.size();
            return Reply(std::move(json), "", 0, size, std::nullopt);
        }
        if (fields.status != R"("error")" || !is(fields.message, JsonKind::string))
            return wrong_structure(Dialect::lab, json, fields);
        auto error = blender_error(text_of(*fields.message), mutates);
        // Said before anything was executed.
        if (error.message == "Client timed out") {
            error.outcome = core::Outcome::not_applied;
            error.remedy =
                "The add-on did not read the request in time: it takes 4 KiB at a time, and some "
                "10 s in all. Send less at once";
        }
        return error;
    }

    [[nodiscard]] std::optional<char> end_of_reply() const override { return '\0'; }
    [[nodiscard]] bool carries_one_call() const override { return true; }
};

}  // namespace

const Codec& lab_codec() {
    static const LabCodec codec;
    return codec;
}

}  // namespace blender_mcpd::link
