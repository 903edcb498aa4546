#include "player.hpp"

#include <chrono>
#include <fstream>
#include <sstream>

namespace blender_mcpd::mcp {

namespace {

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

/// The string that begins at `at`, up to its quote.
std::string quoted_at(const std::string& text, std::size_t at) {
    return text.substr(at, text.find('"', at) - at);
}

}  // namespace

void Placeholders::learn(const std::string& message, std::string_view member,
                         std::string_view kind) {
    const auto before = "\"" + std::string(member) + "\":\"";
    for (auto at = message.find(before); at != std::string::npos; at = message.find(before, at)) {
        at += before.size();
        const auto value = quoted_at(message, at);
        const bool known = std::any_of(values_.begin(), values_.end(),
                                       [&](const auto& entry) { return entry.second == value; });
        if (known) continue;
        const std::string of_kind(kind);
        values_['<' + of_kind + '-' + std::to_string(++counts_[of_kind]) + '>'] = value;
    }
}

std::string Placeholders::hide(std::string message) {
    learn(message, "taskId", "task");
    learn(message, "requestState", "state");
    learn(message, "elicitationId", "elicitation");
    for (const auto& [name, value] : values_)
        replace_all(message, value, name);
    for (const std::string before : {"\"createdAt\":\"", "\"lastUpdatedAt\":\""}) {
        for (auto at = message.find(before); at != std::string::npos;
             at = message.find(before, at)) {
            at += before.size();
            message.replace(at, quoted_at(message, at).size(), "<time>");
        }
    }
    return message;
}

std::string Placeholders::fill(std::string message) const {
    for (const auto& [name, value] : values_)
        replace_all(message, name, value);
    return message;
}

void Player::play(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        INFO(file.filename().string() << ":" << number << ": " << line);
        perform(line);
    }
    expect_silence();
}

void Player::perform(const std::string& line) {
    const auto text = line.size() > 2 ? line.substr(2) : std::string();
    switch (line.empty() ? '#' : line.front()) {
        case '#':
            return;
        case '!':
            expect_silence();
            return direct(text);
        case '>': {
            expect_silence();
            const auto headers = std::exchange(headers_, std::nullopt);
            stage_.receive(placeholders_.fill(expand(text)), headers ? &*headers : nullptr);
            return;
        }
        case '<':
            CHECK(placeholders_.hide(stage_.take()) == expand(text));
            return;
        default:
            FAIL("not a line of a transcript");
    }
}

void Player::direct(const std::string& direction) {
    std::istringstream words(direction);
    std::string verb;
    words >> verb;
    if (prepare(verb, words)) return;
    if (!stage_.session) stage_.start();
    std::string word;
    std::getline(words >> std::ws, word);
    if (!change(verb, word) && !end(verb) && !check(verb, word)) FAIL("no such direction");
    stage_.loop.settle();
}

bool Player::prepare(const std::string& verb, std::istringstream& words) {
    std::string word;
    if (verb == "tools") {  // only these exist
        while (words >> word)
            stage_.tools.push_back(word);
    } else if (verb == "offer") {  // beside tools: resources, prompts
        while (words >> word)
            (word == "resources" ? stage_.resources : stage_.prompts) = true;
    } else if (verb == "limit") {  // of calls at once
        words >> stage_.limits.in_flight;
    } else if (verb == "limit_tasks") {
        words >> stage_.limits.tasks;
    } else if (verb == "let") {  // $NAME stands for the rest of the line
        define(words);
    } else {
        return false;
    }
    return true;
}

void Player::define(std::istringstream& words) {
    std::string name;
    std::string text;
    words >> name;
    std::getline(words >> std::ws, text);
    abbreviations_['$' + name] = expand(text);
}

bool Player::change(const std::string& verb, const std::string& subject) {
    auto& registry = stage_.server->registry();
    if (verb == "release") {  // lets the waiting calls of a tool end
        stage_.fakes.release(subject);
    } else if (verb == "open") {  // the gate of the offered tools
        stage_.gate.set();
    } else if (verb == "advance") {  // the clock, by seconds
        stage_.loop.advance(std::chrono::milliseconds(std::stoll(subject) * 1'000));
    } else if (verb == "headers") {  // those of the next message
        set_headers(expand(subject));
    } else if (verb == "add_tool") {
        auto tool = offered_tools(stage_.gate).front();
        tool.name = subject;
        registry.add(std::move(tool));
    } else if (verb == "remove_tool") {
        CHECK(registry.remove_tool(subject));
    } else if (verb == "add_prompts") {
        add_prompts(registry);
    } else if (verb == "remove_prompt") {
        CHECK(registry.remove_prompt(subject));
    } else if (verb == "add_resources") {
        add_resources(registry);
    } else if (verb == "remove_resource") {
        CHECK(registry.remove_resource(subject));
    } else if (verb == "updated") {  // the contents of a resource
        registry.updated(subject);
    } else {
        return false;
    }
    return true;
}

void Player::set_headers(const std::string& text) {
    const auto json = core::Json::parse(text);
    const auto member = [&](const char* name) -> std::optional<std::string> {
        if (!json.contains(name)) return std::nullopt;
        return json[name].get<std::string>();
    };
    headers_.emplace();
    headers_->protocol_version = member("version");
    headers_->method = member("method");
    headers_->name = member("name");
    if (json.contains("parameters"))
        for (const auto& [key, value] : json["parameters"].items())
            headers_->parameters[key] = value.get<std::string>();
}

bool Player::end(const std::string& verb) {
    if (verb == "attach")  // a stream for what belongs to no request
        stage_.session->attach(stage_.client);
    else if (verb == "shutdown")
        stage_.session->cancel_all(core::CancelReason::shutdown);
    else if (verb == "end_tasks")
        stage_.loop.spawn(stage_.server->end_tasks());
    else if (verb == "closed")  // the client went away
        stage_.session->cancel_all(core::CancelReason::closed);
    else if (verb == "disconnect")  // the client of the requests' channel went away
        stage_.session->close(*stage_.client);
    else if (verb == "destroy")  // the session; a new one takes its place
        stage_.session = std::make_unique<Session>(*stage_.server, stage_.server->name_client());
    else
        return false;
    return true;
}

bool Player::check(const std::string& verb, const std::string& value) {
    if (verb == "in_flight") {  // must be this many
        CHECK(stage_.session->in_flight() == std::stoul(value));
    } else if (verb == "timers") {  // must be armed: this many
        CHECK(stage_.loop.timers.armed().size() == std::stoul(value));
    } else if (verb == "abandoned") {  // must be this many so far
        CHECK(stage_.client->abandoned == std::stoi(value));
    } else if (verb == "disposition") {  // of the last answer
        constexpr std::array<std::string_view, 3> names{"answered", "rejected", "not_found"};
        CHECK(names.at(static_cast<std::size_t>(stage_.client->disposition)) == value);
    } else if (verb == "oversized") {  // a message above the limit of this many bytes
        stage_.session->reject_oversized(std::stoul(value), stage_.client);
    } else {
        return false;
    }
    return true;
}

std::string Player::expand(std::string text) const {
    for (const auto& [name, value] : abbreviations_)
        replace_all(text, name, value);
    return text;
}

void Player::expect_silence() {
    CHECK(stage_.take() == "");  // nothing else was sent
    stage_.sent.clear();
}

}  // namespace blender_mcpd::mcp
