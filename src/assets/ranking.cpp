#include "ranking.hpp"

#include <blender_mcpd/core/text.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <utility>

#include <utf8proc.h>

namespace blender_mcpd::assets {
namespace {

using CodePoints = std::vector<utf8proc_int32_t>;

CodePoints decode(std::string_view text) {
    CodePoints points;
    const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    auto left = static_cast<utf8proc_ssize_t>(text.size());
    while (left > 0) {
        utf8proc_int32_t point = 0;
        const auto size = utf8proc_iterate(at, left, &point);
        if (size <= 0) break;  // the rest is no text
        points.push_back(point);
        at += size;
        left -= size;
    }
    return points;
}

/// Without case and accents: what people leave out when they type.
std::string folded(std::string_view text) {
    utf8proc_uint8_t* out = nullptr;
    const auto size = utf8proc_map(
        reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
        static_cast<utf8proc_ssize_t>(text.size()), &out,
        static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                                       UTF8PROC_STRIPMARK | UTF8PROC_IGNORE));
    if (size < 0) return core::lower_case(text);
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(out, std::free);
    return {reinterpret_cast<const char*>(out), static_cast<std::size_t>(size)};
}

bool is_part_of_word(utf8proc_int32_t point) {
    switch (utf8proc_category(point)) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_MN:
        case UTF8PROC_CATEGORY_MC:
        case UTF8PROC_CATEGORY_ND:
            return true;
        default:
            return false;
    }
}

bool is_digit(utf8proc_int32_t point) {
    return utf8proc_category(point) == UTF8PROC_CATEGORY_ND;
}

// Both ways. What people say, and what libraries call it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 24> synonyms{{
    {"timber", "wood"},    {"lumber", "wood"},     {"wooden", "wood"},
    {"couch", "sofa"},     {"stones", "rock"},     {"stone", "rock"},
    {"steel", "metal"},    {"iron", "metal"},      {"cloth", "fabric"},
    {"textile", "fabric"}, {"soil", "ground"},     {"dirt", "ground"},
    {"lawn", "grass"},     {"pavement", "paving"}, {"cobble", "cobblestone"},
    {"tarmac", "asphalt"}, {"road", "asphalt"},    {"dusk", "sunset"},
    {"dawn", "sunrise"},   {"cloudy", "overcast"}, {"forest", "woodland"},
    {"carpet", "rug"},     {"lamp", "light"},      {"cupboard", "cabinet"},
}};

/// What one asset is found by.
struct Indexed {
    std::vector<std::string> name;
    std::vector<std::string> others;  // the id and the tags
};

Indexed index(const Asset& asset) {
    Indexed indexed{words_of(asset.name), words_of(asset.id)};
    for (const auto& tag : asset.tags)
        for (auto& word : words_of(tag))
            indexed.others.push_back(std::move(word));
    return indexed;
}

/// A word may be the more mistyped the longer it is.
std::size_t forgiven(std::string_view word) {
    const auto letters = decode(word).size();
    return letters >= 8 ? 2 : letters >= 4 ? 1 : 0;
}

/// How well a word of the query is met by a word of the asset; 0: not at all.
int likeness(const std::string& wanted, const std::string& there) {
    if (wanted == there) return 10;
    if (there.starts_with(wanted)) return 6;
    if (wanted.size() >= 3 && there.find(wanted) != std::string::npos) return 4;
    const auto most = forgiven(wanted);
    if (most > 0 && distance(wanted, there, most) <= most) return 3;
    return 0;
}

int best(const std::string& wanted, const std::vector<std::string>& words) {
    int found = 0;
    for (const auto& word : words)
        found = std::max(found, likeness(wanted, word));
    return found;
}

int score(const std::string& word, const Indexed& asset) {
    const auto plain = std::max(2 * best(word, asset.name), best(word, asset.others));
    const auto other = synonym(word);
    if (other.empty()) return plain;
    return std::max(plain, std::max(2 * best(other, asset.name), best(other, asset.others)) - 1);
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    utf8proc_int32_t before = 0;
    const auto end_word = [&] {
        if (!word.empty()) words.push_back(std::exchange(word, {}));
    };
    for (const auto point : decode(folded(text))) {
        if (!is_part_of_word(point)) {
            end_word();
        } else {
            if (!word.empty() && is_digit(point) != is_digit(before)) end_word();  // "Wood049"
            std::array<utf8proc_uint8_t, 4> bytes{};
            const auto size = utf8proc_encode_char(point, bytes.data());
            word.append(reinterpret_cast<const char*>(bytes.data()),
                        static_cast<std::size_t>(size));
        }
        before = point;
    }
    end_word();
    return words;
}

std::size_t distance(std::string_view one, std::string_view other, std::size_t most) {
    const auto a = decode(one);
    const auto b = decode(other);
    if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > most) return most + 1;
    std::vector<std::size_t> two_before(b.size() + 1);
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(before.begin(), before.end(), 0U);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min(
                {before[j] + 1, row[j - 1] + 1, before[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], two_before[j - 2] + 1);
        }
        if (std::ranges::min(row) > most) return most + 1;
        std::swap(two_before, before);
        std::swap(before, row);
    }
    return std::min(before[b.size()], most + 1);
}

std::string synonym(std::string_view word) {
    for (const auto& [one, other] : synonyms) {
        if (word == one) return std::string(other);
        if (word == other) return std::string(one);
    }
    return {};
}

std::vector<Asset> ranked(std::span<const Asset> assets, std::string_view query) {
    struct Found {
        const Asset* asset;
        std::size_t words;
        int score;
    };
    const auto words = words_of(query);
    std::vector<Found> found;
    for (const auto& asset : assets) {
        Found one{&asset, 0, 0};
        const auto indexed = index(asset);
        for (const auto& word : words) {
            const auto points = score(word, indexed);
            one.score += points;
            if (points > 0) ++one.words;
        }
        if (2 * one.words >= words.size() && (words.empty() || one.words > 0)) found.push_back(one);
    }
    std::ranges::stable_sort(found, [](const Found& a, const Found& b) {
        if (a.words != b.words) return a.words > b.words;
        if (a.score != b.score) return a.score > b.score;
        return a.asset->downloads > b.asset->downloads;
    });
    std::vector<Asset> result;
    result.reserve(found.size());
    for (const auto& one : found)
        result.push_back(*one.asset);
    return result;
}

}  // namespace blender_mcpd::assets
