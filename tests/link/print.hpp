#pragma once

#include <blender_mcpd/core/error.hpp>

#include <string>

#include <support/catch.hpp>

/// Results print their error, whether or not their value can be printed.
template <typename T>
struct Catch::StringMaker<boost::system::result<T, blender_mcpd::core::Error>> {
    static std::string convert(const boost::system::result<T, blender_mcpd::core::Error>& result) {
        return result ? "a value" : "error: " + blender_mcpd::core::describe(result.error());
    }
};
