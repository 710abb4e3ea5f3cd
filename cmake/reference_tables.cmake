# reference_tables.cmake - data files as C tables, written into ${CMAKE_BINARY_DIR}/generated at configure time.
#
# Sets ZCD_BASE_TABLE_SOURCES, ZCD_SCORING_TABLE_SOURCES, ZCD_IMPORT_TABLE_SOURCES, ZCD_API_TABLE_SOURCES, ZCD_CODEC_TABLE_SOURCES and ZCD_DB_TABLE_SOURCES.
# An edited data file reconfigures the build; a generated file is rewritten only when its text changes.
# A row that does not have the form its file promises, or stands out of order, stops the configuration.

set(ZCD_GENERATED_DIR ${CMAKE_BINARY_DIR}/generated)

function(zcd_write_if_different path text)
    set(present "")
    if(EXISTS ${path})
        file(READ ${path} present)
    endif()
    if(NOT present STREQUAL text)
        file(WRITE ${path} "${text}")
    endif()
endfunction()

# The data rows of data/reference/NAME: comment lines and the heading left out, each row checked against the regular
# expression, rows ascending. Rows hold no semicolon, so that a CMake list can carry them.
function(zcd_read_reference name row_regex rows_variable)
    set(path ${CMAKE_SOURCE_DIR}/data/reference/${name})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    file(STRINGS ${path} rows ENCODING UTF-8)
    list(FILTER rows EXCLUDE REGEX "^#")
    list(POP_FRONT rows)

    set(wrong ${rows})
    list(FILTER wrong EXCLUDE REGEX "^${row_regex}$")
    if(wrong)
        list(GET wrong 0 first_wrong)
        message(FATAL_ERROR "data/reference/${name}: a row of the wrong form: ${first_wrong}")
    endif()
    set(sorted ${rows})
    list(SORT sorted COMPARE STRING)
    if(NOT sorted STREQUAL rows)
        message(FATAL_ERROR "data/reference/${name}: rows do not ascend")
    endif()
    # Rows ascend, so that an equal key follows its twin.
    list(TRANSFORM rows REPLACE ",.*" "" OUTPUT_VARIABLE keys)
    list(LENGTH keys count)
    list(REMOVE_DUPLICATES keys)
    list(LENGTH keys distinct)
    if(NOT count EQUAL distinct)
        message(FATAL_ERROR "data/reference/${name}: a key stands twice")
    endif()
    set(${rows_variable} "${rows}" PARENT_SCOPE)
endfunction()

# Days from 1970-01-01 to YYYY-MM-DD, years from 1900 on; the same rule as date_from_ymd() in base/date.c.
function(zcd_days_of_date text days_variable)
    string(REGEX MATCH "^([0-9]+)-0?([0-9]+)-0?([0-9]+)$" matched ${text})
    set(year ${CMAKE_MATCH_1})
    set(month ${CMAKE_MATCH_2})
    set(day ${CMAKE_MATCH_3})
    # The year begins in March, so that the leap day is its last.
    math(EXPR march_month "(${month} + 9) % 12")
    math(EXPR march_year "${year} - ${march_month} / 10")
    math(EXPR days "365 * ${march_year} + ${march_year} / 4 - ${march_year} / 100 + ${march_year} / 400 \
                    + (153 * ${march_month} + 2) / 5 + ${day} - 1 - 719468")
    set(${days_variable} ${days} PARENT_SCOPE)
endfunction()

# The bytes of a file as the inside of a C array of unsigned char, ended by a NUL that is no part of the file.
function(zcd_bytes_of_file path text_variable size_variable)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    file(READ ${path} hex HEX)
    string(LENGTH "${hex}" digits)
    math(EXPR size "${digits} / 2")
    string(REGEX REPLACE "(................................)" "\\1\n    " hex "${hex}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," text "${hex}")
    set(${text_variable} "    ${text}0x00" PARENT_SCOPE)
    set(${size_variable} ${size} PARENT_SCOPE)
endfunction()

function(zcd_generate_regions path)
    zcd_read_reference(regions.csv "[0-9][0-9][0-9][0-9][0-9][0-9],[^\",]+,[^\"]*" rows)
    list(LENGTH rows count)
    list(TRANSFORM rows REPLACE "^([0-9]+),([^,]+),.*$" "    {\"\\1\", \"\\2\"},")
    list(JOIN rows "\n" text)
    zcd_write_if_different(${path} "/* Generated from data/reference/regions.csv. */
#include \"base/reference_internal.h\"

const struct region_row REGION_ROWS[] = {
${text}
};
const size_t REGION_ROW_COUNT = ${count};
")
endfunction()

function(zcd_generate_working_days path)
    zcd_read_reference(working_days.csv
        "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9],(off|work),[^,]*,[0-9][0-9][0-9][0-9]" rows)
    list(LENGTH rows count)
    set(text "")
    set(years "")
    foreach(row ${rows})
        string(REGEX MATCH "^([^,]+),([^,]+),[^,]*,([0-9]+)$" matched ${row})
        set(date ${CMAKE_MATCH_1})
        set(kind ${CMAKE_MATCH_2})
        list(APPEND years ${CMAKE_MATCH_3})
        zcd_days_of_date(${date} days)
        if(kind STREQUAL "work")
            set(works true)
        else()
            set(works false)
        endif()
        string(APPEND text "    {${days}, ${works}}, /* ${date} */\n")
    endforeach()

    # The years with a notice are covered whole, and none may be missing between them.
    list(REMOVE_DUPLICATES years)
    list(SORT years)
    list(GET years 0 first)
    list(GET years -1 last)
    foreach(year RANGE ${first} ${last})
        if(NOT year IN_LIST years)
            message(FATAL_ERROR "data/reference/working_days.csv: no rows of the notice for ${year}")
        endif()
    endforeach()
    zcd_days_of_date(${first}-01-01 first_days)
    zcd_days_of_date(${last}-12-31 last_days)
    zcd_write_if_different(${path} "/* Generated from data/reference/working_days.csv. */
#include \"base/reference_internal.h\"

const struct working_day_row WORKING_DAY_ROWS[] = {
${text}};
const size_t WORKING_DAY_ROW_COUNT = ${count};
const int32_t WORKING_DAY_FIRST_DAYS = ${first_days}; /* ${first}-01-01 */
const int32_t WORKING_DAY_LAST_DAYS = ${last_days};  /* ${last}-12-31 */
")
endfunction()

function(zcd_generate_uscc_pilot_exceptions path)
    zcd_read_reference(uscc_pilot_exceptions.csv "[0-9A-Z]+,[^,]*" rows)
    list(LENGTH rows count)
    list(TRANSFORM rows REPLACE "^([0-9A-Z]+),.*$" "    \"\\1\",")
    list(JOIN rows "\n" text)
    zcd_write_if_different(${path} "/* Generated from data/reference/uscc_pilot_exceptions.csv. */
#include \"base/reference_internal.h\"

const char *const USCC_PILOT_EXCEPTIONS[] = {
${text}
};
const size_t USCC_PILOT_EXCEPTION_COUNT = ${count};
")
endfunction()

function(zcd_generate_lpr path)
    set(percent "[0-9]+[.][0-9][0-9]")
    zcd_read_reference(lpr.csv "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9],${percent},${percent}" rows)
    list(LENGTH rows count)
    set(text "")
    foreach(row ${rows})
        string(REGEX MATCH "^([^,]+),0*([0-9]+)[.]([0-9][0-9]),0*([0-9]+)[.]([0-9][0-9])$" matched ${row})
        set(date ${CMAKE_MATCH_1})
        # 3.85 % is 385 basis points: exact, by moving the point. The leading 1 keeps "0.05" from reading as octal.
        math(EXPR one_year_bp "${CMAKE_MATCH_2} * 100 + 1${CMAKE_MATCH_3} - 100")
        math(EXPR five_year_bp "${CMAKE_MATCH_4} * 100 + 1${CMAKE_MATCH_5} - 100")
        zcd_days_of_date(${date} days)
        string(APPEND text "    {${days}, ${one_year_bp}, ${five_year_bp}}, /* ${date} */\n")
    endforeach()
    zcd_write_if_different(${path} "/* Generated from data/reference/lpr.csv. */
#include \"scoring/lpr_table.h\"

const struct lpr_quote LPR_QUOTES[] = {
${text}};
const size_t LPR_QUOTE_COUNT = ${count};
")
endfunction()

function(zcd_generate_regional_programmes path)
    zcd_read_reference(regional_programmes.csv
        "[a-z]+-[0-9]+,[0-9][0-9][0-9][0-9][0-9][0-9],[0-9][0-9][0-9][0-9],[0-9]*,[a-z_]*,[^,\"]+,[^,\"]+,[0-9][0-9][0-9]" rows)
    list(LENGTH rows count)
    set(text "")
    foreach(row ${rows})
        string(REGEX MATCH "^([^,]+),([0-9]+),([0-9]+),([0-9]*),([a-z_]*),([^,]+),([^,]+),([0-9]+)$" matched "${row}")
        set(figure ${CMAKE_MATCH_4})
        set(has_figure true)
        if("${figure}" STREQUAL "")
            set(figure 0)
            set(has_figure false)
        endif()
        string(APPEND text "    {\"${CMAKE_MATCH_1}\", \"${CMAKE_MATCH_2}\", ${CMAKE_MATCH_3}, ${has_figure}, ${figure}, \"${CMAKE_MATCH_5}\",\n"
                           "     \"${CMAKE_MATCH_6}\",\n     \"${CMAKE_MATCH_7}\", \"${CMAKE_MATCH_8}\"},\n")
    endforeach()
    zcd_write_if_different(${path} "/* Generated from data/reference/regional_programmes.csv. */
#include \"api/reference.h\"

const struct regional_programme REGIONAL_PROGRAMMES[] = {
${text}};
const size_t REGIONAL_PROGRAMME_COUNT = ${count};
")
endfunction()

function(zcd_generate_builtin_policies path)
    file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/data/policies/*.json)
    list(SORT files COMPARE STRING)
    set(arrays "")
    set(rows "")
    set(count 0)
    foreach(file ${files})
        get_filename_component(name ${file} NAME_WLE)
        zcd_bytes_of_file(${file} text size)
        string(APPEND arrays "static const uint8_t POLICY_${count}[] = {\n${text}};\n\n")
        string(APPEND rows "    {\"${name}\", POLICY_${count}, ${size}},\n")
        math(EXPR count "${count} + 1")
    endforeach()
    zcd_write_if_different(${path} "/* Generated from data/policies. */
#include \"api/codec/builtin_policies.h\"

${arrays}const struct builtin_policy BUILTIN_POLICIES[] = {
${rows}    {NULL, NULL, 0},
};
const size_t BUILTIN_POLICY_COUNT = ${count};
")
endfunction()

function(zcd_generate_statement_profiles path)
    file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/data/reference/statement_profiles/*.json)
    list(SORT files COMPARE STRING)
    set(arrays "")
    set(rows "")
    set(count 0)
    foreach(file ${files})
        get_filename_component(name ${file} NAME_WLE)
        zcd_bytes_of_file(${file} text size)
        string(APPEND arrays "static const unsigned char PROFILE_${count}[] = {\n${text}};\n\n")
        string(APPEND rows "    {\"${name}\", PROFILE_${count}, ${size}},\n")
        math(EXPR count "${count} + 1")
    endforeach()
    zcd_write_if_different(${path} "/* Generated from data/reference/statement_profiles. */
#include \"contracts/import/statement_profile.h\"

${arrays}const struct statement_profile_file STATEMENT_PROFILE_FILES[] = {
${rows}    {NULL, NULL, 0},
};
const size_t STATEMENT_PROFILE_FILE_COUNT = ${count};
")
endfunction()

function(zcd_generate_migrations path)
    file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/db/migrations/*.sql)
    list(SORT files COMPARE STRING)
    set(arrays "")
    set(rows "")
    set(count 0)
    set(number_before 0)
    foreach(file ${files})
        get_filename_component(name ${file} NAME_WLE)
        if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])_[a-z0-9_]+$")
            message(FATAL_ERROR "db/migrations/${name}.sql: the name is not NNNN_words.sql")
        endif()
        math(EXPR number "1${CMAKE_MATCH_1} - 10000") # the leading 1: see zcd_generate_lpr
        if(NOT number GREATER number_before)
            message(FATAL_ERROR "db/migrations/${name}.sql: the number stands twice, or is 0")
        endif()
        set(number_before ${number})
        zcd_bytes_of_file(${file} text size)
        string(APPEND arrays "static const unsigned char MIGRATION_${number}[] = {\n${text}};\n\n")
        string(APPEND rows "    {${number}, \"${name}\", (const char *)MIGRATION_${number}, ${size}},\n")
        math(EXPR count "${count} + 1")
    endforeach()
    zcd_write_if_different(${path} "/* Generated from db/migrations. */
#include \"db/migration_files.h\"

${arrays}const struct migration_file MIGRATION_FILES[] = {
${rows}    {0, NULL, NULL, 0},
};
const size_t MIGRATION_FILE_COUNT = ${count};
")
endfunction()

set(ZCD_BASE_TABLE_SOURCES
    ${ZCD_GENERATED_DIR}/region_rows.c
    ${ZCD_GENERATED_DIR}/working_day_rows.c
    ${ZCD_GENERATED_DIR}/uscc_pilot_exceptions.c)
set(ZCD_SCORING_TABLE_SOURCES ${ZCD_GENERATED_DIR}/lpr_quotes.c)
set(ZCD_CODEC_TABLE_SOURCES ${ZCD_GENERATED_DIR}/builtin_policies.c)
set(ZCD_IMPORT_TABLE_SOURCES ${ZCD_GENERATED_DIR}/statement_profiles.c)
set(ZCD_API_TABLE_SOURCES ${ZCD_GENERATED_DIR}/regional_programmes.c)
set(ZCD_DB_TABLE_SOURCES ${ZCD_GENERATED_DIR}/migration_files.c)

zcd_generate_regions(${ZCD_GENERATED_DIR}/region_rows.c)
zcd_generate_working_days(${ZCD_GENERATED_DIR}/working_day_rows.c)
zcd_generate_uscc_pilot_exceptions(${ZCD_GENERATED_DIR}/uscc_pilot_exceptions.c)
zcd_generate_lpr(${ZCD_GENERATED_DIR}/lpr_quotes.c)
zcd_generate_builtin_policies(${ZCD_GENERATED_DIR}/builtin_policies.c)
zcd_generate_migrations(${ZCD_GENERATED_DIR}/migration_files.c)
zcd_generate_statement_profiles(${ZCD_GENERATED_DIR}/statement_profiles.c)
zcd_generate_regional_programmes(${ZCD_GENERATED_DIR}/regional_programmes.c)
