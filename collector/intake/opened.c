#include "intake/opened.h"

#include "codec/gzip.h"
#include "codec/unpack.h"

#define PARKED_ARENA_MAX ((size_t)64 * 1024) /* for the facts alone */
#define RAW_MAX ((size_t)128 << 20)

/* What needs more memory than one may have is as good as unreadable: it must
 * not hold up what came behind it. */
static void
look(const struct receipt_facts *facts, struct span body,
    const struct why *parked, struct opened *o)
{
	struct examined *x = &o->examined;
	enum err e;

	if (parked != NULL) {
		*x = (struct examined){ .arena = ARENA_INIT(PARKED_ARENA_MAX) };
		o->fault = *parked;
		return;
	}
	e = examine(facts, body, x, &o->fault);
	if (e == E_NOMEM)
		(void)why_set(&o->fault, e,
		    "it takes more memory than one may");
	if (e != E_OK)
		x->n = 0;
}

enum err
opened_from(const struct receipt_facts *facts, struct span body,
    const struct why *parked, struct opened *ret, struct why *why)
{
	enum err e;

	*ret = (struct opened){ .raw = BUF_INIT(RAW_MAX), .bytes = body.len };
	look(facts, body, parked, ret);
	e = unpack_is_packed(body) ? gzip_wrap(body, &ret->raw)
				   : gzip_compress(body, &ret->raw);
	return e == E_OK ? e : why_set(why, e, "%s", err_text(e));
}

void
opened_free(struct opened *o)
{
	examined_free(&o->examined);
	buf_free(&o->raw);
	*o = (struct opened){ .bytes = 0 };
}

size_t
opened_size(const struct opened *o)
{
	const struct examined *x = &o->examined;

	return x->arena.used + x->unpacked + o->raw.len;
}
