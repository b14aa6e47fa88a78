/* mime_files FILE...: how we take each message apart, for test_mime.py. Prints
 * "FILE TYPE NAME BYTES" for each part that has no parts: the type in lower
 * case, name= of Content-Type and the decoded body in hexadecimal, each with a
 * dot in front; BYTES is "?" where nothing could be decoded. */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/ascii.h"
#include "base/file.h"
#include "codec/mime_read.h"

#define MESSAGE_MAX ((size_t)1 << 24)

static void
print_lower(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		(void)putchar(ascii_lower(s.p[i]));
}

static void
print_hex(struct span s)
{
	(void)putchar('.');
	for (size_t i = 0; i < s.len; i++)
		(void)printf("%02x", (unsigned char)s.p[i]);
}

static void
print_name(const struct mime_part *part)
{
	const struct mime_field *f = mime_field(&part->header, "Content-Type");
	struct buf name = BUF_INIT(MESSAGE_MAX);

	if (f == NULL || mime_parameter(f->value, "name", &name) != E_OK)
		buf_clear(&name);
	print_hex(buf_span(&name));
	buf_free(&name);
}

static void
print_part(const char *path, const struct mime_part *part)
{
	struct buf bytes = BUF_INIT(MESSAGE_MAX);

	(void)printf("%s ", path);
	print_lower(part->type);
	(void)putchar('/');
	print_lower(part->subtype);
	(void)putchar(' ');
	print_name(part);
	(void)putchar(' ');
	if (mime_decode(part, &bytes) == E_OK)
		print_hex(buf_span(&bytes));
	else
		(void)putchar('?');
	(void)putchar('\n');
	buf_free(&bytes);
}

static void
take_apart(const char *path)
{
	struct buf message = BUF_INIT(MESSAGE_MAX);
	struct arena arena = ARENA_INIT(MESSAGE_MAX);
	struct why why = { { 0 } };
	struct mime m;

	if (file_read(path, &message, &why) != E_OK ||
	    mime_parse(buf_span(&message), &arena, &m, &why) != E_OK) {
		(void)fprintf(stderr, "%s: %s\n", path, why.text);
		exit(EX_DATAERR);
	}
	for (size_t i = 0; i < m.n; i++)
		if (!m.v[i].is_multipart)
			print_part(path, &m.v[i]);
	arena_free(&arena);
	buf_free(&message);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		take_apart(argv[i]);
	return EX_OK;
}
