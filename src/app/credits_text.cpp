#include "credits_text.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace blender_mcpd::app {

namespace {

using core::Json;

constexpr std::size_t longest = 300;  // bytes of one thing that an entry tells

std::string member(const Json& entry, const char* name) {
    const auto found = entry.find(name);
    return found != entry.end() && found->is_string()
               ? core::excerpt(found->get<std::string>(), longest)
               : std::string();
}

std::string title_of(const Json& entry) {
    const auto title = member(entry, "title");
    return title.empty() ? member(entry, "id") : title;
}

/// A library of Blender's says more than that it was one.
std::string source_of(const Json& entry) {
    const auto library = member(entry, "library");
    return library.empty() ? member(entry, "provider") : library;
}

/// "Ada, Bob"; empty when nobody is named.
std::string authors_of(const Json& entry) {
    std::string text;
    for (const auto& author : entry.value("authors", Json::array()))
        if (author.is_string())
            text += (text.empty() ? "" : ", ") + core::excerpt(author.get<std::string>(), longest);
    return text;
}

std::string day_of(const Json& entry) {
    return member(entry, "retrieved").substr(0, std::string_view("2026-11-27").size());
}

bool must_be_named(const Json& entry) {
    return member(entry, "attribution") == "required";
}

bool is_in_doubt(const Json& entry) {
    return member(entry, "attribution") == "unknown";
}

std::string license_of(const Json& entry) {
    const auto license = member(entry, "license");
    return license.empty() ? "licence unknown" : license;
}

std::string users_of(const Json& entry) {
    const auto users = entry.value("used_by", Json::array());
    std::string text;
    for (const auto& user : users)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ",
                            core::lower_case(member(user, "type")), member(user, "name"));
    if (const auto total = entry.value("used_by_total", users.size()); total > users.size())
        text += fmt::format(" and {} more", total - users.size());
    return text;
}

void add_line(std::string& text, std::string_view what, const std::string& value) {
    if (!value.empty()) text += fmt::format("  {:<9}{}\n", what, value);
}

std::string summary_of(const Json& credits) {
    const auto named = std::ranges::count_if(credits, must_be_named);
    const auto doubtful = std::ranges::count_if(credits, is_in_doubt);
    auto text = fmt::format("{} asset{}.", credits.size(), credits.size() == 1 ? "" : "s");
    if (named > 0) text += fmt::format(" {} must be credited (marked *).", named);
    if (doubtful > 0)
        text +=
            fmt::format(" {} with a licence that is not known here (marked ?): read it.", doubtful);
    return text;
}

/// What is marked up in CommonMark, or HTML in it, becomes text.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (std::string_view("\\`*_{}[]()<>#+!|&~").find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

/// A link when that is one that can be followed and does not end early.
std::string linked(const std::string& text, const std::string& url) {
    const bool is_safe = (url.starts_with("https://") || url.starts_with("http://")) &&
                         url.find_first_of(" <>()[]\\\"'`…") == std::string::npos;
    return is_safe ? fmt::format("[{}]({})", escaped(text), url) : escaped(text);
}

std::string markdown_line(const Json& entry) {
    auto line = "- " + linked(title_of(entry), member(entry, "source_url"));
    if (const auto authors = authors_of(entry); !authors.empty()) line += " by " + escaped(authors);
    line += ", " + linked(license_of(entry), member(entry, "license_url"));
    line += " (" + escaped(source_of(entry));
    if (const auto day = day_of(entry); !day.empty()) line += ", " + escaped(day);
    return line + ")\n";
}

void add_section(std::string& page, std::string_view heading, const Json& credits,
                 bool (*belongs)(const Json& entry)) {
    std::string lines;
    for (const auto& entry : credits)
        if (belongs(entry)) lines += markdown_line(entry);
    if (!lines.empty()) page += fmt::format("\n## {}\n\n{}", heading, lines);
}

}  // namespace

std::string credits_text(const Json& credits) {
    if (credits.empty()) return "No assets whose origin is noted.\n";
    std::string text;
    for (const auto& entry : credits) {
        const auto* mark = must_be_named(entry) ? "*" : is_in_doubt(entry) ? "?" : " ";
        text += fmt::format("{} {}\n", mark, title_of(entry));
        add_line(text, "by", authors_of(entry));
        add_line(text, "credit", member(entry, "credit_line"));
        add_line(text, "licence", member(entry, "license").empty() ? "unknown" : license_of(entry));
        add_line(text, "", member(entry, "license_url"));
        add_line(text, "from", fmt::format("{} ({})", source_of(entry), member(entry, "id")));
        add_line(text, "", member(entry, "source_url"));
        add_line(text, "on", day_of(entry));
        add_line(text, "used by", users_of(entry));
        text += '\n';
    }
    return text + summary_of(credits) + "\n";
}

std::string credits_markdown(const Json& credits) {
    std::string page = "# Credits\n";
    if (credits.empty()) page += "\nNo assets whose origin is noted.\n";
    add_section(page, "Attribution required", credits, must_be_named);
    add_section(page, "Licence to be read", credits, is_in_doubt);
    add_section(page, "Also used", credits,
                [](const Json& entry) { return !must_be_named(entry) && !is_in_doubt(entry); });
    return page;
}

}  // namespace blender_mcpd::app
