#include "cli/import_batch.h"

#include <stdlib.h>
#include <string.h>

#include "intake/judge.h"

/* In one transaction, which holds up other writers: receipts, and bytes past
 * which no further one is added. */
#define BATCH 32
#define BATCH_BYTES ((size_t)8 << 20)

struct item {
	struct uuid id;
	int64_t received_ns;
	char name[RECEIPT_TEXT_MAX + 1];
	struct buf body;
	bool is_mail;
	struct why fault; /* it cannot be read, whatever is in it; or empty */
};

struct import_batch {
	struct store *store;
	const struct clock *clock;
	struct item items[BATCH];
	size_t n, bytes;
	struct import_counts counts;
};

struct import_batch *
import_batch_new(struct store *store, const struct clock *clock)
{
	struct import_batch *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return NULL;
	b->store = store;
	b->clock = clock;
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
take_item(const struct import_batch *b, const struct item *item,
    struct import_counts *counts, struct why *why)
{
	const struct receipt_facts facts = {
		.way = RECEIPT_FILE,
		.received_ns = item->received_ns,
		.peer = span_str(item->name),
		.is_mail = item->is_mail,
	};
	const struct take take = {
		.store = b->store,
		.id = &item->id,
		.facts = &facts,
		.body = buf_span(&item->body),
		.judge = judge_unverified,
		.parked = item->fault.text[0] == '\0' ? NULL : &item->fault,
	};
	char id[UUID_TEXT_SIZE];
	enum err e = take_receipt(&take, why);

	if (e != E_OK)
		return e;
	uuid_text(&item->id, id);
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
		e = take_item(b, &b->items[i], &counts, why);
	if (e != E_OK) {
		store_rollback(b->store);
		return e;
	}
	if ((e = store_commit(b->store, why)) == E_OK)
		add_counts(&b->counts, &counts);
	return e;
}

/* The others are the store's or the machine's, and pass. */
static bool
is_of_the_item(enum err e)
{
	return e == E_RANGE || e == E_SYNTAX || e == E_CONFLICT || e == E_NOMEM;
}

/* Alone; one that the store does not take is kept as bytes. */
static enum err
take_alone(struct import_batch *b, size_t i, struct why *why)
{
	struct item *item = &b->items[i];
	struct why fault = { { 0 } };
	enum err e = take_items(b, i, 1, &fault);

	if (e == E_OK || !is_of_the_item(e))
		return e == E_OK ? e : why_set(why, e, "%s", fault.text);
	item->fault = fault;
	return take_items(b, i, 1, why);
}

enum err
import_batch_flush(struct import_batch *b, struct why *why)
{
	struct why fault = { { 0 } };
	enum err e = b->n == 0 ? E_OK : take_items(b, 0, b->n, &fault);

	if (is_of_the_item(e)) {
		e = E_OK;
		for (size_t i = 0; e == E_OK && i < b->n; i++)
			e = take_alone(b, i, why);
	} else if (e != E_OK) {
		(void)why_set(why, e, "%s", fault.text);
	}
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
import_batch_add(struct import_batch *b, const char *name, struct buf *body,
    bool is_mail, struct why *why)
{
	struct item *item = &b->items[b->n++];
	size_t n = span_head(span_str(name), RECEIPT_TEXT_MAX).len;

	*item = (struct item){ .received_ns = clock_wall_ns(b->clock),
		.body = *body,
		.is_mail = is_mail };
	*body = BUF_INIT(body->max);
	item->id = uuid_new(item->received_ns);
	memcpy(item->name, name, n);
	keep_head(item);
	b->bytes += item->body.len;
	if (item->body.err == E_NOMEM)
		return why_set(why, E_NOMEM, "out of memory");
	return b->n < BATCH && b->bytes < BATCH_BYTES
	    ? E_OK
	    : import_batch_flush(b, why);
}
