#include "cli/inbox_held.h"

#include <stdio.h>
#include <sysexits.h>

#include "store/store_inbox_account.h"

/* By class and event; class 0: nobody had looked. */
struct account {
	uint64_t held[INBOX_CLASSES + 1], bytes[INBOX_CLASSES + 1];
	uint64_t counts[INBOX_CLASSES + 1][INBOX_EVENTS + 1];
};

static enum err
note_sum(void *arg, enum inbox_class class, uint64_t n, uint64_t bytes)
{
	struct account *a = arg;

	a->held[class] = n;
	a->bytes[class] = bytes;
	return E_OK;
}

static enum err
note_count(void *arg, enum inbox_event event, int64_t class, uint64_t n,
    uint64_t bytes)
{
	struct account *a = arg;

	(void)bytes;
	if (class >= 0 && class <= INBOX_CLASSES)
		a->counts[class][event] = n;
	return E_OK;
}

static enum err
load(struct store *store, int64_t first, int64_t last, struct account *ret,
    struct why *why)
{
	enum err e;

	*ret = (struct account){ 0 };
	e = store_inbox_sums(store, note_sum, ret, why);
	return e == E_OK
	    ? store_inbox_counts(store, first, last, note_count, ret, why)
	    : e;
}

/* -- JSON -- */

static void
class_json(const struct account *a, int class, struct json_out *out)
{
	json_out_object(out, NULL);
	json_out_text(out, "class",
	    span_str(inbox_class_text((enum inbox_class) class)));
	json_out_count(out, "held", a->held[class]);
	json_out_count(out, "bytes", a->bytes[class]);
	for (int e = INBOX_EVENT_ACCEPTED; e < INBOX_EVENT_REFUSED_SOURCE; e++)
		json_out_count(out, inbox_event_text((enum inbox_event)e),
		    a->counts[class][e]);
	json_out_end(out);
}

enum err
inbox_held_json(struct store *store, int64_t first, int64_t last,
    struct json_out *out, struct why *why)
{
	struct account a;
	enum err e = load(store, first, last, &a, why);

	if (e != E_OK)
		return e;
	json_out_array(out, "inbox");
	for (int c = 1; c <= INBOX_CLASSES; c++)
		class_json(&a, c, out);
	json_out_end(out);
	json_out_object(out, "inbox-refused");
	for (int v = INBOX_EVENT_REFUSED_SOURCE; v <= INBOX_EVENTS; v++)
		json_out_count(out, inbox_event_text((enum inbox_event)v),
		    a.counts[0][v]);
	json_out_end(out);
	return E_OK;
}

/* -- tables -- */

static bool
is_any(const struct account *a, int class)
{
	uint64_t n = a->held[class];

	for (int e = INBOX_EVENT_ACCEPTED; e < INBOX_EVENT_REFUSED_SOURCE; e++)
		n += a->counts[class][e];
	return n > 0;
}

static int
print_classes(const struct cli *cli, const struct account *a)
{
	static const char *const heads[] = { "INBOX", ">HELD", ">BYTES",
		">ACCEPTED IN A WEEK", ">EVICTED", ">EXPIRED", "WHAT IT IS",
		NULL };
	struct cli_table *table = cli_table_new(heads);

	for (int c = 1; table != NULL && c <= INBOX_CLASSES; c++) {
		enum inbox_class class = (enum inbox_class)c;

		if (!is_any(a, c))
			continue;
		cli_table_text(table, span_str(inbox_class_text(class)));
		cli_table_count(table, a->held[c]);
		cli_table_count(table, a->bytes[c]);
		cli_table_count(table, a->counts[c][INBOX_EVENT_ACCEPTED]);
		cli_table_count(table, a->counts[c][INBOX_EVENT_EVICTED]);
		cli_table_count(table, a->counts[c][INBOX_EVENT_EXPIRED]);
		cli_table_text(table, span_str(inbox_class_sentence(class)));
	}
	return cli_table_print(cli, table, "no reports of others are held");
}

static bool
is_any_refused(const struct account *a)
{
	uint64_t n = 0;

	for (int v = INBOX_EVENT_REFUSED_SOURCE; v <= INBOX_EVENTS; v++)
		n += a->counts[0][v];
	return n > 0;
}

static int
print_refused(const struct cli *cli, const struct account *a)
{
	static const char *const heads[] = { "REFUSED", ">IN A WEEK",
		"WHAT IT IS", NULL };
	struct cli_table *table;

	if (!is_any_refused(a))
		return EX_OK;
	(void)puts("");
	table = cli_table_new(heads);
	for (int v = INBOX_EVENT_REFUSED_SOURCE;
	     table != NULL && v <= INBOX_EVENTS; v++) {
		enum inbox_event event = (enum inbox_event)v;

		cli_table_text(table, span_str(inbox_event_text(event)));
		cli_table_count(table, a->counts[0][v]);
		cli_table_text(table, span_str(inbox_event_sentence(event)));
	}
	return cli_table_print(cli, table, NULL);
}

int
inbox_held_print(const struct cli *cli, int64_t first, int64_t last)
{
	struct why why = { { 0 } };
	struct account a;
	enum err e = load(cli->store, first, last, &a, &why);
	int code;

	if (e != E_OK)
		return cli_fail(cli, e, &why);
	code = print_classes(cli, &a);
	return code == EX_OK ? print_refused(cli, &a) : code;
}
