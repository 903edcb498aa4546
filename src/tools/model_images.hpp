// The images that a model is made of: from files that may be read, or within the call.
#pragma once

#include "toolbox.hpp"

#include <blender_mcpd/assets/generation.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/json.hpp>

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace blender_mcpd::tools {

/// Those of the argument `images`; none without it. Nothing else is read: no URL, no file out of
/// the folders that are allowed, and none that is no image. Blocks on the disk for files of
/// assets::largest_picture at most. Errors name the image.
boost::asio::awaitable<core::Result<std::vector<assets::Picture>>> read_images(
    Toolbox toolbox, core::Json arguments);

}  // namespace blender_mcpd::tools
