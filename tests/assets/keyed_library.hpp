// A library whose providers want keys, and have them.
#pragma once

#include "keyed_shapes.hpp"
#include "stage.hpp"

#include <blender_mcpd/assets/assets.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <support/captured_log.hpp>

namespace blender_mcpd::assets {

using Names = std::vector<std::string>;

struct KeyedLibrary : Stage {
    KeyedLibrary() {
        options.providers = {"sketchfab", "polypizza"};
        options.cache = folder / "cache";
        options.sketchfab_url = server.url();
        options.sketchfab_token = {"the token of Sketchfab", "https://sketchfab.example/settings",
                                   "assets.sketchfab_token_file", "SKETCHFAB_TOKEN"};
        options.sketchfab_token.value = FakeSketchfab::token;
        options.polypizza_url = second.url();
        options.polypizza_key = {"the key of Poly Pizza", "https://pizza.example/settings",
                                 "assets.polypizza_key_file", "POLYPIZZA_KEY"};
        options.polypizza_key.value = FakePolyPizza::key;
        options.version = "1";
    }

    Assets& assets() {
        if (!assets_) assets_.emplace(timers, metrics, options);
        return *assets_;
    }
    core::Result<SearchAnswer> search(SearchRequest request) {
        return run(assets().search(std::move(request), cancel.token()));
    }
    core::Result<Prepared> prepare(ImportRequest request) {
        return run(assets().prepare(std::move(request), nullptr, cancel.token()));
    }
    core::Result<Preview> preview(const std::string& provider, const std::string& id) {
        return run(assets().preview(provider, id, cancel.token()));
    }
    /// Everything page by page, as names.
    Names walk(SearchRequest request, int most_pages = 30) {
        Names all;
        for (int page = 0; page < most_pages; ++page) {
            const auto found = search(request).value();
            for (const auto& one : found.assets)
                all.push_back(one.name);
            request.cursor = found.cursor;
            if (request.cursor.empty()) return all;
        }
        all.emplace_back("no end");
        return all;
    }

    test::CapturedLog log;
    HttpServer second{io};
    FakeSketchfab sketchfab{server};
    FakePolyPizza polypizza{second};
    AssetsOptions options;

  private:
    std::optional<Assets> assets_;
};

}  // namespace blender_mcpd::assets
