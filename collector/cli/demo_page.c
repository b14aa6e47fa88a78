/* cli/demo_page.c -- the demo's page, and somebody who may log in to it. */
#include <stdio.h>

#include "base/random.h"
#include "cli/demo.h"
#include "codec/password.h"
#include "store/store_account.h"

#define USER "demo"

/* Of hexadecimal digits: nobody has to ask which sign that was. */
static enum err
make_password(struct demo *d)
{
	unsigned char secret[(DEMO_PASSWORD_SIZE - 1) / 2];
	enum err e = random_bytes(secret, sizeof(secret));

	for (size_t i = 0; e == E_OK && i < sizeof(secret); i++)
		(void)snprintf(d->password + 2 * i, 3, "%02x", secret[i]);
	return e;
}

static enum err
add_user(struct demo *d, struct why *why)
{
	unsigned char salt[PASSWORD_SALT_BYTES];
	struct clock clock = cli_clock(d->cli);
	char hash[PASSWORD_HASH_SIZE];
	enum err e = make_password(d);

	if (e == E_OK)
		e = random_bytes(salt, sizeof(salt));
	if (e == E_OK)
		e = password_hash(span_str(d->password), salt, hash);
	if (e != E_OK)
		return why_set(why, e, "no password can be made");
	return store_account_add(d->cli->store,
	    &(const struct account){ .name = SPAN_LIT(USER),
		.role = ACCOUNT_ADMIN,
		.password = span_str(hash),
		.created_s = clock_wall_s(&clock) },
	    why);
}

enum err
demo_let_in(struct demo *d, struct why *why)
{
	enum err e = store_open(d->cli->config->store_path_url, &d->cli->store,
	    why);

	if (e == E_OK)
		e = add_user(d, why);
	demo_close_store(d);
	return e;
}

void
demo_say_page(const struct demo *d)
{
	const char *where = d->cli->config->web_listen;

	if (where[0] == '\0' || where[0] == '/')
		return;
	(void)printf("\nThe page: http://%s/\n", where);
	if (d->password[0] != '\0')
		(void)printf("  user %s, password %s\n", USER, d->password);
	else
		(void)
		    printf("  user %s; tlsrpt user passwd %s gives it another "
			   "password\n",
			USER, USER);
}
