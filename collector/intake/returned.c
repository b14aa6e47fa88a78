#include "intake/returned.h"

#include "base/ascii.h"
#include "base/clock.h"
#include "store/store_bounce.h"

#define WINDOW_S (30 * S_PER_DAY) /* in which mails that came back add up */

/* The first address in the text that is ours. */
static bool
find_address(const struct config *c, struct span text,
    struct bounce_address *ret)
{
	struct span bounce = span_str(c->deliver_bounce_address);

	while (text.len > 0) {
		size_t n = 0;

		while (n < text.len &&
		    !ascii_is_one_of(text.p[n], " \t\r\n<>,;:()\""))
			n++;
		if (bounce_address_parse(bounce, span_head(text, n), ret) ==
		    E_OK)
			return true;
		text = span_skip(text, n < text.len ? n + 1 : n);
	}
	return false;
}

static bool
find_recipient(const struct config *c, const struct mime_header *h,
    struct bounce_address *ret)
{
	static const char *const names[] = { "X-Original-To", "Delivered-To",
		"To" };

	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
		for (size_t i = 0; i < h->n; i++)
			if (span_eq_nocase(h->v[i].name, span_str(names[k])) &&
			    find_address(c, h->v[i].value, ret))
				return true;
	return false;
}

static const char *
left_alone(enum dsn_verdict verdict)
{
	switch (verdict) {
	case DSN_OTHER:
		return "no delivery status notification";
	case DSN_DELAYED:
		return "delayed";
	case DSN_DELIVERED:
		return "delivered";
	case DSN_FAILED_FOR_GOOD:
	case DSN_FAILED_FOR_NOW:
		break;
	}
	return NULL;
}

enum err
returned_read(const struct config *c, struct span message,
    struct span recipient, struct arena *arena, struct returned *ret,
    struct why *why)
{
	struct returned r = { .suppressed_until_s = 0 };
	struct mime mime;
	bool is_ours = find_address(c, recipient, &r.about);
	enum err e = E_OK;

	/* What is not for us is not even looked into. */
	if (is_ours || recipient.p == NULL)
		e = mime_parse(span_head(message, RETURNED_BYTES_MAX), arena,
		    &mime, why);
	if (e == E_RANGE && !is_ours)
		e = E_ABSENT;
	if (e == E_OK && !is_ours &&
	    (recipient.p != NULL ||
		!find_recipient(c, &mime.v[0].header, &r.about)))
		e = why_set(why, E_ABSENT,
		    "the mail is not for an address made of "
		    "deliver.bounce_address");
	if (e == E_OK)
		e = dsn_read(&mime, arena, &r.dsn, why);
	if (e != E_OK)
		return e;
	r.left_alone = left_alone(r.dsn.verdict);
	*ret = r;
	return E_OK;
}

enum err
returned_apply(const struct config *c, struct store *store, int64_t now_s,
    struct returned *r, struct why *why)
{
	const struct bounce bounce = { span_str(r->about.delivery),
		r->about.attempt, r->dsn.verdict == DSN_FAILED_FOR_GOOD,
		r->dsn.text };
	const struct bounce_limit limit = { c->deliver_bounce_after, WINDOW_S,
		c->deliver_bounce_suppress_ms / 1000 };

	return store_bounce_add(store, &bounce, &limit, now_s,
	    &r->suppressed_until_s, why);
}
