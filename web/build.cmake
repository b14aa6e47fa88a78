# cmake -P build.cmake: the page, from WEB_DIR into WEB_DIR/dist, by npm. Does
# nothing if dist is newer than its sources, and leaves what is installed alone
# if that is newer than the lock file.
cmake_minimum_required(VERSION 3.25)

# ret: whether the file is there and newer than all others.
function(is_newest file ret)
  set(${ret} NO PARENT_SCOPE)
  if(NOT EXISTS "${file}")
    return()
  endif()
  foreach(other IN LISTS ARGN)
    file(TIMESTAMP "${file}" mine "%s")
    file(TIMESTAMP "${other}" its "%s")
    if(its GREATER mine)
      return()
    endif()
  endforeach()
  set(${ret} YES PARENT_SCOPE)
endfunction()

function(run what)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY "${WEB_DIR}"
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "the page (web/): ${what} failed:\n${output}")
  endif()
endfunction()

file(GLOB_RECURSE sources "${WEB_DIR}/src/*")
list(APPEND sources "${WEB_DIR}/index.html" "${WEB_DIR}/package.json"
  "${WEB_DIR}/package-lock.json"
  "${WEB_DIR}/tsconfig.json" "${WEB_DIR}/vite.config.ts")
is_newest("${WEB_DIR}/dist/index.html.gz" built ${sources})
if(built)
  return()
endif()

find_program(NODE NAMES node nodejs)
find_program(NPM npm)
if(NOT NODE OR NOT NPM)
  message(FATAL_ERROR "the page (web/) is built by Node.js 18 or newer and npm, "
    "and one of them is missing: apt-get install nodejs npm; "
    "or build without the page: cmake -DTLSRPT_WEB=OFF")
endif()
is_newest("${WEB_DIR}/node_modules/.package-lock.json" installed
  "${WEB_DIR}/package-lock.json")
if(NOT installed)
  run("npm ci (is npm's registry in reach?)" ${NPM} ci --ignore-scripts
    --no-audit --no-fund)
endif()
run("npm run build" ${NPM} run build)
