/* cli/cmd_record.c -- record parse: what a sender makes of a domain's record.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/escape.h"
#include "cli/cli.h"
#include "codec/tlsrpt_record.h"

#define RECORD_ARENA_MAX (1 << 20)

static const char *
scheme_text(enum rua_scheme scheme)
{
	return scheme == RUA_MAILTO ? "mailto" : "https";
}

static void
print_text(const struct tlsrpt_record *rec)
{
	struct buf uri = BUF_INIT(8 * URI_TEXT_MAX);

	for (size_t i = 0; i < rec->nrua; i++) {
		buf_clear(&uri);
		escape_terminal(&uri, rec->rua[i].uri);
		(void)printf("report to  %s\n", buf_str(&uri));
	}
	for (int i = 0; i < NRECORD_NOTES; i++)
		if (rec->notes & 1U << i)
			(void)printf("note       %s\n",
			    record_note_sentence((enum record_note)i));
	buf_free(&uri);
}

static int
print_json(const struct cli *cli, enum err e, const struct tlsrpt_record *rec,
    const struct why *why)
{
	struct json_out *out = json_out_new();

	if (out == NULL)
		return cli_print_json(cli, NULL);
	json_out_object(out, NULL);
	json_out_bool(out, "valid", e == E_OK);
	json_out_array(out, "rua");
	for (size_t i = 0; i < rec->nrua; i++) {
		json_out_object(out, NULL);
		json_out_text(out, "scheme",
		    span_str(scheme_text(rec->rua[i].scheme)));
		json_out_text(out, "uri", rec->rua[i].uri);
		json_out_end(out);
	}
	json_out_end(out);
	json_out_array(out, "notes");
	for (int i = 0; i < NRECORD_NOTES; i++)
		if (rec->notes & 1U << i)
			json_out_text(out, NULL,
			    span_str(
				record_note_sentence((enum record_note)i)));
	json_out_end(out);
	if (e != E_OK)
		json_out_text(out, "error", span_str(why->text));
	json_out_end(out);
	return cli_print_json(cli, out);
}

int
cmd_record_parse(struct cli *cli)
{
	struct arena arena = ARENA_INIT(RECORD_ARENA_MAX);
	struct tlsrpt_record rec = { .nrua = 0 };
	struct span_list txts = { NULL, cli->noperands };
	struct why why = { { 0 } };
	struct span record;
	int code = EX_OK;
	enum err e = E_NOMEM;

	txts.v = calloc(txts.n, sizeof(*txts.v));
	for (size_t i = 0; txts.v != NULL && i < txts.n; i++)
		txts.v[i] = span_str(cli->operands[i]);
	if (txts.v != NULL)
		e = tlsrpt_record_select(txts, &record, &why);
	if (e == E_OK)
		e = tlsrpt_record_parse(record, &arena, &rec, &why);
	if (cli->json)
		code = print_json(cli, e, &rec, &why);
	else
		print_text(&rec);
	if (e != E_OK && !cli->json)
		(void)cli_fail(cli, e, &why);
	/* Whatever is wrong with it, it is the record's data. */
	if (e != E_OK && code == EX_OK)
		code = e == E_NOMEM ? EX_OSERR : EX_DATAERR;
	free(txts.v);
	arena_free(&arena);
	return code;
}
