#include "document.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>

namespace blender_mcpd::assets {
namespace {

constexpr std::size_t longest_text = 2'000;
constexpr std::size_t most_texts = 100;

std::string text_of(const core::Json& value) {
    return value.is_string() ? core::excerpt(value.get_ref<const std::string&>(), longest_text)
                             : std::string();
}

}  // namespace

core::Result<core::Json> parse_document(const std::string& text, std::string_view provider) {
    auto parsed = core::parse_json(text);
    if (parsed && parsed->is_object()) return parsed;
    return core::Error{core::ErrorCode::protocol,
                       fmt::format("the answer of {} is not what its interface promises", provider),
                       "Call again in a while; when that lasts, this provider has changed"};
}

const core::Json& at(const core::Json& object, const char* name) {
    static const core::Json null;
    if (!object.is_object()) return null;
    const auto found = object.find(name);
    return found == object.end() ? null : *found;
}

std::string text_at(const core::Json& object, const char* name) {
    return text_of(at(object, name));
}

std::uint64_t count_at(const core::Json& object, const char* name) {
    const auto& value = at(object, name);
    if (value.is_number_unsigned()) return value.get<std::uint64_t>();
    return 0;
}

std::vector<std::string> texts_at(const core::Json& object, const char* name) {
    const auto& value = at(object, name);
    std::vector<std::string> texts;
    if (value.is_array()) {
        for (const auto& one : value)
            if (auto text = text_of(one); !text.empty() && texts.size() < most_texts)
                texts.push_back(std::move(text));
    } else if (value.is_object()) {
        for (const auto& member : value.items())
            if (texts.size() < most_texts) texts.push_back(core::excerpt(member.key(), 200));
    }
    return texts;
}

}  // namespace blender_mcpd::assets
