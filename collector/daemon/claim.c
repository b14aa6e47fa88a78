#include "daemon/claim.h"

#include <stdio.h>
#include <stdlib.h>

/* Another that runs is heard of within half of this (pipeline.c). */
#define SILENCE_NS (70 * NS_PER_S)

struct claim {
	struct identity *identity;
	const struct clock *clock;
	char place[IDENTITY_PLACE_SIZE];
	char text[UUID_TEXT_SIZE]; /* empty: to be made anew */
	/* While another may run with a claim that we know. */
	bool waits;
	int64_t seen_s;	  /* when that one was seen last, by its clock */
	int64_t offset;	  /* and where it was in its journal */
	int64_t since_ns; /* monotonic: as long as we have known that */
};

/* What the store has of the collector. */
struct row {
	char claim[UUID_TEXT_SIZE], place[IDENTITY_PLACE_SIZE], host[256];
	int64_t seen_s, offset;
};

enum err
claim_new(struct identity *identity, const struct clock *clock,
    struct claim **ret, struct why *why)
{
	struct claim *c = calloc(1, sizeof(*c));
	enum err e;

	if (c == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	c->identity = identity;
	c->clock = clock;
	if ((e = identity_place(identity, c->place, why)) == E_OK)
		*ret = c;
	else
		claim_free(c);
	return e;
}

void
claim_free(struct claim *c)
{
	free(c);
}

/* -- whose it is -- */

static void
copy_text(char *ret, size_t size, struct span text)
{
	(void)snprintf(ret, size, "%.*s", SPAN_ARG(text));
}

static enum err
take_row(void *arg, const struct collector *c)
{
	struct row *row = arg;

	copy_text(row->claim, sizeof(row->claim), c->claim);
	copy_text(row->place, sizeof(row->place), c->place);
	copy_text(row->host, sizeof(row->host), c->host);
	row->seen_s = c->seen_s;
	row->offset = c->position.offset;
	return E_OK;
}

static enum err
refuse(const struct claim *c, const struct row *row, struct why *why)
{
	char id[UUID_TEXT_SIZE];

	uuid_text(identity_id(c->identity), id);
	return why_set(why, E_CONFLICT,
	    "another tlsrptd, on host \"%.64s\", is collector %s. If this one "
	    "is a copy of its machine or data_dir, stop it here, move "
	    "collector-id and journal away and start it: it gets an id of its "
	    "own. If this one is to stay, stop the other for good and say: "
	    "tlsrpt collector forget %s",
	    row->host, id, id);
}

/* The claim is ours, made at another place: in an earlier run of the machine,
 * or the folder was copied and the original still runs. */
static enum err
look_whether_it_runs(struct claim *c, const struct row *row, struct why *why)
{
	int64_t now_ns = clock_mono_ns(c->clock);
	enum err e;

	if (c->waits &&
	    (row->seen_s != c->seen_s || row->offset != c->offset)) {
		e = identity_claim_anew(c->identity, true, why);
		return e == E_OK ? refuse(c, row, why) : e;
	}
	if (!c->waits) {
		c->waits = true;
		c->seen_s = row->seen_s;
		c->offset = row->offset;
		c->since_ns = now_ns;
	}
	if (now_ns - c->since_ns >= SILENCE_NS)
		return E_OK;
	return why_set(why, E_BUSY,
	    "another tlsrptd may run with this collector's id on host "
	    "\"%.64s\": it is looked for %d s whether it does",
	    row->host, (int)(SILENCE_NS / NS_PER_S));
}

static enum err
judge(struct claim *c, const struct row *row, struct why *why)
{
	if (row->claim[0] == '\0' || strcmp(row->claim, c->text) == 0)
		return E_OK;
	if (!identity_knows(c->identity, span_str(row->claim)))
		return refuse(c, row, why);
	if (row->place[0] == '\0' || strcmp(row->place, c->place) == 0)
		return E_OK;
	return look_whether_it_runs(c, row, why);
}

/* -- making it -- */

static enum err
register_collector(struct claim *c, struct store *store, struct span host,
    const struct position *first, struct row *ret, struct why *why)
{
	const struct uuid *id = identity_id(c->identity);
	struct position at;
	enum err e = store_collector_register(store, id, host, first,
	    clock_wall_s(c->clock), &at, why);

	if (e == E_OK)
		e = store_collector_get(store, id, take_row, ret, why);
	return e;
}

/* What the store is told stands in the folder before. */
static enum err
have_text(struct claim *c, struct why *why)
{
	enum err e = E_OK;

	if (c->text[0] == '\0')
		e = identity_claim_anew(c->identity, false, why);
	if (e == E_OK)
		identity_claim(c->identity, c->text);
	return e;
}

enum err
claim_make(struct claim *c, struct store *store, struct span host,
    const struct position *first, struct position *ret_position,
    struct why *why)
{
	struct collector_claim claim = {
		.collector = *identity_id(c->identity),
		.place = span_str(c->place),
		.first = *first,
	};
	struct row row;
	enum err e = register_collector(c, store, host, first, &row, why);

	if (e == E_OK)
		e = judge(c, &row, why);
	if (e == E_OK)
		e = have_text(c, why);
	if (e != E_OK)
		return e;
	claim.found = span_str(row.claim);
	claim.claim = span_str(c->text);
	e = store_collector_claim(store, &claim, ret_position, why);
	if (e == E_OK)
		c->waits = false;
	return e;
}

void
claim_doubt(struct claim *c)
{
	c->text[0] = '\0';
}

void
claim_end(struct claim *c, struct store *store)
{
	if (c->text[0] != '\0')
		(void)!store_collector_leave(store, identity_id(c->identity),
		    span_str(c->text), NULL);
}

const struct uuid *
claim_collector(const struct claim *c)
{
	return identity_id(c->identity);
}

struct span
claim_text(const struct claim *c)
{
	return span_str(c->text);
}
