# For the package: everything but glibc comes into the program, so that one file runs on every newer Linux. Included before the
# libraries are looked for; `use_static_archives()` is called after.
#
# The distribution has some of our libraries as shared ones only: scripts/support/static-libraries makes archives of them.

set(CMAKE_FIND_LIBRARY_SUFFIXES .a)

function(use_static_archives)
    foreach(library spdlog::spdlog=libspdlog.a fmt::fmt=libfmt.a prometheus-cpp::core=libprometheus-cpp-core.a
            tomlplusplus::tomlplusplus=libtomlplusplus.a)
        string(REPLACE "=" ";" pair ${library})
        list(GET pair 0 target)
        list(GET pair 1 archive)
        get_target_property(type ${target} TYPE)
        if(type STREQUAL INTERFACE_LIBRARY)
            continue()  # headers alone
        endif()
        set(file ${BLENDER_MCPD_STATIC_LIBRARIES}/${archive})
        if(NOT EXISTS ${file})
            message(FATAL_ERROR "There is no ${file}: set BLENDER_MCPD_STATIC_LIBRARIES to what scripts/support/static-libraries prints")
        endif()
        get_target_property(configurations ${target} IMPORTED_CONFIGURATIONS)
        set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${file})
        foreach(configuration ${configurations})
            set_target_properties(${target} PROPERTIES IMPORTED_LOCATION_${configuration} ${file} IMPORTED_SONAME_${configuration} "")
        endforeach()
    endforeach()
    # What nobody calls stays out: a megabyte less to map at each start.
    add_link_options(-static-libstdc++ -static-libgcc -Wl,--gc-sections)
endfunction()
