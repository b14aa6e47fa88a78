/* dkim_sign_files KEY DOMAIN SELECTOR NOW FILE...: each message FILE with its
 * signature in front becomes FILE.signed, for test_dkim.py. */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/file.h"
#include "base/num.h"
#include "codec/dkim_sign.h"

#define MESSAGE_MAX ((size_t)1 << 24)

static void
need(enum err e, const char *what, const struct why *why)
{
	if (e == E_OK)
		return;
	(void)fprintf(stderr, "%s: %s\n", what, why->text);
	exit(EX_DATAERR);
}

static struct dkim_key *
read_key(const char *path)
{
	struct buf pem = BUF_INIT(DKIM_KEY_FILE_MAX);
	struct dkim_key *key = NULL;
	struct why why = { { 0 } };

	need(file_read(path, &pem, &why), path, &why);
	need(dkim_key_parse(buf_span(&pem), &key, &why), path, &why);
	buf_free(&pem);
	return key;
}

static void
write_file(const char *path, struct span head, struct span rest)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(head.p, 1, head.len, f) != head.len ||
	    fwrite(rest.p, 1, rest.len, f) != rest.len || fclose(f) != 0) {
		perror(path);
		exit(EX_IOERR);
	}
}

static void
sign_file(const struct dkim_key *key, const struct dkim_signing *signing,
    const char *path)
{
	struct buf name = BUF_INIT(4096), message = BUF_INIT(MESSAGE_MAX);
	struct buf field = BUF_INIT(DKIM_FIELD_MAX);
	struct why why = { { 0 } };

	need(file_read(path, &message, &why), path, &why);
	need(dkim_sign(key, signing, buf_span(&message), &field, &why), path,
	    &why);
	buf_addf(&name, "%s.signed", path);
	write_file(buf_str(&name), buf_span(&field), buf_span(&message));
	buf_free(&name);
	buf_free(&message);
	buf_free(&field);
}

int
main(int argc, char **argv)
{
	struct dkim_signing signing = { .expires_s = 0 };
	struct dkim_key *key;

	if (argc < 5 ||
	    num_parse(span_str(argv[4]), 0, INT32_MAX, &signing.now_s) != E_OK)
		return EX_USAGE;
	key = read_key(argv[1]);
	signing.domain = span_str(argv[2]);
	signing.selector = span_str(argv[3]);
	signing.expires_s = signing.now_s + 86400;
	for (int i = 5; i < argc; i++)
		sign_file(key, &signing, argv[i]);
	dkim_key_free(key);
	return EX_OK;
}
