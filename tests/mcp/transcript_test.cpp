// Plays the files in transcripts/ against a session:
//     # a comment
//     ! a stage direction, see direct() below
//     > a message to the session
//     < a message that it must have sent since, byte for byte
// Messages must be expected in the order in which they are sent, and all of them before the next
// message or direction.
#include "stage.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace blender_mcpd::mcp {

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> transcripts() {
    std::vector<fs::path> files;
    for (const auto& entry :
         fs::directory_iterator(fs::path(__FILE__).parent_path() / "transcripts"))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

class Player {
  public:
    void play(const fs::path& file) {
        std::ifstream in(file);
        std::string line;
        for (int number = 1; std::getline(in, line); ++number) {
            INFO(file.filename().string() << ":" << number << ": " << line);
            perform(line);
        }
        expect_silence();
    }

  private:
    void perform(const std::string& line) {
        const auto text = line.size() > 2 ? line.substr(2) : std::string();
        switch (line.empty() ? '#' : line.front()) {
            case '#':
                return;
            case '!':
                expect_silence();
                return direct(text);
            case '>':
                expect_silence();
                return stage_.receive(text);
            case '<':
                CHECK(stage_.take() == text);
                return;
            default:
                FAIL("not a line of a transcript");
        }
    }

    void direct(const std::string& direction) {
        std::istringstream words(direction);
        std::string verb;
        words >> verb;
        std::string word;
        if (verb == "tools") {  // only these exist
            while (words >> word)
                stage_.tools.push_back(word);
        } else if (verb == "limit") {  // of calls at once
            words >> stage_.limits.in_flight;
        } else if (verb == "release") {  // lets the waiting calls of a tool end
            words >> word;
            stage_.fakes.release(word);
        } else if (verb == "shutdown") {
            stage_.session->cancel_all(core::CancelReason::shutdown);
        } else if (verb == "closed") {  // the client went away
            stage_.session->cancel_all(core::CancelReason::closed);
        } else if (verb == "destroy") {  // the session
            stage_.session.reset();
        } else if (verb == "oversized") {  // a message above the limit of this many bytes
            std::size_t limit = 0;
            words >> limit;
            stage_.session->reject_oversized(limit, stage_.client);
        } else if (verb == "in_flight") {  // must be this many
            std::size_t count = 0;
            words >> count;
            CHECK(stage_.session->in_flight() == count);
        } else {
            FAIL("no such direction");
        }
        stage_.loop.settle();
    }

    void expect_silence() {
        CHECK(stage_.take() == "");  // nothing else was sent
        stage_.sent.clear();
    }

    Stage stage_;
};

}  // namespace

TEST_CASE("transcripts") {
    const auto files = transcripts();
    REQUIRE_FALSE(files.empty());
    for (const auto& file : files) {
        DYNAMIC_SECTION(file.stem().string()) {
            Player().play(file);
        }
    }
}

}  // namespace blender_mcpd::mcp
