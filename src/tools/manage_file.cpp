#include "binder.hpp"
#include "catalogue.hpp"
#include "fragments.hpp"

namespace blender_mcpd::tools {
namespace {

using namespace schema;

Spec spec() {
    return {
        "manage_file",
        "Manage the .blend file",
        "Starts a new file, opens one, or saves. Refuses to lose unsaved changes without "
        "discard_changes, and to replace another file without overwrite. Undo history ends with "
        "new and open. Returns the open file.",
        object({
            {"action", one_of({"new", "open", "save", "save_as"}), required},
            {"path",
             with_format("file-path",
                         string(1, 4'096, "Absolute, ends in .blend; for open and save_as."))},
            {"discard_changes", boolean("For new and open.")},
            {"overwrite", boolean("For save_as.")},
            {"use_empty", boolean("new: without the default objects.")},
        }),
        result({
            {"action", type("string"), required},
            {"file", type("string"), required},
            {"dirty", type("boolean")},
            {"bytes", type("integer")},
            {"changes", fragments::changes()},
            {"generation", fragments::generation(), required},
        }),
        {.read_only = false, .destructive = true, .idempotent = false, .open_world = false},
    };
}

}  // namespace

mcp::Tool manage_file(blender::Blender& blender) {
    return pass_through(spec(), blender);
}

}  // namespace blender_mcpd::tools
