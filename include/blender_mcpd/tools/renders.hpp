// The last images that `render` made, as resources: whoever was not the caller can look at them,
// and who was need not render again. Loop thread only.
#pragma once

#include <blender_mcpd/guard/rate_limiter.hpp>
#include <blender_mcpd/mcp/content.hpp>
#include <blender_mcpd/mcp/registry.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::tools {

class Renders {
  public:
    struct Limits {
        std::size_t images = 16;
        std::size_t bytes = std::size_t{64} << 20;  // of the images together
    };

    Renders() : Renders(Limits{}) {}
    explicit Renders(Limits limits);
    Renders(const Renders&) = delete;
    Renders& operator=(const Renders&) = delete;

    /// From now on each image that is kept is a resource of `registry`, with a template for all of
    /// them. Reads need a permit of `limiter`. Both must outlive it.
    void publish_in(mcp::Registry& registry, guard::RateLimiter& limiter);

    /// Keeps a copy; the oldest make room. Nothing when the image is larger than all the room, or
    /// before publish_in().
    std::optional<mcp::ResourceLink> keep(const mcp::ImageContent& image, std::string description);

    /// Their ids, the newest first.
    [[nodiscard]] std::vector<std::string> ids() const;

  private:
    struct Image {
        std::string id;
        std::string uri;
        std::shared_ptr<const mcp::ImageContent> content;
    };
    void drop_oldest();
    [[nodiscard]] std::shared_ptr<const mcp::ImageContent> find(std::string_view id) const;

    const Limits limits_;
    const std::string run_;  // ids of another run of the daemon mean other images
    mcp::Registry* registry_ = nullptr;
    guard::RateLimiter* limiter_ = nullptr;
    std::deque<Image> images_;  // the oldest first
    std::size_t bytes_ = 0;
    std::size_t kept_ = 0;  // so far
};

}  // namespace blender_mcpd::tools
