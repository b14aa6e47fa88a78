if(TLSRPT_SANITIZE)
  add_compile_options(-fsanitize=${TLSRPT_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TLSRPT_SANITIZE})
endif()
if(TLSRPT_FUZZ)
  # Every object is instrumented; only the fuzz targets link the driver.
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()
if(TLSRPT_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
