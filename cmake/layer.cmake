# tlsrpt_layer(NAME SOURCES … LINK …): the static library of one folder of
# collector/. Includes are written from collector/, so that each shows its edge;
# docs/layers.txt lists the edges allowed.
function(tlsrpt_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;LINK" ${ARGN})
  add_library(layer_${name} STATIC ${LAYER_SOURCES})
  target_include_directories(layer_${name} PUBLIC
    ${PROJECT_SOURCE_DIR}/collector ${PROJECT_SOURCE_DIR}/include
    ${PROJECT_BINARY_DIR}/generated)
  target_compile_definitions(layer_${name} PRIVATE _GNU_SOURCE)
  target_link_libraries(layer_${name} PUBLIC ${LAYER_LINK})
endfunction()
