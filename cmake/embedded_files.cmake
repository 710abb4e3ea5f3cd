# embedded_files.cmake - the API's document, and the page that shows it, as parts of the program. Sets ZCD_EMBEDDED_SOURCES.
#
# The page is swagger-ui-dist of npm, fetched by fetch_docs_page (environment.sh) into build/npm. A build without it serves the
# document alone.

set(ZCD_DOCS_FOLDER ${CMAKE_SOURCE_DIR}/build/npm/swagger-ui-dist)
set(ZCD_OPENAPI_JSON ${ZCD_GENERATED_DIR}/openapi.json)

find_program(ZCD_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
if(NOT ZCD_PYTHON)
    find_program(ZCD_PYTHON NAMES python3 REQUIRED)
endif()
add_custom_command(OUTPUT ${ZCD_OPENAPI_JSON}
                   COMMAND ${ZCD_PYTHON} ${CMAKE_SOURCE_DIR}/cmake/openapi_json.py ${CMAKE_SOURCE_DIR}/api/openapi.yaml ${ZCD_OPENAPI_JSON}
                   DEPENDS ${CMAKE_SOURCE_DIR}/api/openapi.yaml ${CMAKE_SOURCE_DIR}/cmake/openapi_json.py)

set(embedded "")
set(declared "")
set(rows "")
set(needed "")

# One file: its bytes in the read-only part of the program, one row in the table.
macro(zcd_embed symbol name type path)
    string(APPEND embedded "__asm__(\".section .rodata\\n${symbol}:\\n.incbin \\\"${path}\\\"\\n${symbol}_end:\\n.byte 0\\n.previous\");\n")
    string(APPEND declared "extern const uint8_t ${symbol}[] __asm__(\"${symbol}\"), ${symbol}_end[] __asm__(\"${symbol}_end\");\n")
    string(APPEND rows "    {\"${name}\", \"${type}\", ${symbol}, ${symbol}_end},\n")
    list(APPEND needed ${path})
endmacro()

zcd_embed(zcd_file_openapi openapi.json application/json ${ZCD_OPENAPI_JSON})
if(EXISTS ${ZCD_DOCS_FOLDER}/swagger-ui-bundle.js)
    zcd_embed(zcd_file_script swagger-ui-bundle.js "text/javascript; charset=utf-8" ${ZCD_DOCS_FOLDER}/swagger-ui-bundle.js)
    zcd_embed(zcd_file_style swagger-ui.css "text/css; charset=utf-8" ${ZCD_DOCS_FOLDER}/swagger-ui.css)
endif()

zcd_write_if_different(${ZCD_GENERATED_DIR}/embedded_files.c
"/* Written by cmake/embedded_files.cmake. */
#include \"api/routes/embedded_files.h\"

#include <stddef.h>

${embedded}
${declared}
const struct embedded_file EMBEDDED_FILES[] = {
${rows}    {NULL, NULL, NULL, NULL},
};
")
set_source_files_properties(${ZCD_GENERATED_DIR}/embedded_files.c PROPERTIES OBJECT_DEPENDS "${needed}")
set(ZCD_EMBEDDED_SOURCES ${ZCD_GENERATED_DIR}/embedded_files.c)
