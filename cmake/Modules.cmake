# One static library per module, all compiled with the same flags so that they can share one precompiled header.

add_library(blender_mcpd_flags INTERFACE)
target_compile_options(blender_mcpd_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
    -fno-char8_t
    # With optimisation, these warnings of g++ 12 are wrong about std::string, std::variant and coroutine frames.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-mismatched-new-delete -Wno-array-bounds
        -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict>)
target_compile_definitions(blender_mcpd_flags INTERFACE
    # A json that converts to anything hides mistakes and makes Result<Json> ambiguous.
    JSON_USE_IMPLICIT_CONVERSIONS=0
    BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_DATE_TIME BOOST_ALL_NO_LIB)
target_include_directories(blender_mcpd_flags INTERFACE ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(blender_mcpd_flags INTERFACE
    Boost::headers Threads::Threads nlohmann_json::nlohmann_json spdlog::spdlog fmt::fmt)

file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/pch.cpp CONTENT "// carries the precompiled header\n")
add_library(blender_mcpd_pch OBJECT ${CMAKE_BINARY_DIR}/pch.cpp)
target_link_libraries(blender_mcpd_pch PRIVATE blender_mcpd_flags)
target_precompile_headers(blender_mcpd_pch PRIVATE ${PROJECT_SOURCE_DIR}/cmake/pch.hpp)

# blender_mcpd_module(NAME [modules it may use...]): library blender_mcpd_NAME of src/NAME/*.cpp.
function(blender_mcpd_module name)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
    add_library(blender_mcpd_${name} STATIC ${sources})
    target_include_directories(blender_mcpd_${name} PRIVATE ${PROJECT_SOURCE_DIR}/src/${name})
    target_link_libraries(blender_mcpd_${name} PUBLIC blender_mcpd_flags)
    foreach(used ${ARGN})
        target_link_libraries(blender_mcpd_${name} PUBLIC blender_mcpd_${used})
    endforeach()
    target_precompile_headers(blender_mcpd_${name} REUSE_FROM blender_mcpd_pch)
endfunction()
