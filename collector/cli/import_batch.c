#include "cli/import_batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* Whose keys are asked for at once, and which are then in one transaction,
 * which holds up other writers: receipts, and bytes past which no further one
 * is added. */
#define BATCH KEYS_MAILS_MAX
#define BATCH_BYTES ((size_t)8 << 20)

struct item {
	char peer[RECEIPT_TEXT_MAX + 1];
	struct buf body;
	struct why fault; /* it cannot be read, whatever is in it; or empty */
};

struct import_batch {
	const struct intake *intake;
	struct store *store;
	struct item items[BATCH];
	struct taking takings[BATCH];
	size_t n, bytes;
	struct import_counts counts;
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
	b->n = b->bytes = 0;
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

/* -- one of them -- */

static enum err
count(void *arg, const struct inbox_row *row)
{
	struct import_counts *counts = arg;

	counts->n[row->state]++;
	return E_OK;
}

static enum err
take_item(const struct import_batch *b, size_t i, struct import_counts *counts,
    struct why *why)
{
	char id[UUID_TEXT_SIZE];
	bool kept = false;
	enum err e = taking_put(b->intake, b->store, &b->takings[i], &kept,
	    why);

	if (e != E_OK || !kept)
		return e;
	uuid_text(&b->takings[i].id, id);
	return store_inbox_get(b->store, span_str(id), count, counts, why);
}

/* -- some of them, in a transaction -- */

static void
add_counts(struct import_counts *sum, const struct import_counts *more)
{
	for (size_t i = 0; i < IMPORT_STATES; i++)
		sum->n[i] += more->n[i];
}

static enum err
take_items(struct import_batch *b, size_t first, size_t n, struct why *why)
{
	struct import_counts counts = { { 0 } };
	enum err e = store_begin(b->store, why);

	if (e != E_OK)
		return e;
	for (size_t i = first; e == E_OK && i < first + n; i++)
		e = take_item(b, i, &counts, why);
	if (e != E_OK) {
		store_rollback(b->store);
		return e;
	}
	if ((e = store_commit(b->store, why)) == E_OK)
		add_counts(&b->counts, &counts);
	return e;
}

/* Alone; one that the store does not take is kept as bytes. */
static enum err
take_alone(struct import_batch *b, size_t i, struct why *why)
{
	struct why fault = { { 0 } };
	enum err e = take_items(b, i, 1, &fault);

	if (e == E_OK || !take_is_own_fault(e))
		return e == E_OK ? e : why_set(why, e, "%s", fault.text);
	b->items[i].fault = fault;
	b->takings[i].parked = &b->items[i].fault;
	return take_items(b, i, 1, why);
}

static enum err
take_batch(struct import_batch *b, struct why *why)
{
	struct why fault = { { 0 } };
	enum err e = take_items(b, 0, b->n, &fault);

	if (e == E_OK || !take_is_own_fault(e))
		return e == E_OK ? e : why_set(why, e, "%s", fault.text);
	e = E_OK;
	for (size_t i = 0; e == E_OK && i < b->n; i++)
		e = take_alone(b, i, why);
	return e;
}

enum err
import_batch_flush(struct import_batch *b, struct why *why)
{
	enum err e;

	if (b->n == 0)
		return E_OK;
	e = taking_begin(b->intake, b->store, b->takings, b->n, why);
	if (e == E_OK)
		e = take_batch(b, why);
	taking_end(b->takings, b->n);
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
	b->bytes += item->body.len;
	if (item->body.err == E_NOMEM)
		return why_set(why, E_NOMEM, "out of memory");
	return b->n < BATCH && b->bytes < BATCH_BYTES
	    ? E_OK
	    : import_batch_flush(b, why);
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
