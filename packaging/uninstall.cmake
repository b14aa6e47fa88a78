# cmake -D BUILD=… -P uninstall.cmake: remove what the last `cmake --install` of
# that build folder wrote. What was made since, such as the store, stays.
set(manifest ${BUILD}/install_manifest.txt)
if(NOT EXISTS ${manifest})
  message(FATAL_ERROR "${manifest} is not there: nothing was installed from here")
endif()
file(STRINGS ${manifest} files)
foreach(file IN LISTS files)
  file(REMOVE "$ENV{DESTDIR}${file}")
endforeach()
