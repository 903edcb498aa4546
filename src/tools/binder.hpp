// Makes an mcp::Tool of a description and a function: every call passes the guards before the
// function runs, and whatever comes out is turned into a CallToolResult.
#pragma once

#include "source_paths.hpp"
#include "toolbox.hpp"

#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/mcp/tool.hpp>

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <string>

namespace blender_mcpd::tools {

struct Spec {
    std::string name;
    std::string title;
    std::string description;
    core::Json input;
    core::Json output;
    mcp::ToolAnnotations annotations;
    guard::ToolClass tool_class = guard::ToolClass::general;
    bool keeps_scene = false;         // what is not read-only about it are files beside the scene
    bool has_read_only_form = false;  // which clients that may read only get instead
    bool about_all_blenders = false;  // it is about no one of them
    /// Finds the files to read in valid arguments.
    SourcePaths (*source_paths)(core::Json& arguments) = nullptr;
};

/// Gets a toolbox with the Blender of the call, and valid arguments without `instance`. A failure
/// becomes an isError result.
using Handler = std::function<boost::asio::awaitable<core::Result<mcp::ToolAnswer>>(
    Toolbox toolbox, mcp::CallContext context, core::Json arguments)>;

/// spec.input with the argument `instance`, which every tool has that is about one Blender.
[[nodiscard]] core::Json whole_input(const Spec& spec);

/// The input schema is compiled once, by the first call.
[[nodiscard]] mcp::Tool bind(Spec spec, const Toolbox& toolbox, Handler handler);

/// Forwards the arguments as the operation of the same name. Answers of a tool that only reads come
/// from the cache while they are still true.
[[nodiscard]] mcp::Tool pass_through(Spec spec, const Toolbox& toolbox);

/// Sends the arguments as the operation of that name, which changes something.
boost::asio::awaitable<core::Result<mcp::ToolAnswer>> edit(Toolbox toolbox, std::string name,
                                                           core::Json arguments,
                                                           mcp::CallContext context);

/// The operation of that name with these arguments, for the client of that call. `context` must
/// outlive it.
boost::asio::awaitable<blender::Operation> operation(std::string name, core::Json arguments,
                                                     const mcp::CallContext& context);

/// It changes the scene or a file; the record of the call has its name in Blender's journal.
void mark_as_edit(blender::Operation& operation, const mcp::CallContext& context);

/// Reports the steps of an operation to the client.
[[nodiscard]] link::ProgressHandler forward_progress(const mcp::CallContext& context);

/// The reply's result as it is, and its blob as an image when the result speaks of one. Fails when
/// the result is no object: Blender's journal keeps only the state of an operation with a large
/// one.
[[nodiscard]] core::Result<mcp::ToolResult> to_result(link::Reply reply);

}  // namespace blender_mcpd::tools
