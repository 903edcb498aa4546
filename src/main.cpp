#include <blender_mcpd/app/command_line.hpp>

int main(int argc, char** argv) {
    return blender_mcpd::app::run(argc, argv);
}
