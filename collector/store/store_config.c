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

static enum err
open_with(const struct config *c, struct store_options options,
    struct store **ret, struct why *why)
{
	char credential[PATH_MAX];

	if (c->store_password_file[0] == '\0')
		options.password_file = find_credential(credential);
	return store_open_as(&options, ret, why);
}

static struct store_options
options_of(const struct config *c, const struct store_user *user)
{
	return (struct store_options){
		.url = c->store_path_url,
		.pooler = c->store_pooler == CONFIG_POOLER_TRANSACTION,
		.application = user->application,
		.hurries = user->hurries,
		.password_file = c->store_password_file,
		.connect_timeout_ms = c->store_connect_timeout_ms,
		.statement_timeout_ms = c->store_statement_timeout_ms,
		.lock_timeout_ms = c->store_lock_timeout_ms,
	};
}

enum err
store_open_config(const struct config *c, const struct store_user *user,
    bool make, struct store **ret, struct why *why)
{
	struct store_options options = options_of(c, user);

	options.make = make;
	return open_with(c, options, ret, why);
}

enum err
store_open_config_to_read(const struct config *c, const struct store_user *user,
    struct store **ret, struct why *why)
{
	struct store_options options = options_of(c, user);

	options.read_only = true;
	return open_with(c, options, ret, why);
}
