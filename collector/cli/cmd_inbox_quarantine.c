/* cli/cmd_inbox_quarantine.c -- inbox quarantine: what is kept and does not
 * count, and what to do about it. */
#include <stdio.h>
#include <sysexits.h>

#include "cli/cli.h"
#include "cli/inbox_view.h"
#include "cli/prose.h"
#include "store/store_inbox.h"

#define DOMAINS_SHOWN 1000

/* What a person can do. */
static const struct {
	enum inbox_state state;
	const char *next;
} nexts[] = {
	{ INBOX_FOREIGN,
	    "If a domain is yours: tlsrpt domain add DOMAIN, then tlsrpt inbox "
	    "reprocess --all. If not, somebody's record names your address, or "
	    "somebody tries to be counted: leave it." },
	{ INBOX_UNTRUSTED,
	    "Look at one with tlsrpt inbox show: it says why its signature does "
	    "not vouch. The reporter has to sign as RFC 8460 section 3 asks." },
	{ INBOX_WAITING,
	    "Nothing: role intake asks DNS again. tlsrpt inbox reprocess ID asks "
	    "at once." },
	{ INBOX_CONTRADICTED,
	    "Compare each with the report that counts in its stead (inbox show "
	    "names it): one of the two reporters is not who it says." },
	{ INBOX_IMPLAUSIBLE,
	    "Tell the reporter (inbox show names the contact): its range or its "
	    "numbers are wrong. Nothing else is to be done." },
	{ INBOX_UNREADABLE,
	    "tlsrpt inbox raw ID prints what came. After an upgrade: tlsrpt "
	    "inbox reprocess --unreadable." },
};

#define NNEXTS (sizeof(nexts) / sizeof(nexts[0]))

struct heap_list {
	struct cli_listing *listing;
	enum inbox_state state;	  /* those alone are told */
	const char *const *heads; /* of a table that begins with the first */
};

static void
heap_json(struct json_out *out, const struct inbox_heap *h)
{
	json_out_object(out, NULL);
	json_out_text(out,
	    h->state == INBOX_FOREIGN ? "policy-domain" : "reason", h->text);
	json_out_text(out, "verdict", span_str(inbox_verdict_text(h->verdict)));
	json_out_count(out, "reports", h->reports);
	cli_json_time(out, "first-received-at", h->first_s);
	cli_json_time(out, "last-received-at", h->last_s);
	json_out_end(out);
}

static enum err
list_heap(void *arg, const struct inbox_heap *h)
{
	struct heap_list *list = arg;
	struct cli_listing *l = list->listing;
	const char *verdict = inbox_verdict_text(h->verdict);

	if (h->state != list->state)
		return E_OK;
	if (l->out != NULL) {
		heap_json(l->out, h);
		return E_OK;
	}
	if (l->table == NULL && (l->table = cli_table_new(list->heads)) == NULL)
		return E_NOMEM;
	cli_table_count(l->table, h->reports);
	cli_table_time(l->table, h->first_s);
	cli_table_time(l->table, h->last_s);
	cli_table_text(l->table,
	    h->text.len > 0	     ? h->text
		: verdict[0] != '\0' ? span_str(verdict)
				     : SPAN_LIT("-"));
	return E_OK;
}

static enum err
list_state(struct cli_listing *l, enum inbox_state state,
    const char *const *heads, struct why *why)
{
	struct heap_list list = { l, state, heads };
	struct store *store = l->cli->store;

	return state == INBOX_FOREIGN
	    ? store_inbox_foreign(store, DOMAINS_SHOWN, list_heap, &list, why)
	    : store_inbox_heaps(store, list_heap, &list, why);
}

static enum err
print_state(struct cli *cli, size_t i, bool *any, struct why *why)
{
	const char *const heads[] = { ">REPORTS", "FIRST", "LAST",
		nexts[i].state == INBOX_FOREIGN		 ? "POLICY DOMAIN"
		    : nexts[i].state == INBOX_UNREADABLE ? "WHY"
							 : "VERDICT",
		NULL };
	struct cli_listing l = { .cli = cli };
	enum err e = list_state(&l, nexts[i].state, heads, why);

	if (e != E_OK || l.table == NULL)
		return e;
	if (*any)
		(void)putchar('\n');
	*any = true;
	prose(0, "%s: %s", inbox_state_text(nexts[i].state),
	    inbox_state_sentence(nexts[i].state));
	(void)cli_table_print(cli, l.table, "");
	prose(4, "%s", nexts[i].next);
	return E_OK;
}

static int
print_json(struct cli *cli)
{
	struct cli_listing l = { .cli = cli, .out = json_out_new() };
	struct why why = { { 0 } };
	enum err e = l.out == NULL ? E_NOMEM : E_OK;

	if (e != E_OK)
		return cli_fail(cli, e, &why);
	json_out_object(l.out, NULL);
	for (size_t i = 0; e == E_OK && i < NNEXTS; i++) {
		json_out_array(l.out, inbox_state_text(nexts[i].state));
		e = list_state(&l, nexts[i].state, NULL, &why);
		json_out_end(l.out);
	}
	json_out_end(l.out);
	if (e == E_OK)
		return cli_print_json(cli, l.out);
	json_out_free(l.out);
	return cli_fail(cli, e, &why);
}

int
cmd_inbox_quarantine(struct cli *cli)
{
	struct why why = { { 0 } };
	int code = cli_store(cli);
	enum err e = E_OK;
	bool any = false;

	if (code != EX_OK)
		return code;
	if (cli->json)
		return print_json(cli);
	for (size_t i = 0; e == E_OK && i < NNEXTS; i++)
		e = print_state(cli, i, &any, &why);
	if (e != E_OK)
		return cli_fail(cli, e, &why);
	if (!any)
		(void)puts("nothing is kept that does not count");
	return EX_OK;
}
