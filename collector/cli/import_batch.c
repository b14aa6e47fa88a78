#include "cli/import_batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* Bytes past which no further one is added. */
#define BATCH_BYTES ((size_t)8 << 20)

struct item {
	char peer[RECEIPT_TEXT_MAX + 1];
	struct buf body;
	struct why fault; /* it cannot be read, whatever is in it; or empty */
};

struct import_batch {
	const struct intake *intake;
	struct store *store;
	struct item items[TAKING_BATCH_MAX];
	struct taking takings[TAKING_BATCH_MAX];
	size_t n, mails, bytes;
	struct import_counts counts;
	struct import_counts pending; /* of the transaction */
};

struct import_batch *
import_batch_new(const struct intake *intake, struct store *store)
{
	struct import_batch *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return NULL;
	b->intake = intake;
	b->store = store;
	return b;
}

static void
empty(struct import_batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		buf_free(&b->items[i].body);
	b->n = b->mails = b->bytes = 0;
}

void
import_batch_free(struct import_batch *b)
{
	if (b == NULL)
		return;
	empty(b);
	free(b);
}

struct import_counts
import_batch_counts(const struct import_batch *b)
{
	return b->counts;
}

/* -- into the store -- */

static enum err
count(void *arg, const struct inbox_row *row)
{
	struct import_counts *counts = arg;

	counts->n[row->state]++;
	return E_OK;
}

/* Of some there is nothing in the inbox: they came back, and are seen to. */
static enum err
count_item(struct import_batch *b, size_t i, struct why *why)
{
	struct why own = { { 0 } };
	char id[UUID_TEXT_SIZE];
	enum err e;

	uuid_text(&b->takings[i].id, id);
	e = store_inbox_get(b->store, span_str(id), count, &b->pending, &own);
	return e == E_OK || e == E_ABSENT ? E_OK
					  : why_set(why, e, "%s", own.text);
}

static enum err
count_items(void *arg, size_t from, size_t to, struct why *why)
{
	struct import_batch *b = arg;
	enum err e = E_OK;

	b->pending = (struct import_counts){ { 0 } };
	for (; e == E_OK && from < to; from++)
		e = count_item(b, from, why);
	return e;
}

static void
add_counts(void *arg, size_t from, size_t to)
{
	struct import_batch *b = arg;

	(void)from;
	(void)to;
	for (size_t i = 0; i < IMPORT_STATES; i++)
		b->counts.n[i] += b->pending.n[i];
}

enum err
import_batch_flush(struct import_batch *b, struct why *why)
{
	const struct taking_batch batch = { .intake = b->intake,
		.store = b->store,
		.v = b->takings,
		.n = b->n,
		.storing = count_items,
		.stored = add_counts,
		.arg = b };
	enum err e = b->n == 0 ? E_OK : taking_batch_store(&batch, why);

	empty(b);
	return e;
}

/* -- adding -- */

/* Of one that is too large the beginning tells what it was. */
static void
keep_head(struct item *item)
{
	struct buf head = BUF_INIT(IMPORT_HEAD_MAX);

	if (item->body.err != E_RANGE)
		return;
	(void)why_set(&item->fault, E_RANGE,
	    "more than %zu bytes; its beginning is kept", item->body.max);
	buf_add(&head, span_head(buf_span(&item->body), IMPORT_HEAD_MAX));
	buf_free(&item->body);
	item->body = head;
}

static bool
is_full(const struct import_batch *b)
{
	return b->n == TAKING_BATCH_MAX || b->mails == TAKING_BATCH_MAILS_MAX ||
	    b->bytes >= BATCH_BYTES;
}

enum err
import_batch_receive(struct import_batch *b, const struct receipt_facts *facts,
    struct buf *body, struct why *why)
{
	struct taking *t = &b->takings[b->n];
	struct item *item = &b->items[b->n++];
	size_t n = span_head(facts->peer, RECEIPT_TEXT_MAX).len;

	*item = (struct item){ .body = *body };
	*body = BUF_INIT(body->max);
	memcpy(item->peer, facts->peer.p, n);
	keep_head(item);
	*t = (struct taking){
		.id = uuid_new(facts->received_ns),
		.facts = *facts,
		.body = buf_span(&item->body),
		.parked = item->fault.text[0] == '\0' ? NULL : &item->fault,
	};
	t->facts.peer = span_str(item->peer);
	b->mails += facts->is_mail;
	b->bytes += item->body.len;
	if (item->body.err == E_NOMEM)
		return why_set(why, E_NOMEM, "out of memory");
	return is_full(b) ? import_batch_flush(b, why) : E_OK;
}

enum err
import_batch_add(struct import_batch *b, const char *name, struct buf *body,
    bool is_mail, struct why *why)
{
	const struct receipt_facts facts = {
		.way = RECEIPT_FILE,
		.received_ns = clock_wall_ns(b->intake->clock),
		.peer = span_str(name),
		.is_mail = is_mail,
	};

	return import_batch_receive(b, &facts, body, why);
}
