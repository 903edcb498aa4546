#include "client_setup.hpp"

#include "client_file.hpp"
#include "json_text_edit.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace blender_mcpd::app {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

struct Document {
    ClientFile file;
    std::string text;  // of the file; "{}" when it is new or empty
    JsonNode root;
    const JsonNode* servers = nullptr;  // in root; may be missing
    const JsonMember* entry = nullptr;  // in servers; may be missing
};

core::Error unfit(const ClientSetup& setup, std::size_t line, std::size_t column,
                  std::string_view what) {
    return {core::ErrorCode::invalid,
            fmt::format("{}:{}:{}: {}", setup.file.string(), line, column, what),
            fmt::format("Correct it there, then run this again; or add the entry by hand: --print "
                        "shows it. {} itself may not read the file as it is",
                        setup.client->name)};
}

core::Error unfit_at(const ClientSetup& setup, std::string_view text, std::size_t position,
                     std::string_view what) {
    const auto before = text.substr(0, position);
    const auto line_begin = before.rfind('\n');
    return unfit(setup, 1 + static_cast<std::size_t>(std::ranges::count(before, '\n')),
                 position - (line_begin == std::string_view::npos ? 0 : line_begin + 1) + 1, what);
}

bool is_blank(std::string_view text) {
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// Finds its way in `document.text`.
core::Result<void> look(const ClientSetup& setup, Document& document) {
    auto root = read_json(document.text, setup.client->syntax);
    if (!root) return unfit(setup, root.error().line, root.error().column, root.error().message);
    document.root = std::move(*root);
    document.servers = nullptr;
    document.entry = nullptr;
    if (document.root.kind != core::JsonKind::object)
        return unfit_at(setup, document.text, document.root.begin, "this must be an object: {…}");
    const auto* servers = document.root.find(setup.client->servers);
    if (servers == nullptr) return {};
    if (servers->value.kind != core::JsonKind::object)
        return unfit_at(setup, document.text, servers->value.begin,
                        fmt::format("\"{}\" must be an object: {{…}}", setup.client->servers));
    document.servers = &servers->value;
    document.entry = servers->value.find(setup.name);
    return {};
}

core::Result<Document> open(const ClientSetup& setup) {
    auto file = read_client_file(setup.file);
    if (!file) return file.error();
    Document document{std::move(*file), "{}\n", {}};
    if (document.file.text && !is_blank(*document.file.text)) document.text = *document.file.text;
    if (auto found = look(setup, document); !found) return found.error();
    // Its pointers lead into vectors, which keep their place when the document moves.
    return core::Result<Document>(std::move(document));
}

std::string raw(const Document& document, const JsonNode& node) {
    return document.text.substr(node.begin, node.end - node.begin);
}

core::Error other_entry(const ClientSetup& setup, const Document& document, const char* verb) {
    return {core::ErrorCode::invalid,
            fmt::format("{} has another entry \"{}\" already:\n{}", setup.file.string(), setup.name,
                        raw(document, document.entry->value)),
            fmt::format("Give --force to {} it, or --name to choose another name", verb)};
}

/// Whether everything but our entry is byte for byte what it was.
bool rest_is_kept(const ClientSetup& setup, const Document& old, const Document& changed) {
    const auto others = [](const Document& document, const JsonNode* object,
                           std::string_view except) {
        std::vector<std::string> found;
        if (object == nullptr) return found;
        for (const auto& member : object->members)
            if (member.name != except)
                found.push_back(member.name + ':' + raw(document, member.value));
        return found;
    };
    return others(old, &old.root, setup.client->servers) ==
               others(changed, &changed.root, setup.client->servers) &&
           others(old, old.servers, setup.name) == others(changed, changed.servers, setup.name);
}

core::Result<SetupOutcome> write(const ClientSetup& setup, const Document& old, std::string text,
                                 bool wanted, SetupOutcome outcome) {
    Document changed{old.file, std::move(text), {}};
    const auto found = look(setup, changed);
    if (!found || (changed.entry != nullptr) != wanted || !rest_is_kept(setup, old, changed))
        return core::Error{core::ErrorCode::internal,
                           fmt::format("{} cannot be edited without loss", setup.file.string()),
                           "Nothing was changed. Do it by hand: --print shows the entry"};
    auto backup = replace_client_file(old.file, changed.text);
    if (!backup) return backup.error();
    if (old.entry != nullptr) outcome.old_entry = raw(old, old.entry->value);
    outcome.backup = std::move(*backup);
    return outcome;
}

}  // namespace

core::Result<SetupOutcome> install_in_client(const ClientSetup& setup) {
    const auto document = open(setup);
    if (!document) return document.error();
    SetupOutcome outcome;
    outcome.file = document->file.path;
    if (document->entry != nullptr) {
        const auto old = command_of(to_json(document->entry->value, document->text));
        if (old == setup.command) return outcome;
        if (!setup.force) return other_entry(setup, *document, "replace");
    }
    outcome.change =
        document->entry != nullptr ? SetupOutcome::Change::replaced : SetupOutcome::Change::added;
    auto text = set_in_json(document->text, document->root, setup.client->servers, setup.name,
                            client_entry(*setup.client, setup.command));
    return write(setup, *document, std::move(text), true, std::move(outcome));
}

core::Result<SetupOutcome> uninstall_from_client(const ClientSetup& setup) {
    const auto document = open(setup);
    if (!document) return document.error();
    SetupOutcome outcome;
    outcome.file = document->file.path;
    if (document->entry == nullptr) return outcome;
    const auto old = command_of(to_json(document->entry->value, document->text));
    if (!setup.force && !(old && is_blender_mcpd(*old)))
        return other_entry(setup, *document, "remove");
    outcome.change = SetupOutcome::Change::removed;
    auto text = remove_from_json(document->text, *document->servers, setup.name);
    return write(setup, *document, std::move(text), false, std::move(outcome));
}

std::string client_snippet(const ClientSetup& setup) {
    auto entries = core::Json::object();
    entries[setup.name] = client_entry(*setup.client, setup.command);
    auto file = core::Json::object();
    file[std::string(setup.client->servers)] = std::move(entries);
    return file.dump(2, ' ', false, core::Json::error_handler_t::replace);
}

bool is_entry_name(std::string_view name) {
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    return !name.empty() && name.size() <= 64 &&
           name.find_first_not_of(allowed) == std::string_view::npos;
}

}  // namespace blender_mcpd::app
