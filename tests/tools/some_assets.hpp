// A folder with one asset of each kind, and a library that has nothing else.
#pragma once

#include <blender_mcpd/assets/assets.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include <support/loop.hpp>
#include <unistd.h>

namespace blender_mcpd::tools {

struct SomeAssets {
    SomeAssets() {
        write("Oak_Color.png", "\x89PNG\r\n\x1a\n");
        write("Oak_Normal.png", "\x89PNG\r\n\x1a\n");
        write("studio.hdr", "#?RADIANCE");
        write("studio.png", "\x89PNG\r\n\x1a\n");
        write("chair.glb", "glTF");
    }
    ~SomeAssets() { std::filesystem::remove_all(folder); }
    SomeAssets(const SomeAssets&) = delete;
    SomeAssets& operator=(const SomeAssets&) = delete;

    [[nodiscard]] assets::AssetsOptions options() const {
        assets::AssetsOptions options;
        options.providers = {"local"};
        options.folders = {folder};
        return options;
    }
    void write(const std::string& name, const std::string& content) const {
        std::filesystem::create_directories(folder);
        std::ofstream(folder / name, std::ios::binary) << content;
    }
    const std::filesystem::path folder = "/tmp/some-assets-" + std::to_string(::getpid());
};

/// Removed at the end of the process.
inline const SomeAssets& some_assets() {
    static const SomeAssets all;
    return all;
}

/// The id of the one of that kind.
inline std::string some_asset(assets::Kind kind) {
    test::Loop loop;
    core::Metrics metrics;
    assets::Assets library(loop.timers, metrics, some_assets().options());
    assets::SearchRequest request;
    request.kind = kind;
    return loop.run(library.search(request, {})).value().assets.at(0).id;
}

}  // namespace blender_mcpd::tools
