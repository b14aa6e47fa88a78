#include "model/org_domain.h"

#include <libpsl.h>
#include <pthread.h>

#include "model/limits.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const psl_ctx_t *list; /* NULL: there is none */

/* The newer one of the package's file and what the library has in it. */
static void
read_list(void)
{
	if ((list = psl_latest(NULL)) == NULL)
		list = psl_builtin();
}

struct span
org_domain(struct span name)
{
	char text[DOMAIN_TEXT_MAX + 1];
	const char *org;

	if (name.len == 0 || name.len > DOMAIN_TEXT_MAX || span_has(name, '\0'))
		return SPAN_NONE;
	memcpy(text, name.p, name.len);
	text[name.len] = '\0';
	(void)pthread_once(&once, read_list);
	org = list == NULL ? NULL : psl_registrable_domain(list, text);
	return org == NULL ? SPAN_NONE : span_skip(name, (size_t)(org - text));
}

bool
org_domain_is_same(struct span a, struct span b)
{
	struct span org = org_domain(a);

	if (a.len == 0 || span_eq(a, b))
		return a.len > 0;
	return org.len > 0 && span_eq(org, org_domain(b));
}
