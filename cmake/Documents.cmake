# Manual pages and completions, made by the program itself, and what is read beside them.

find_program(SCDOC scdoc)
find_program(GZIP gzip)
set(document_folder ${CMAKE_BINARY_DIR}/documents)
set(documents "")

# A page of docs/man, whose line `@PART@` is replaced by what `blender-mcpd manual PART` prints.
function(blender_mcpd_manual page part section)
    set(source ${PROJECT_SOURCE_DIR}/docs/man/${page}.scd)
    set(result ${document_folder}/${page}.gz)
    add_custom_command(OUTPUT ${result}
        COMMAND ${PROJECT_SOURCE_DIR}/scripts/support/manual $<TARGET_FILE:blender-mcpd> ${source} ${part} ${SCDOC} > ${result}
        DEPENDS blender-mcpd ${source} ${PROJECT_SOURCE_DIR}/scripts/support/manual VERBATIM)
    set(documents ${documents} ${result} PARENT_SCOPE)
    install(FILES ${result} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endfunction()

function(blender_mcpd_completion shell name folder)
    set(result ${document_folder}/${shell}/${name})
    add_custom_command(OUTPUT ${result} COMMAND blender-mcpd completion ${shell} > ${result} DEPENDS blender-mcpd VERBATIM)
    set(documents ${documents} ${result} PARENT_SCOPE)
    install(FILES ${result} DESTINATION ${CMAKE_INSTALL_DATADIR}/${folder})
endfunction()

file(MAKE_DIRECTORY ${document_folder}/bash ${document_folder}/zsh ${document_folder}/fish)
if(SCDOC AND GZIP)
    blender_mcpd_manual(blender-mcpd.1 commands 1)
    blender_mcpd_manual(blender-mcpd.toml.5 settings 5)
else()
    message(STATUS "No manual pages: scdoc is not installed")
endif()
# Debian's zsh looks elsewhere than zsh itself.
set(zsh_folder zsh/site-functions)
if(EXISTS /etc/debian_version)
    set(zsh_folder zsh/vendor-completions)
endif()
blender_mcpd_completion(bash blender-mcpd bash-completion/completions)
blender_mcpd_completion(zsh _blender-mcpd ${zsh_folder})
blender_mcpd_completion(fish blender-mcpd.fish fish/vendor_completions.d)
add_custom_target(documents ALL DEPENDS ${documents})

install(FILES config/blender-mcpd.toml CHANGELOG.md config/prometheus/blender-mcpd.rules.yml DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES config/grafana/blender-mcpd.json DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME grafana-dashboard.json)

# The licences of what is in the program want to be told with it.
file(READ ${PROJECT_SOURCE_DIR}/LICENSE copyright)
if(BLENDER_MCPD_PACKAGE)
    file(GLOB notices /usr/share/doc/libboost1.*-dev/copyright)
    foreach(package nlohmann-json3-dev libspdlog-dev libfmt-dev libcli11-dev libtomlplusplus-dev prometheus-cpp-dev libutf8proc-dev libmd-dev
            libsodium-dev libminizip-dev)
        list(APPEND notices /usr/share/doc/${package}/copyright)
    endforeach()
    foreach(notice ${notices})
        if(NOT EXISTS ${notice})
            message(FATAL_ERROR "There is no ${notice}, which belongs into the package")
        endif()
        file(READ ${notice} text)
        string(APPEND copyright "\n\n==== ${notice}: of a library that is in the program ====\n\n${text}")
    endforeach()
endif()
file(WRITE ${document_folder}/copyright "${copyright}")
install(FILES ${document_folder}/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
