/* cli/completion.h -- what bash is told of our commands and options. */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "cli/cli.h"

/* Print a script for bash's completion.
 *   commands  all, by their names of one word or two
 *   common    options of each; a table that ends with name NULL */
void completion_print(const struct cli_command *commands, size_t n,
    const struct cli_option *common);

#endif
