/* cli/account.h -- what the commands of users and tokens share. */
#ifndef CLI_ACCOUNT_H
#define CLI_ACCOUNT_H

#include "cli/cli.h"
#include "store/store_account.h"

/* In the transaction of what is done. */
enum err cli_audit(struct cli *, const char *event, struct span detail,
    struct why *why);

#endif
