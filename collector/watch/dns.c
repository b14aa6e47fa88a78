#include "watch/dns.h"

#include <poll.h>
#include <stdio.h>

#include "base/ascii.h"
#include "base/clock.h"

/* RFC 1035 s2.3.4 has 255 bytes with the first length and the root's. */
#define NAME_TEXT_MAX (255 - 2)
#define SLICE_MS 250 /* between two looks whether it is over */

void
dns_question_set(struct dns_question *q, const char *prefix, struct span name,
    enum dns_type type)
{
	*q = (struct dns_question){ .type = type, .outcome = TXT_FAILED };
	(void)snprintf(q->name, sizeof(q->name), "%s%.*s", prefix,
	    SPAN_ARG(name));
}

static enum err
copy_records(struct dns_question *q, struct span_list from)
{
	struct span_list all = { NULL, from.n };

	if ((all.v = arena_alloc(q->arena, from.n * sizeof(*all.v))) == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < from.n; i++) {
		all.v[i] = arena_copy(q->arena, from.v[i]);
		if (all.v[i].p == NULL && from.v[i].len > 0)
			return E_NOMEM;
	}
	q->records = all;
	return E_OK;
}

static enum err
copy_alias(struct dns_question *q, struct span name)
{
	char *p = arena_zalloc(q->arena, name.len + 1);

	if (p == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < name.len; i++)
		p[i] = ascii_lower(name.p[i]);
	q->alias_of = (struct span){ p, name.len };
	return E_OK;
}

static void
take_answer(void *arg, const struct txt_answer *a)
{
	struct dns_question *q = arg;

	q->outcome = a->outcome;
	q->dnssec = a->dnssec;
	q->why = arena_copy(q->arena, a->why);
	q->no_memory = a->outcome == TXT_FOUND &&
	    (copy_records(q, a->txts) != E_OK ||
		copy_alias(q, a->alias_of) != E_OK);
}

static int
wait_ms(const struct dns_way *w, int64_t left_ms)
{
	if (left_ms < 0)
		return 0;
	return (
	    int)(w->is_over != NULL && left_ms > SLICE_MS ? SLICE_MS : left_ms);
}

static enum err
wait_for_all(const struct dns_way *w, struct why *why)
{
	struct resolver *r = w->resolver;
	struct clock clock = clock_machine(0);
	struct pollfd p = { .fd = resolver_fd(r), .events = POLLIN };
	enum err e = E_OK;

	while (e == E_OK && resolver_pending(r) > 0) {
		int64_t left_ms = (resolver_next_deadline_ns(r) -
				      clock_mono_ns(&clock)) /
			NS_PER_MS +
		    1;

		(void)poll(&p, 1, wait_ms(w, left_ms));
		e = w->is_over != NULL && w->is_over() ? E_BUSY
						       : resolver_run(r, why);
	}
	return e;
}

enum err
dns_ask(const struct dns_way *w, struct dns_question *qs, size_t n,
    struct arena *arena, struct why *why)
{
	struct resolver *r = w->resolver;
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < n; i++) {
		qs[i].arena = arena;
		qs[i].why = SPAN_LIT("no name that can be looked up");
		e = resolver_ask(r, qs[i].name, qs[i].type, take_answer, &qs[i],
		    NULL);
		if (e == E_SYNTAX)
			e = E_OK;
	}
	if (e == E_OK)
		e = wait_for_all(w, why);
	/* The questions are gone when this returns. */
	if (e != E_OK)
		resolver_abandon(r);
	for (size_t i = 0; e == E_OK && i < n; i++)
		if (qs[i].no_memory)
			e = E_NOMEM;
	return e == E_OK ? e : why_set(why, e, "%s", err_text(e));
}

/* A "." inside of a label would make another name of it. */
static bool
copy_label(struct span label, char *to)
{
	for (size_t i = 0; i < label.len; i++) {
		if (label.p[i] == '.' || !ascii_is_printable(label.p[i]))
			return false;
		to[i] = ascii_lower(label.p[i]);
	}
	return true;
}

/* RFC 1035 s3.1; libunbound hands on names without compression. */
struct span
dns_name(struct span rdata, struct arena *arena)
{
	char text[NAME_TEXT_MAX];
	size_t len = 0;

	while (rdata.len > 0 && rdata.p[0] != '\0') {
		size_t n = (unsigned char)rdata.p[0];
		size_t dot = len > 0 ? 1 : 0;

		rdata = span_skip(rdata, 1);
		if (n > 63 || n > rdata.len || len + dot + n > NAME_TEXT_MAX)
			return SPAN_NONE;
		if (dot > 0)
			text[len++] = '.';
		if (!copy_label(span_head(rdata, n), text + len))
			return SPAN_NONE;
		len += n;
		rdata = span_skip(rdata, n);
	}
	if (rdata.len == 0)
		return SPAN_NONE;
	return arena_copy(arena, (struct span){ text, len });
}
