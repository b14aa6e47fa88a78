/* cli/cmd_inbox_reprocess.c -- inbox reprocess: the kept bytes are read once
 * more. */
#include <inttypes.h>
#include <stdio.h>
#include <sysexits.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "intake/key_lookup.h"
#include "intake/retake.h"
#include "store/store_inbox.h"

#define IDS_BYTES ((size_t)1 << 30)
#define STATES_SIZE 512

const struct cli_option inbox_reprocess_options[] = {
	{ "all", NULL, "whatever is in the inbox" },
	{ "unreadable", NULL, "what could not be read" },
	{ NULL, NULL, NULL },
};

struct reprocess {
	struct cli *cli;
	struct clock clock;
	struct key_lookup *lookup; /* NULL: no key is looked up */
	struct intake intake;
	struct arena arena;
	struct span_list ids;
	struct json_out *out; /* --json, with its list begun; else NULL */
	uint64_t changed, gone;
	struct progress progress;
};

/* -- which -- */

static enum err
add_id(struct reprocess *p, struct span intake)
{
	size_t n = p->ids.n;

	if ((n & (n - 1)) == 0)
		p->ids.v = arena_grow(&p->arena, p->ids.v, n,
		    n == 0 ? 1 : 2 * n, sizeof(struct span));
	if (p->ids.v == NULL)
		return E_NOMEM;
	p->ids.v[p->ids.n] = arena_copy(&p->arena, intake);
	return p->ids.v[p->ids.n++].p == NULL ? E_NOMEM : E_OK;
}

static enum err
add_row(void *arg, const struct inbox_row *r)
{
	struct reprocess *p = arg;

	/* Parts of one intake come one behind the other. */
	if (p->ids.n > 0 && span_eq(p->ids.v[p->ids.n - 1], r->intake))
		return E_OK;
	return add_id(p, r->intake);
}

static enum err
select_ids(struct reprocess *p, struct why *why)
{
	struct inbox_filter filter = INBOX_ALL;
	enum err e = E_OK;

	if (p->cli->noperands == 0) {
		if (cli_value(p->cli, "all") == NULL)
			filter.state = INBOX_UNREADABLE;
		return store_inbox_list(p->cli->store, &filter, add_row, p,
		    why);
	}
	for (size_t i = 0; e == E_OK && i < p->cli->noperands; i++)
		e = add_id(p, span_str(p->cli->operands[i]));
	return e;
}

/* -- one -- */

/* "counted, foreign" */
static enum err
add_state(void *arg, const struct inbox_row *r)
{
	struct buf *out = arg;

	buf_addf(out, "%s%s", out->len == 0 ? "" : ", ",
	    inbox_state_text(r->state));
	return E_OK;
}

static void
tell_states(struct json_out *out, const char *key, struct span states)
{
	json_out_array(out, key);
	while (states.len > 0)
		json_out_text(out, NULL, span_trim(span_until(&states, ',')));
	json_out_end(out);
}

static void
tell_json(struct json_out *out, struct span id, struct span before,
    struct span after)
{
	json_out_object(out, NULL);
	json_out_text(out, "intake-id", id);
	tell_states(out, "was", before);
	tell_states(out, "is", after);
	json_out_end(out);
}

static void
tell(struct reprocess *p, struct span id, const struct buf *before,
    const struct buf *after)
{
	struct span b = buf_span(before), a = buf_span(after);

	if (p->out != NULL) {
		tell_json(p->out, id, b, a);
		return;
	}
	progress_clear(&p->progress);
	(void)printf("%.*s  was %.*s, is %.*s\n", SPAN_ARG(id), SPAN_ARG(b),
	    SPAN_ARG(a));
}

/* One whose bytes are gone stays as it is, and holds up no other. */
static enum err
reprocess_one(struct reprocess *p, struct span id, struct why *why)
{
	struct buf before = BUF_INIT(STATES_SIZE);
	struct buf after = BUF_INIT(STATES_SIZE);
	enum err e = store_inbox_get(p->cli->store, id, add_state, &before,
	    why);

	if (e == E_OK &&
	    (e = retake(&p->intake, p->cli->store, id, why)) == E_ABSENT) {
		p->gone++;
		*why = (struct why){ { 0 } };
		e = E_OK;
		goto out;
	}
	if (e == E_OK)
		e = store_inbox_get(p->cli->store, id, add_state, &after, why);
	if (e == E_OK && !span_eq(buf_span(&before), buf_span(&after))) {
		p->changed++;
		tell(p, id, &before, &after);
	}
out:
	buf_free(&before);
	buf_free(&after);
	return e;
}

static enum err
reprocess_all(struct reprocess *p, struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < p->ids.n; i++) {
		progress_tell(&p->progress, i, p->ids.n, "");
		e = reprocess_one(p, p->ids.v[i], why);
	}
	progress_clear(&p->progress);
	return e;
}

static int
print_sums(const struct reprocess *p)
{
	(void)printf("%zu taken anew, %" PRIu64 " changed", p->ids.n - p->gone,
	    p->changed);
	if (p->gone > 0)
		(void)printf("; of %" PRIu64 " the bytes are gone", p->gone);
	(void)putchar('\n');
	return EX_OK;
}

static int
print_json(struct reprocess *p)
{
	struct json_out *out = p->out;

	p->out = NULL;
	json_out_end(out);
	json_out_count(out, "taken-anew", p->ids.n - p->gone);
	json_out_count(out, "bytes-gone", p->gone);
	json_out_end(out);
	return cli_print_json(p->cli, out);
}

/* E_NOMEM. */
static enum err
begin_json(struct reprocess *p)
{
	if ((p->out = json_out_new()) == NULL)
		return E_NOMEM;
	json_out_object(p->out, NULL);
	json_out_array(p->out, "changed");
	return E_OK;
}

static int
run(struct reprocess *p)
{
	struct why why = { { 0 } };
	enum err e = key_lookup_open(p->cli->config, -1, &p->lookup, &why);

	p->intake = intake_of(p->cli->config, &p->clock, key_lookup_ask,
	    p->lookup);
	if (e == E_OK && p->cli->json)
		e = begin_json(p);
	if (e == E_OK)
		e = select_ids(p, &why);
	if (e == E_OK)
		e = reprocess_all(p, &why);
	if (e != E_OK)
		return cli_fail(p->cli, e, &why);
	return p->out == NULL ? print_sums(p) : print_json(p);
}

int
cmd_inbox_reprocess(struct cli *cli)
{
	struct reprocess p = { .cli = cli, .arena = ARENA_INIT(IDS_BYTES) };
	int ways = (cli->noperands > 0) + (cli_value(cli, "all") != NULL) +
	    (cli_value(cli, "unreadable") != NULL);
	int code;

	if (ways != 1)
		return cli_usage(cli, "either IDs, or --all, or --unreadable");
	if ((code = cli_store(cli)) != EX_OK)
		return code;
	progress_begin(&p.progress);
	p.clock = cli_clock(cli);
	code = run(&p);
	json_out_free(p.out);
	key_lookup_close(p.lookup);
	arena_free(&p.arena);
	return code;
}
