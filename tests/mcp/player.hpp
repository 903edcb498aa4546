// Plays a transcript against a session, see transcript_test.cpp.
#pragma once

#include "stage.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace blender_mcpd::mcp {

/// What no two runs have in common, by names: <task-1> and <state-1> are the first id of a task and
/// the first requestState that were sent, <time> is any time.
class Placeholders {
  public:
    /// A sent message with names in place of what they stand for.
    [[nodiscard]] std::string hide(std::string message);
    /// The other way round, for messages to the session.
    [[nodiscard]] std::string fill(std::string message) const;

  private:
    void learn(const std::string& message, std::string_view member, std::string_view kind);

    std::map<std::string, std::string> values_;  // by name
    std::map<std::string, int> counts_;          // by kind
};

class Player {
  public:
    void play(const std::filesystem::path& file);

  private:
    void perform(const std::string& line);
    void direct(const std::string& direction);
    /// False when it is no direction of that kind.
    bool prepare(const std::string& verb, std::istringstream& words);
    bool change(const std::string& verb, const std::string& subject);
    bool end(const std::string& verb);
    bool check(const std::string& verb, const std::string& value);
    void define(std::istringstream& words);
    void set_headers(const std::string& json);
    [[nodiscard]] std::string expand(std::string text) const;
    void expect_silence();

    Stage stage_;
    Placeholders placeholders_;
    std::map<std::string, std::string> abbreviations_;
    std::optional<MirroredHeaders> headers_;  // of the next message
};

}  // namespace blender_mcpd::mcp
