#include "daemon/uids.h"

#include <pwd.h>
#include <stdlib.h>

#include "base/num.h"

static enum err
resolve(const char *name, uint32_t *ret, struct why *why)
{
	const struct passwd *user;
	int64_t number;

	if (num_parse(span_str(name), 0, UINT32_MAX - 1, &number) == E_OK) {
		*ret = (uint32_t)number;
		return E_OK;
	}
	if ((user = getpwnam(name)) == NULL)
		return why_set(why, E_USAGE, "there is no user \"%s\"", name);
	*ret = user->pw_uid;
	return E_OK;
}

enum err
uids_resolve(const struct list *names, struct uids *ret, struct why *why)
{
	struct uids uids = { NULL, names->n };
	enum err e = E_OK;

	if (names->n > 0 &&
	    (uids.v = calloc(names->n, sizeof(*uids.v))) == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	for (size_t i = 0; i < names->n && e == E_OK; i++)
		e = resolve(names->v[i], &uids.v[i], why);
	if (e == E_OK)
		*ret = uids;
	else
		uids_free(&uids);
	return e;
}

void
uids_free(struct uids *uids)
{
	free(uids->v);
	*uids = (struct uids){ NULL, 0 };
}
