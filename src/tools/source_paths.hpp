// Paths of files that an operation will read: inside the allowed folders, and absolute from then
// on.
#pragma once

#include "toolbox.hpp"

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/json.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace blender_mcpd::tools {

struct SourcePath {
    core::Json* value;  // a string inside the arguments
    std::string where;  // its place there, for messages
    /// The object with `value` in it, when its file may name others in turn; nullptr: it does not.
    core::Json* names_others = nullptr;
};
using SourcePaths = std::vector<SourcePath>;

/// All that may be read: `roots` and that of the open file.
boost::asio::awaitable<core::Json> readable_folders(Toolbox toolbox);

/// Replaces each path by the whole path of its file, and adds `folders`, those that may be read, to
/// the objects whose files name others. Stops at the first that is not allowed or not there; the
/// arguments must not be used then. They must outlive the call.
boost::asio::awaitable<core::Result<void>> resolve(Toolbox toolbox, SourcePaths paths);

}  // namespace blender_mcpd::tools
