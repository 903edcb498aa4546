#include "replay_recording.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <utility>

namespace blender_mcpd::app {

namespace {

using core::Json;

bool has_text(const Json& line, const char* name) {
    const auto found = line.find(name);
    return found != line.end() && found->is_string();
}

/// What is wrong with a line; empty: nothing.
std::string fault(const core::Result<Json>& line) {
    if (!line) return line.error().message;
    if (!line->is_object() || !has_text(*line, "event")) return "no record of an audit log";
    const auto& event = line->at("event");
    if (event == "lost")
        return line->value("lines", Json()).is_number_unsigned() ? "" : "\"lines\" is no number";
    if (event != "call" && event != "begin") return "an event of an unknown kind";
    for (const auto* name : {"call", "tool"})
        if (!has_text(*line, name)) return fmt::format("\"{}\" is no text", name);
    if (line->contains("edit") && !line->at("edit").is_boolean()) return "\"edit\" is no boolean";
    return event == "call" && !has_text(*line, "outcome") ? "\"outcome\" is no text" : "";
}

class Reader {
  public:
    core::Result<void> read(const std::string& file) {
        std::ifstream stream(file, std::ios::binary);
        if (!stream)
            return core::Error{core::ErrorCode::not_found,
                               fmt::format("{} cannot be read: {}", file, std::strerror(errno)),
                               "Name a file that audit.path has made"};
        std::size_t number = 0;
        for (std::string text; std::getline(stream, text);) {
            const auto where = fmt::format("{}:{}", file, ++number);
            take(where, text, stream.eof());
        }
        return {};
    }

    core::Result<Recording> finish() {
        if (faults_ > 0)
            return core::Error{core::ErrorCode::invalid,
                               fmt::format("lines are no records: {}", listed_faults_),
                               "Calls are missing there; repair or remove those lines"};
        for (auto& [id, what] : begun_)
            recording_.open.push_back(std::move(what));
        return std::move(recording_);
    }

  private:
    void take(const std::string& where, const std::string& text, bool is_cut) {
        if (text.empty()) return;
        auto line = core::parse_json(text);
        if (!line && is_cut) return recording_.cut.push_back(where);
        if (const auto wrong = fault(line); !wrong.empty()) {
            constexpr std::size_t most_listed = 10;
            if (++faults_ <= most_listed)
                listed_faults_ += fmt::format("{}{} ({})", faults_ == 1 ? "" : ", ", where, wrong);
            return;
        }
        if (line->at("event") == "lost") {
            recording_.lost += line->at("lines").get<std::uint64_t>();
            return;
        }
        const auto id = line->at("call").get<std::string>();
        if (line->at("event") == "begin") {
            begun_[id] = where + ' ' + line->at("tool").get<std::string>();
            return;
        }
        begun_.erase(id);
        recording_.calls.push_back({recording_.calls.size() + 1, where, std::move(*line)});
    }

    Recording recording_;
    std::map<std::string, std::string> begun_;
    std::size_t faults_ = 0;
    std::string listed_faults_;
};

}  // namespace

core::Result<Recording> read_recording(const std::vector<std::string>& files) {
    Reader reader;
    for (const auto& file : files)
        if (auto read = reader.read(file); !read) return read.error();
    return reader.finish();
}

}  // namespace blender_mcpd::app
