/* dkim_verify_files RECORDS NOW FILE...: how we judge each message's
 * signatures, for test_verify.py. RECORDS has lines of "NAME RECORD", so that
 * no DNS is asked. Prints "FILE SELECTOR RESULT FAULT" for each signature that
 * is looked at, "FILE - none" for a message without one. */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/file.h"
#include "base/num.h"
#include "codec/dkim_verify.h"

#define MESSAGE_MAX ((size_t)1 << 24)
#define TXTS_MAX 8 /* of a name */

static struct buf records = { .max = 65536 };

static void
need(enum err e, const char *what, const struct why *why)
{
	if (e == E_OK)
		return;
	(void)fprintf(stderr, "%s: %s\n", what, why->text);
	exit(EX_DATAERR);
}

static void
read_file(const char *path, struct buf *out)
{
	struct why why = { { 0 } };

	need(file_read(path, out, &why), path, &why);
}

static size_t
find_records(struct span name, struct span ret[TXTS_MAX])
{
	struct span rest = buf_span(&records);
	size_t n = 0;

	while (rest.len > 0 && n < TXTS_MAX) {
		struct span record = span_until(&rest, '\n');

		if (span_eq(span_until(&record, ' '), name))
			ret[n++] = record;
	}
	return n;
}

static void
print_signature(const struct dkim_signatures *all,
    const struct dkim_signature *sig, const char *path)
{
	struct span txts[TXTS_MAX];
	struct span_list list = { txts, find_records(sig->key_name, txts) };
	struct dkim_judgement j;
	struct why why = { { 0 } };

	need(dkim_verify(all, sig, list, &j), path, &why);
	(void)printf("%s %.*s %s %s\n", path, SPAN_ARG(sig->selector),
	    dkim_result_text(dkim_fault_result(j.fault)),
	    dkim_fault_text(j.fault));
}

static void
verify(const char *path, int64_t now_s)
{
	struct buf message = BUF_INIT(MESSAGE_MAX);
	struct arena arena = ARENA_INIT(1 << 20);
	struct dkim_signatures all;
	struct why why = { { 0 } };

	read_file(path, &message);
	need(dkim_signatures_read(buf_span(&message), now_s, &arena, &all,
		 &why),
	    path, &why);
	if (all.n == 0)
		(void)printf("%s - none\n", path);
	for (size_t i = 0; i < all.n; i++)
		print_signature(&all, &all.v[i], path);
	arena_free(&arena);
	buf_free(&message);
}

int
main(int argc, char **argv)
{
	int64_t now_s;

	if (argc < 3 ||
	    num_parse(span_str(argv[2]), 0, INT64_MAX, &now_s) != E_OK)
		return EX_USAGE;
	read_file(argv[1], &records);
	for (int i = 3; i < argc; i++)
		verify(argv[i], now_s);
	buf_free(&records);
	return EX_OK;
}
