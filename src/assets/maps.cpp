#include "maps.hpp"

#include <blender_mcpd/core/text.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace blender_mcpd::assets {
namespace {

// In lower case, without "_", "-" and spaces.
constexpr std::array<std::pair<std::string_view, std::string_view>, 46> roles{{
    {"color", "color"},
    {"colour", "color"},
    {"col", "color"},
    {"basecolor", "color"},
    {"basecolour", "color"},
    {"albedo", "color"},
    {"diffuse", "color"},
    {"diff", "color"},
    {"normal", "normal_gl"},
    {"nor", "normal_gl"},
    {"nrm", "normal_gl"},
    {"norm", "normal_gl"},
    {"normalgl", "normal_gl"},
    {"norgl", "normal_gl"},
    {"normaldx", "normal_dx"},
    {"nordx", "normal_dx"},
    {"normaldirectx", "normal_dx"},
    {"roughness", "roughness"},
    {"rough", "roughness"},
    {"rgh", "roughness"},
    {"gloss", "glossiness"},
    {"glossiness", "glossiness"},
    {"metal", "metallic"},
    {"metallic", "metallic"},
    {"metalness", "metallic"},
    {"mtl", "metallic"},
    {"ao", "ambient_occlusion"},
    {"ambientocclusion", "ambient_occlusion"},
    {"occlusion", "ambient_occlusion"},
    {"displacement", "displacement"},
    {"disp", "displacement"},
    {"height", "displacement"},
    {"opacity", "opacity"},
    {"alpha", "opacity"},
    {"mask", "opacity"},
    {"transparency", "opacity"},
    {"emission", "emission"},
    {"emissive", "emission"},
    {"emit", "emission"},
    {"arm", "arm"},
    {"orm", "arm"},
    {"col1", "color"},
    {"col01", "color"},
    {"colormap", "color"},
    {"normalmap", "normal_gl"},
    {"roughnessmap", "roughness"},
}};

bool divides(char c) {
    return c == '_' || c == '-' || c == '.' || c == ' ';
}

std::string squeezed(std::string_view word) {
    std::string out;
    for (const char c : core::lower_case(word))
        if (!divides(c)) out += c;
    return out;
}

std::vector<std::string> parts_of(std::string_view name) {
    std::vector<std::string> parts;
    std::string part;
    for (const char c : name) {
        if (!divides(c)) {
            part += c;
        } else if (!part.empty()) {
            parts.push_back(std::exchange(part, {}));
        }
    }
    if (!part.empty()) parts.push_back(part);
    return parts;
}

/// Words that say how an image is stored rather than what it shows.
bool is_of_form(const std::string& part) {
    constexpr std::array<std::string_view, 6> forms{"jpg", "jpeg", "png", "exr", "tif", "tiff"};
    return !resolution_word(part).empty() || std::ranges::find(forms, part) != forms.end();
}

}  // namespace

std::string map_role(std::string_view word) {
    const auto wanted = squeezed(word);
    for (const auto& [name, role] : roles)
        if (name == wanted) return std::string(role);
    return {};
}

std::optional<MapName> map_name(std::string_view file_name) {
    const auto dot = file_name.find_last_of('.');
    auto parts = parts_of(core::lower_case(file_name.substr(0, dot)));
    std::erase_if(parts, is_of_form);
    MapName found;
    // The last word that is one of a map; "normal gl" is two, "color" of "color_chart" is none.
    for (std::size_t words = 2; words >= 1 && found.role.empty(); --words) {
        if (parts.size() <= words) continue;
        std::string word;
        for (auto at = parts.size() - words; at < parts.size(); ++at)
            word += parts[at];
        found.role = map_role(word);
        if (!found.role.empty()) parts.resize(parts.size() - words);
    }
    if (found.role.empty()) return std::nullopt;
    for (const auto& part : parts)
        found.set += (found.set.empty() ? "" : " ") + part;
    return found;
}

bool is_map_image(std::string_view ending) {
    constexpr std::array<std::string_view, 7> images{".jpg", ".jpeg", ".png", ".exr",
                                                     ".tif", ".tiff", ".webp"};
    return std::ranges::find(images, ending) != images.end();
}

bool is_superfluous(std::string_view role, const std::vector<std::string>& all) {
    const auto has = [&](std::string_view other) {
        return std::ranges::find(all, other) != all.end();
    };
    if (role == "normal_dx") return has("normal_gl");
    if (role == "glossiness") return has("roughness");
    if (role == "arm") return has("roughness");
    return false;
}

std::string resolution_word(std::string_view word) {
    auto text = core::lower_case(word);
    if (text.size() < 2 || text.size() > 3 || text.back() != 'k') return {};
    for (const char c : std::string_view(text).substr(0, text.size() - 1))
        if (c < '0' || c > '9') return {};
    return text;
}

std::string nearest_resolution(const std::string& wanted, const std::vector<std::string>& there) {
    auto sorted = there;
    sort_resolutions(sorted);
    std::string best = sorted.front();
    for (const auto& one : sorted)
        if (std::atoi(one.c_str()) <= std::atoi(wanted.c_str())) best = one;
    return best;
}

void sort_resolutions(std::vector<std::string>& words) {
    std::ranges::sort(words, {},
                      [](const auto& word) { return std::pair(std::atoi(word.c_str()), word); });
    words.erase(std::unique(words.begin(), words.end()), words.end());
}

}  // namespace blender_mcpd::assets
