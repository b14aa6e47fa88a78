#include "api/api_private.h"

#include "base/log.h"
#include "base/random.h"

static enum err
make_link(struct api *api, char secret[SECRET_TEXT_SIZE])
{
	unsigned char bytes[SECRET_BYTES];
	enum err e = random_bytes(bytes, sizeof(bytes));

	if (e != E_OK)
		return e;
	secret_text(bytes, secret);
	return secret_key(span_str(secret), api->setup_key);
}

/* Where the page is, as far as that is known. */
static void
add_url(const struct api *api, struct buf *out)
{
	const struct api_options *o = &api->options;

	if (o->public_url[0] != '\0')
		buf_adds(out, o->public_url);
	else
		buf_addf(out, "%s://%s", api->is_secure ? "https" : "http",
		    o->listen);
}

static enum err
open_setup(struct api *api, struct why *why)
{
	char secret[SECRET_TEXT_SIZE];
	struct buf link = BUF_INIT(4096);
	enum err e;

	(void)pthread_mutex_lock(&api->lock);
	e = make_link(api, secret);
	api->has_setup = e == E_OK;
	(void)pthread_mutex_unlock(&api->lock);
	if (e != E_OK)
		return why_set(why, e, "no secret for the setup link");
	add_url(api, &link);
	buf_addf(&link, "/#/setup?token=%s", secret);
	log_warning("there is no user yet: whoever follows this link becomes "
		    "administrator",
	    LOG_S("link", buf_span(&link)));
	buf_free(&link);
	return E_OK;
}

enum err
api_setup_look(struct api *api, struct store *store, struct why *why)
{
	struct account_count count;
	enum err e = store_account_count(store, &count, why);
	bool has_setup = api_setup_is_open(api);

	if (e != E_OK)
		return e;
	if (count.users == 0 && !has_setup)
		return open_setup(api, why);
	if (count.users > 0 && has_setup) {
		(void)pthread_mutex_lock(&api->lock);
		api->has_setup = false;
		(void)pthread_mutex_unlock(&api->lock);
	}
	return E_OK;
}

bool
api_setup_is_open(struct api *api)
{
	bool is_open;

	(void)pthread_mutex_lock(&api->lock);
	is_open = api->has_setup;
	(void)pthread_mutex_unlock(&api->lock);
	return is_open;
}

bool
api_setup_take(struct api *api, struct span secret)
{
	unsigned char key[SHA256_BYTES];
	bool fits = false;

	if (secret_key(secret, key) != E_OK)
		return false;
	(void)pthread_mutex_lock(&api->lock);
	if (api->has_setup)
		fits = secret_eq((struct span){ (const char *)key,
				     sizeof(key) },
		    (struct span){ (const char *)api->setup_key,
			sizeof(api->setup_key) });
	if (fits)
		api->has_setup = false;
	(void)pthread_mutex_unlock(&api->lock);
	return fits;
}

void
api_setup_give_back(struct api *api)
{
	(void)pthread_mutex_lock(&api->lock);
	api->has_setup = true;
	(void)pthread_mutex_unlock(&api->lock);
}
