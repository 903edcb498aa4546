// 3D models that services make of words or pictures. Each costs somebody money or minutes, so that
// no order is sent twice, and what was ordered can be fetched later.
#pragma once

#include <blender_mcpd/assets/assets.hpp>
#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/error.hpp>
#include <blender_mcpd/core/metrics.hpp>
#include <blender_mcpd/core/secret.hpp>
#include <blender_mcpd/core/timers.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::assets {

/// The names of the services that there are; the first that is set up is the default.
inline constexpr std::array<std::string_view, 3> generation_services{"rodin", "fal", "hunyuan"};

struct GenerationOptions {
    core::Secret rodin_key{};
    core::Secret fal_key{};
    std::string rodin_url = "https://hyperhuman.deemos.com";
    std::string fal_url = "https://queue.fal.run";
    std::string hunyuan_url{};                     // empty: there is none
    bool hunyuan_texture = false;                  // that server can paint
    std::chrono::milliseconds timeout{1'800'000};  // from the order to the finished model
    AssetsOptions downloads{};                     // the cache and the limits of requests
};

struct Picture {
    std::string bytes;
    std::string mime_type;
};

inline constexpr std::size_t largest_picture = std::size_t{10} << 20;  // bytes
inline constexpr std::size_t most_pictures = 5;

/// Errors: invalid, when it is no PNG, JPEG or WebP by its first bytes; too_large. The message is a
/// rule: "must be …".
[[nodiscard]] core::Result<Picture> read_picture(std::string bytes);

struct GenerationRequest {
    std::string service{};                                // empty: the default
    std::string prompt{};                                 // or pictures, or both
    std::vector<Picture> pictures{};                      // of one thing, the first one leads
    std::optional<std::array<double, 3>> bounding_box{};  // lengths above 0 in x, y, z: their ratio
    std::optional<std::int64_t> seed{};
    std::string quality{};  // low, medium, high
    std::string tier{};     // as the service calls its models
};

/// What was ordered, and where.
struct GenerationJob {
    std::string service;
    std::string id;  // the service's

    [[nodiscard]] std::string text() const { return service + ":" + id; }
};

/// Seconds since the call began, and what goes on.
using GenerationProgress = std::function<void(double seconds, std::string message)>;

/// Loop thread. Makes no connection, thread or folder before the first call. Must outlive its
/// calls.
class Generation {
  public:
    Generation(core::Timers& timers, core::Metrics& metrics, GenerationOptions options);
    ~Generation();
    Generation(const Generation&) = delete;
    Generation& operator=(const Generation&) = delete;

    /// Whether it can be ordered; sends nothing. Errors: invalid (an argument that the service has
    /// not), unavailable (it is not set up).
    [[nodiscard]] core::Result<void> check(const GenerationRequest& request);

    /// Orders a model, once: it is never sent again when the service may have seen it, and the
    /// error says so. Errors: as check(), unavailable (the key is refused, no credit is left), and
    /// as those of the network.
    boost::asio::awaitable<core::Result<GenerationJob>> submit(GenerationRequest request,
                                                               core::CancelToken cancel);

    /// The job that text() told. Error: invalid.
    [[nodiscard]] core::Result<GenerationJob> job_of(std::string_view text);

    /// Waits for the model and fetches it. What goes wrong for the moment is asked again until the
    /// time is over. Cancelled by the client it tells the service so, where that can stop. The
    /// remedies of errors that leave the job say how to go on. Errors: unavailable (the service
    /// could not make it), not_found (it knows no such job), timeout, as Assets::prepare().
    boost::asio::awaitable<core::Result<Prepared>> finish(GenerationJob job,
                                                          GenerationProgress on_progress,
                                                          core::CancelToken cancel);

  private:
    struct Parts;
    Parts& parts();

    core::Timers& timers_;
    core::Metrics& metrics_;
    const GenerationOptions options_;
    std::unique_ptr<Parts> parts_;
};

/// The error of something that was done with the model of that job: it is still there.
[[nodiscard]] core::Error keeping_job(core::Error error, const GenerationJob& job);

}  // namespace blender_mcpd::assets
