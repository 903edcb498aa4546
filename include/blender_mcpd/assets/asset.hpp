// What providers have to offer, in words that are the same for all of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace blender_mcpd::assets {

enum class Kind {
    texture,  // the maps of one material
    hdri,     // an environment to light a scene with
    model,    // objects
};

/// In the order of Kind.
inline constexpr std::array<std::string_view, 3> kind_names{"texture", "hdri", "model"};

[[nodiscard]] constexpr std::string_view to_string(Kind kind) {
    return kind_names[static_cast<std::size_t>(kind)];
}
[[nodiscard]] std::optional<Kind> kind_named(std::string_view name);

inline constexpr std::string_view polyhaven_provider = "polyhaven";
inline constexpr std::string_view ambientcg_provider = "ambientcg";
inline constexpr std::string_view local_provider = "local";
inline constexpr std::string_view sketchfab_provider = "sketchfab";
inline constexpr std::string_view polypizza_provider = "polypizza";

/// Those that there are.
inline constexpr std::array provider_names{polyhaven_provider, ambientcg_provider, local_provider,
                                           sketchfab_provider, polypizza_provider};

struct License {
    std::string name;  // "CC0-1.0" (SPDX, where there is one); empty: not known
    std::string url{};
};

struct Asset {
    std::string provider;
    std::string id;  // of that provider
    std::string name;
    Kind kind = Kind::texture;
    std::vector<std::string> authors{};
    License license{};
    std::string source_url{};   // a page for people; empty: none
    std::string preview_url{};  // of an image; empty: none
    std::string attribution{};  // the credit line that the provider asks for; empty: none
    std::vector<std::string> tags{};
    std::vector<std::string> categories{};  // as the provider calls them
    std::vector<std::string>
        resolutions{};               // "1k"; empty: not known before import, or there is one
    double size_m = 0;               // how wide what a texture shows is, in metres; 0: not known
    std::int64_t downloads = 0;      // how often it was fetched, as the provider counts
    std::int64_t faces = 0;          // of a model, as the provider counts; 0: not known
    std::optional<bool> animated{};  // of a model; nullopt: not known
};

/// A file of an asset, for Blender to read.
struct AssetFile {
    std::filesystem::path path;  // absolute
    /// Of textures: color, normal_gl, normal_dx, roughness, glossiness, metallic,
    /// ambient_occlusion, displacement, opacity, emission, arm. Of HDRIs: environment. Of models:
    /// model, and dependency for what it reads in turn.
    std::string role;
};

}  // namespace blender_mcpd::assets
