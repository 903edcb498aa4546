#include "project_folder.hpp"

namespace blender_mcpd::test {

std::filesystem::path project_folder() {
    return BLENDER_MCPD_PROJECT_FOLDER;
}

}  // namespace blender_mcpd::test
