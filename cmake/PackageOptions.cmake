# Read by cpack, once for each kind of package.
if(CPACK_GENERATOR STREQUAL "TGZ")
    # The units of the archive would start a program that is not there: `blender-mcpd service install` writes those that fit.
    list(TRANSFORM CPACK_INSTALL_CMAKE_PROJECTS REPLACE "^ALL$" "program")
endif()
