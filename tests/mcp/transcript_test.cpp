// Plays the files in transcripts/ against a session:
//     # a comment
//     ! a stage direction, see Player
//     > a message to the session
//     < a message that it must have sent since, byte for byte; but see Placeholders
// Messages must be expected in the order in which they are sent, and all of them before the next
// message or direction.
#include "player.hpp"

#include <algorithm>
#include <vector>

#include <support/project_folder.hpp>

namespace blender_mcpd::mcp {

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> transcripts() {
    std::vector<fs::path> files;
    for (const auto& entry :
         fs::directory_iterator(test::project_folder() / "tests/mcp/transcripts"))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

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
