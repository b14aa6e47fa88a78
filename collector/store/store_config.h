/* store/store_config.h -- the store that the configuration names. */
#ifndef STORE_STORE_CONFIG_H
#define STORE_STORE_CONFIG_H

#include "config/config.h"
#include "store/store.h"

/* Who opens it. */
struct store_user {
	const char *application; /* "tlsrptd collect" */
	bool (*hurries)(void);	 /* as in struct store_options */
};

/* make: a missing SQLite file is made. As store_open_as. */
MUST_CHECK enum err store_open_config(const struct config *,
    const struct store_user *, bool make, struct store **ret, struct why *why);

/* The same for reading only. */
MUST_CHECK enum err store_open_config_to_read(const struct config *,
    const struct store_user *, struct store **ret, struct why *why);

#endif
