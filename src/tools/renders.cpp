#include "answers.hpp"
#include "completions.hpp"
#include "resources.hpp"

#include <blender_mcpd/core/text.hpp>
#include <blender_mcpd/tools/renders.hpp>

#include <algorithm>
#include <utility>

namespace blender_mcpd::tools {

namespace asio = boost::asio;

namespace {

/// `image` may be null.
asio::awaitable<mcp::ResourceAnswer> read_image(guard::RateLimiter& limiter, std::string client,
                                                std::string uri,
                                                std::shared_ptr<const mcp::ImageContent> image) {
    const auto permit = limiter.acquire(client, "resources/read", guard::ToolClass::general);
    if (!permit) co_return rpc_error(permit.error());
    if (!image) co_return mcp::resource_not_found(uri);
    std::vector<mcp::ResourceContents> list;
    list.push_back({std::move(uri), image->mime_type, image->bytes, true});
    co_return list;
}

asio::awaitable<mcp::Completion> complete(std::vector<std::string> ids,
                                          mcp::CompletionRequest request) {
    if (request.argument == "instance")
        co_return ranked({std::string(blender::current_instance)}, request.value);
    co_return ranked(std::move(ids), request.value);
}

}  // namespace

Renders::Renders(Limits limits) : limits_(limits), run_(core::random_hex(3)) {}

void Renders::publish_in(mcp::Registry& registry, guard::RateLimiter& limiter) {
    registry_ = &registry;
    limiter_ = &limiter;
    mcp::ResourceTemplate all;
    all.uri_template = "blender://{instance}/render/{id}";
    all.name = "render";
    all.title = "Rendered image";
    all.description = "One of the last images that the render tool made.";
    all.mime_type = "image/png";
    all.read = [this](const mcp::CallContext& context, const mcp::ResourceRequest& request) {
        const bool here = request.variables.at("instance") == blender::current_instance;
        return read_image(*limiter_, context.client, request.uri,
                          here ? find(request.variables.at("id")) : nullptr);
    };
    all.complete = [this](const mcp::CallContext&, mcp::CompletionRequest request) {
        return complete(ids(), std::move(request));
    };
    registry.add(std::move(all));
}

std::optional<mcp::ResourceLink> Renders::keep(const mcp::ImageContent& image,
                                               std::string description) {
    const auto size = image.bytes.size();
    if (registry_ == nullptr || limits_.images == 0 || size > limits_.bytes) return {};
    while (images_.size() >= limits_.images || bytes_ + size > limits_.bytes)
        drop_oldest();

    const auto number = std::to_string(++kept_);
    Image kept{run_ + '-' + number, {}, std::make_shared<const mcp::ImageContent>(image)};
    kept.uri = uri_of(blender::current_instance, "render/" + kept.id);
    mcp::Resource resource;
    resource.uri = kept.uri;
    resource.name = "render " + kept.id;
    resource.title = "Render " + number;
    resource.description = description;
    resource.mime_type = image.mime_type;
    resource.read = [limiter = limiter_, content = kept.content](
                        const mcp::CallContext& context, const mcp::ResourceRequest& request) {
        return read_image(*limiter, context.client, request.uri, content);
    };
    mcp::ResourceLink link{resource.uri, resource.name, std::move(description), image.mime_type};
    bytes_ += size;
    images_.push_back(std::move(kept));
    registry_->add(std::move(resource));
    return link;
}

std::vector<std::string> Renders::ids() const {
    std::vector<std::string> newest_first;
    for (auto image = images_.rbegin(); image != images_.rend(); ++image)
        newest_first.push_back(image->id);
    return newest_first;
}

void Renders::drop_oldest() {
    auto oldest = std::move(images_.front());
    images_.pop_front();
    bytes_ -= oldest.content->bytes.size();
    registry_->remove_resource(oldest.uri);
}

std::shared_ptr<const mcp::ImageContent> Renders::find(std::string_view id) const {
    const auto found = std::find_if(images_.begin(), images_.end(),
                                    [&](const Image& image) { return image.id == id; });
    return found == images_.end() ? nullptr : found->content;
}

}  // namespace blender_mcpd::tools
