/* mail_write_files (DOMAIN FROM TO NOW NAME TYPE REPORT BODY MAIL)...: writes
 * the file MAIL, a mail with the bytes of BODY, of TYPE "gzip" or "json", as
 * the attachment NAME, for test_mail.py. REPORT is the JSON that the mail is
 * about.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/file.h"
#include "base/num.h"
#include "codec/mail_write.h"

#define FILE_MAX_BYTES ((size_t)1 << 24)
#define OPERANDS 9

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

static void
write_file(const char *path, struct span bytes)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(bytes.p, 1, bytes.len, f) != bytes.len ||
	    fclose(f) != 0) {
		perror(path);
		exit(EX_IOERR);
	}
}

static void
write_mail(char **operands)
{
	struct buf json = BUF_INIT(FILE_MAX_BYTES);
	struct buf body = BUF_INIT(FILE_MAX_BYTES);
	struct buf mail = BUF_INIT(MAIL_MAX);
	struct arena arena = ARENA_INIT(SUMMARY_ARENA_MAX);
	struct report_summary summary;
	struct report_mail m = {
		.domain = span_str(operands[0]),
		.from = span_str(operands[1]),
		.to = span_str(operands[2]),
		.file_name = span_str(operands[4]),
		.is_gzip = strcmp(operands[5], "gzip") == 0,
		.summary = &summary,
	};
	struct why why = { { 0 } };

	need(num_parse(span_str(operands[3]), 0, INT64_MAX, &m.now_s),
	    operands[3], &why);
	read_file(operands[6], &json);
	read_file(operands[7], &body);
	m.body = buf_span(&body);
	need(report_summary_read(buf_span(&json), &arena, &summary, &why),
	    operands[6], &why);
	need(mail_write(&m, &mail, &why), operands[8], &why);
	write_file(operands[8], buf_span(&mail));
	arena_free(&arena);
	buf_free(&json);
	buf_free(&body);
	buf_free(&mail);
}

int
main(int argc, char **argv)
{
	if ((argc - 1) % OPERANDS != 0)
		return EX_USAGE;
	for (int i = 1; i < argc; i += OPERANDS)
		write_mail(argv + i);
	return EX_OK;
}
