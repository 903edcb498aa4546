#include "encode.hpp"

#include "content.hpp"

#include <blender_mcpd/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace blender_mcpd::mcp {

namespace {

// Codes that not every revision has.
int code(RpcCode code, Revision revision) {
    const bool unknown = revision.modern() ? code == RpcCode::resource_not_found
                                           : code == RpcCode::missing_client_capability;
    return static_cast<int>(unknown ? RpcCode::invalid_params : code);
}

void begin_result(std::string& out, std::string_view id, Revision revision, std::string_view type) {
    out += R"({"jsonrpc":"2.0","id":)";
    out += id;
    out += R"(,"result":{)";
    if (!revision.modern()) return;
    out += R"("resultType":")";
    out += type;
    out += "\",";
}

void end_result(std::string& out, Revision revision, const Implementation& implementation,
                std::initializer_list<std::string_view> meta_members) {
    std::string members;
    const auto add = [&](std::string_view member) {
        if (member.empty()) return;
        if (!members.empty()) members += ',';
        members += member;
    };
    for (const auto member : meta_members)
        add(member);
    if (revision.modern())
        add(fmt::format(R"("{}":{{"name":{},"version":{}}})", meta::server_info,
                        core::quoted(implementation.name), core::quoted(implementation.version)));
    if (!members.empty()) {
        out += R"("_meta":{)";
        out += members;
        out += "},";
    }
    if (out.back() == ',') out.pop_back();
    out += "}}";
}

}  // namespace

std::string error_object(Revision revision, const RpcError& error) {
    auto out = fmt::format(R"({{"code":{},"message":)", code(error.code, revision));
    core::append_quoted(out, error.message);
    if (!error.data.empty()) {
        out += R"(,"data":)";
        append_on_one_line(out, error.data);
    }
    return out + '}';
}

std::string encode_error(std::string_view id, Revision revision, const RpcError& error) {
    std::string out = R"({"jsonrpc":"2.0",)";
    if (!id.empty()) {
        out += R"("id":)";
        out += id;
        out += ',';
    }
    return out + R"("error":)" + error_object(revision, error) + '}';
}

std::string encode_result(std::string_view id, Revision revision,
                          const Implementation& implementation, std::string_view members,
                          std::string_view meta, std::string_view type) {
    std::string out;
    begin_result(out, id, revision, type);
    out += members;
    if (!members.empty()) out += ',';
    end_result(out, revision, implementation, {meta});
    return out;
}

std::string encode_tool_result(std::string_view id, Revision revision,
                               const Implementation& implementation, ToolResult result,
                               std::string_view meta) {
    std::string out;
    begin_result(out, id, revision, "complete");
    const auto own_meta = std::move(result.meta);
    append_tool_result(out, revision, std::move(result));
    out += ',';
    end_result(out, revision, implementation, {own_meta, meta});
    return out;
}

std::string encode_notification(std::string_view method, std::string_view params) {
    std::string out = R"({"jsonrpc":"2.0","method":")";
    out += method;
    out += '"';
    if (!params.empty()) {
        out += R"(,"params":{)";
        out += params;
        out += '}';
    }
    return out + '}';
}

std::string encode_request(std::string_view id, const InputRequest& request) {
    return fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":{},"params":{}}})", id,
                       core::quoted(request.method), core::dump(request.params));
}

std::string encode_progress(std::string_view token, Revision revision, const Progress& progress) {
    auto params = fmt::format(R"("progressToken":{},"progress":{})", token, progress.value);
    if (progress.total && std::isfinite(*progress.total))
        params += fmt::format(R"(,"total":{})", *progress.total);
    if (!progress.message.empty() && revision.has_progress_message())
        params += R"(,"message":)" + core::quoted(progress.message);
    return encode_notification("notifications/progress", params);
}

std::string tool_result_members(Revision revision, ToolResult result) {
    std::string out;
    const auto meta = std::move(result.meta);
    append_tool_result(out, revision, std::move(result));
    if (!meta.empty()) out += R"(,"_meta":{)" + meta + '}';
    return out;
}

std::string prompt_members(Revision revision, const PromptResult& result) {
    std::string out;
    if (!result.description.empty())
        out += R"("description":)" + core::quoted(result.description) + ',';
    out += R"("messages":[)";
    for (const auto& message : result.messages) {
        if (out.back() != '[') out += ',';
        out += R"({"role":)" + core::quoted(message.role) + R"(,"content":)";
        append_content(out, revision, message.content);
        out += '}';
    }
    return out + ']';
}

std::string contents_members(Revision revision, const std::vector<ResourceContents>& contents) {
    std::string out = R"("contents":[)";
    for (const auto& part : contents) {
        if (out.back() != '[') out += ',';
        append_contents(out, part);
    }
    out += ']';
    // A scene changes at any time, and belongs to who may see it.
    if (revision.modern()) out += R"(,"ttlMs":0,"cacheScope":"private")";
    return out;
}

std::string completion_members(Completion completion) {
    const auto known = completion.total.value_or(completion.values.size());
    const auto total = std::max(known, completion.values.size());
    if (completion.values.size() > max_completions) completion.values.resize(max_completions);
    core::Json json{{"values", completion.values}};
    if (completion.total || total > completion.values.size()) json["total"] = total;
    json["hasMore"] = total > completion.values.size();
    return R"("completion":)" + core::dump(json);
}

std::string encode_questions(const std::map<std::string, InputRequest>& requests) {
    std::string out = "{";
    for (const auto& [key, request] : requests) {
        if (out.size() > 1) out += ',';
        core::append_quoted(out, key);
        out += fmt::format(R"(:{{"method":{},"params":{}}})", core::quoted(request.method),
                           core::dump(request.params));
    }
    return out + '}';
}

std::string input_required_members(const std::map<std::string, InputRequest>& requests,
                                   std::string_view request_state) {
    std::string out;
    if (!requests.empty()) out = R"("inputRequests":)" + encode_questions(requests);
    if (request_state.empty()) return out;
    if (!out.empty()) out += ',';
    return out + R"("requestState":)" + core::quoted(request_state);
}

}  // namespace blender_mcpd::mcp
