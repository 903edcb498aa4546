#include "answers.hpp"

#include "failure.hpp"

#include <blender_mcpd/core/json.hpp>

#include <utility>
#include <vector>

namespace blender_mcpd::tools {
namespace {

/// The runtime's error has a kind; a missing program has the same code and none.
bool blender_knows_no_such(const core::Error& error) {
    if (error.code != core::ErrorCode::not_found) return false;
    const auto details = core::RawObject::scan(error.details);
    return details && details->find("kind") == R"("not_found")";
}

}  // namespace

mcp::ResourceAnswer contents(std::string uri, std::string mime_type, std::string text) {
    std::vector<mcp::ResourceContents> list;
    list.push_back({std::move(uri), std::move(mime_type), std::move(text)});
    return list;
}

mcp::RpcError rpc_error(const core::Error& error) {
    return {mcp::RpcCode::internal_error, explain_failure(error, Effect::none),
            '{' + error_meta(error) + '}'};
}

mcp::ResourceAnswer failure(const std::string& uri, const core::Error& error) {
    if (!blender_knows_no_such(error)) return rpc_error(error);
    auto answer = mcp::resource_not_found(uri);
    answer.message += ": " + error.message;
    return answer;
}

}  // namespace blender_mcpd::tools
