// A service that makes models, on the loop of the test.
#pragma once

#include <blender_mcpd/assets/generation.hpp>
#include <blender_mcpd/core/text.hpp>

#include <boost/asio/io_context.hpp>

#include <filesystem>

#include <assets/generation_shapes.hpp>

namespace blender_mcpd::tools {

struct SomeServices {
    explicit SomeServices(boost::asio::io_context& io) : rodin(io) { assets::serve_rodin(rodin); }
    ~SomeServices() { std::filesystem::remove_all(cache); }
    SomeServices(const SomeServices&) = delete;
    SomeServices& operator=(const SomeServices&) = delete;

    [[nodiscard]] assets::GenerationOptions options() const {
        assets::GenerationOptions options;
        options.rodin_url = rodin.url();
        options.rodin_key = {.name = "the key",
                             .source = "here",
                             .setting = "generation.rodin_key_file",
                             .variable = "KEY",
                             .value = "key-that-nobody-may-see"};
        options.downloads.cache = cache;
        return options;
    }

    assets::HttpServer rodin;
    const std::filesystem::path cache =
        std::filesystem::temp_directory_path() / ("some-services-" + core::random_hex(8));
};

}  // namespace blender_mcpd::tools
