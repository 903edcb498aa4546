// Catch2 v2 or v3, whichever the distribution has.
#pragma once

#ifdef BLENDER_MCPD_CATCH3
#include <catch2/catch_all.hpp>
using Catch::Matchers::ContainsSubstring;
#else
#include <catch2/catch.hpp>
inline auto ContainsSubstring(const std::string& text) {
    return Catch::Matchers::Contains(text);
}
#endif
