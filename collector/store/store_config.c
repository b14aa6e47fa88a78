#include "store/store_config.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What systemd hands over by LoadCredential=store-password:... */
static const char *
find_credential(char path[PATH_MAX])
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");

	if (folder == NULL ||
	    snprintf(path, PATH_MAX, "%s/store-password", folder) >= PATH_MAX)
		return NULL;
	return access(path, F_OK) == 0 ? path : NULL;
}

enum err
store_open_config(const struct config *c, const char *application, bool make,
    struct store **ret, struct why *why)
{
	char credential[PATH_MAX];
	struct store_options options = {
		.url = c->store_path_url,
		.make = make,
		.pooler = c->store_pooler == CONFIG_POOLER_TRANSACTION,
		.application = application,
		.password_file = c->store_password_file,
		.connect_timeout_ms = c->store_connect_timeout_ms,
		.statement_timeout_ms = c->store_statement_timeout_ms,
		.lock_timeout_ms = c->store_lock_timeout_ms,
	};

	if (c->store_password_file[0] == '\0')
		options.password_file = find_credential(credential);
	return store_open_as(&options, ret, why);
}
