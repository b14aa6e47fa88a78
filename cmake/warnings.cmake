# Warnings are errors everywhere, tests included.
add_compile_options(
  -Wall -Wextra -Wshadow -Wconversion -Werror
  -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings
  -Wformat=2 -Wvla -Wundef -fno-common -fno-strict-aliasing)
