// One service that makes models. What all have in common is in Generation.
#pragma once

#include "http.hpp"
#include "store.hpp"

#include <blender_mcpd/assets/generation.hpp>
#include <blender_mcpd/core/cancel.hpp>
#include <blender_mcpd/core/error.hpp>

#include <boost/asio/awaitable.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace blender_mcpd::assets {

/// What it can be told.
struct Abilities {
    std::size_t pictures = 1;
    bool prompt_with_pictures = false;
    bool bounding_box = false;
    std::int64_t largest_seed = 0;
    std::vector<std::string_view> qualities{};
    std::vector<std::string_view> tiers{};
};

/// A finished model: to fetch, or the bytes of a .glb file.
using FinishedModel = std::variant<Bundle, std::string>;

struct JobState {
    std::string message{};                 // what goes on: "waits, 3 are before it"
    std::optional<FinishedModel> model{};  // of a job that is done
};

class Generator {
  public:
    virtual ~Generator() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    /// For people: a page about the service, with its terms.
    [[nodiscard]] virtual std::string_view page() const = 0;
    [[nodiscard]] virtual const Abilities& abilities() const = 0;
    [[nodiscard]] virtual bool is_set_up() const = 0;
    /// That sets it up.
    [[nodiscard]] virtual std::string_view setting() const = 0;
    [[nodiscard]] virtual bool is_job(std::string_view id) const = 0;

    /// Orders it; returns the id of the job. The request is one that it can be told.
    virtual boost::asio::awaitable<core::Result<std::string>> submit(GenerationRequest request,
                                                                     core::CancelToken cancel) = 0;
    /// Errors: unavailable, when it has failed; connection, timeout and busy, when it is worth to
    /// look again.
    virtual boost::asio::awaitable<core::Result<JobState>> look(std::string id,
                                                                core::CancelToken cancel) = 0;
    /// Nobody waits for it any more. True when the service stops it.
    virtual boost::asio::awaitable<bool> abandon(std::string) { co_return false; }
};

/// Whole numbers from 1 on in that ratio, of which the largest is 100.
[[nodiscard]] std::array<long, 3> shares_of(const std::array<double, 3>& lengths);

}  // namespace blender_mcpd::assets
