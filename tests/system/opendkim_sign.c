/* opendkim_sign KEY DOMAIN SELECTOR ALGORITHM HEADER BODY FILE...: each message
 * FILE with libopendkim's signature in front becomes FILE.signed, for
 * test_verify.py. ALGORITHM is "rsa-sha256" or "ed25519-sha256", HEADER and
 * BODY are "simple" or "relaxed". */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include <dkim.h>

#include "base/file.h"

#define MESSAGE_MAX ((size_t)1 << 24)
#define NAME "DKIM-Signature: "

struct signing {
	const char *domain, *selector;
	dkim_alg_t algorithm;
	dkim_canon_t header, body;
	struct buf key;
};

static void
need(bool fine, const char *what)
{
	if (fine)
		return;
	(void)fprintf(stderr, "%s\n", what);
	exit(EX_DATAERR);
}

static void
read_file(const char *path, struct buf *out)
{
	struct why why = { { 0 } };

	need(file_read(path, out, &why) == E_OK, why.text);
}

static dkim_canon_t
way(const char *word)
{
	return strcmp(word, "simple") == 0 ? DKIM_CANON_SIMPLE
					   : DKIM_CANON_RELAXED;
}

static void
write_file(const char *path, struct span field, struct span message)
{
	FILE *f = fopen(path, "wb");

	need(f != NULL && fputs(NAME, f) >= 0 &&
		fwrite(field.p, 1, field.len, f) == field.len &&
		fputs("\r\n", f) >= 0 &&
		fwrite(message.p, 1, message.len, f) == message.len &&
		fclose(f) == 0,
	    path);
}

static DKIM *
begin(DKIM_LIB *lib, const struct signing *s, const char *path)
{
	DKIM_STAT status;
	DKIM *dkim = dkim_sign(lib, (const unsigned char *)path, NULL,
	    (dkim_sigkey_t)s->key.p, (const unsigned char *)s->selector,
	    (const unsigned char *)s->domain, s->header, s->body, s->algorithm,
	    -1, &status);

	need(dkim != NULL, "dkim_sign");
	return dkim;
}

static void
sign(DKIM_LIB *lib, const struct signing *s, const char *path)
{
	struct buf message = BUF_INIT(MESSAGE_MAX), name = BUF_INIT(4096);
	DKIM *dkim = begin(lib, s, path);
	unsigned char *field = NULL;
	size_t len = 0;

	read_file(path, &message);
	need(dkim_chunk(dkim, (u_char *)message.p, message.len) ==
		    DKIM_STAT_OK &&
		dkim_chunk(dkim, NULL, 0) == DKIM_STAT_OK &&
		dkim_eom(dkim, NULL) == DKIM_STAT_OK &&
		dkim_getsighdr_d(dkim, strlen(NAME), &field, &len) ==
		    DKIM_STAT_OK,
	    path);
	buf_addf(&name, "%s.signed", path);
	write_file(buf_str(&name), (struct span){ (char *)field, len },
	    buf_span(&message));
	(void)dkim_free(dkim);
	buf_free(&message);
	buf_free(&name);
}

int
main(int argc, char **argv)
{
	DKIM_LIB *lib = dkim_init(NULL, NULL);
	struct signing s = { .key = BUF_INIT(65536) };

	if (lib == NULL)
		return EX_UNAVAILABLE;
	if (argc < 7)
		return EX_USAGE;
	read_file(argv[1], &s.key);
	s.domain = argv[2];
	s.selector = argv[3];
	s.algorithm = strcmp(argv[4], "rsa-sha256") == 0
	    ? DKIM_SIGN_RSASHA256
	    : DKIM_SIGN_ED25519SHA256;
	s.header = way(argv[5]);
	s.body = way(argv[6]);
	for (int i = 7; i < argc; i++)
		sign(lib, &s, argv[i]);
	dkim_close(lib);
	buf_free(&s.key);
	return EX_OK;
}
