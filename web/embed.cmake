# cmake -P embed.cmake: the page's files to C. Writes OUT_C, the table of
# web/web_files.h, of each .gz below DIST; an empty DIST makes an empty table.
cmake_minimum_required(VERSION 3.25)

set(type_html "text/html; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_svg "image/svg+xml")

set(bytes "")
set(rows "")
set(n 0)
if(DIST)
  file(GLOB_RECURSE files RELATIVE "${DIST}" "${DIST}/*.gz")
  list(SORT files)
  foreach(file IN LISTS files)
    string(REGEX REPLACE "\\.gz$" "" path "${file}")
    string(REGEX MATCH "[a-z]+$" ending "${path}")
    if(NOT type_${ending})
      message(FATAL_ERROR "embed.cmake: no content type for ${path}")
    endif()
    file(READ "${DIST}/${file}" hex HEX)
    file(SHA256 "${DIST}/${file}" sum)
    string(SUBSTRING "${sum}" 0 32 sum)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
    # 64 bytes a line: some editors and compilers mind longer ones.
    string(REPEAT "....." 64 line)
    string(REGEX REPLACE "(${line})" "\\1\n\t" hex "${hex}")
    string(APPEND bytes "static const unsigned char file_${n}[] = {\n\t${hex}\n};\n")
    string(APPEND rows "\t{ \"/${path}\", \"${type_${ending}}\",\n"
      "\t    \"\\\"${sum}\\\"\", file_${n}, sizeof(file_${n}) },\n")
    math(EXPR n "${n} + 1")
  endforeach()
endif()

file(WRITE "${OUT_C}" "/* Made by web/embed.cmake. */
#include \"web/web_files.h\"

${bytes}
const struct web_file web_files[] = {
${rows}\t{ NULL, NULL, NULL, NULL, 0 },
};

const size_t nweb_files = ${n};
")
