#include <blender_mcpd/mcp/call_audit.hpp>
#include <blender_mcpd/mcp/tool.hpp>

#include <fmt/format.h>

#include <array>

#include <sodium.h>

namespace blender_mcpd::mcp {

namespace {

/// Takes the parts of a result one by one.
class Summarizer {
  public:
    explicit Summarizer(bool with_content) : with_content_(with_content) {
        crypto_hash_sha256_init(&hash_);
    }

    void structured(const std::string& json) {
        add(json);
        constexpr std::size_t short_enough = std::size_t{64} << 10;
        if (with_content_ || json.size() <= short_enough) summary_.structured = json;
    }
    void operator()(const TextContent& content) {
        add(content.text);
        if (!with_content_) return;
        if (!summary_.text.empty()) summary_.text += '\n';
        summary_.text += content.text;
    }
    void operator()(const ImageContent& content) { media(content.bytes); }
    void operator()(const AudioContent& content) { media(content.bytes); }
    void operator()(const ResourceLink& link) { add(link.uri); }
    void operator()(const ResourceContents& contents) { add(contents.data); }

    ResultSummary finish() {
        std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
        crypto_hash_sha256_final(&hash_, digest.data());
        for (const auto byte : digest)
            summary_.sha256 += fmt::format("{:02x}", byte);
        return std::move(summary_);
    }

  private:
    void media(std::string_view bytes) {
        add(bytes);
        ++summary_.images;
    }
    void add(std::string_view bytes) {
        crypto_hash_sha256_update(&hash_, reinterpret_cast<const unsigned char*>(bytes.data()),
                                  bytes.size());
        summary_.bytes += bytes.size();
    }

    ResultSummary summary_;
    bool with_content_;
    crypto_hash_sha256_state hash_{};
};

}  // namespace

ResultSummary summarize(const ToolResult& result, bool with_content) {
    Summarizer summarizer(with_content);
    if (!result.structured.empty()) summarizer.structured(result.structured);
    for (const auto& content : result.content)
        std::visit(summarizer, content);
    auto summary = summarizer.finish();
    summary.is_error = result.is_error;
    summary.meta = result.meta;
    return summary;
}

std::string_view to_string(CallOutcome outcome) {
    switch (outcome) {
        case CallOutcome::ok:
            return "ok";
        case CallOutcome::failed:
            return "failed";
        case CallOutcome::protocol_error:
            return "protocol_error";
        case CallOutcome::cancelled:
            return "cancelled";
        case CallOutcome::input_required:
            return "input_required";
        case CallOutcome::unanswered:
            break;
    }
    return "unanswered";
}

}  // namespace blender_mcpd::mcp
