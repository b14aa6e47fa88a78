/* gmime_files FILE...: the same as mime_files, by GMime. */
#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static void
print_hex(const char *bytes, size_t n)
{
	(void)putchar('.');
	for (size_t i = 0; i < n; i++)
		(void)printf("%02x", (unsigned char)bytes[i]);
}

static void
print_head(const char *path, GMimeObject *part)
{
	char *type = g_mime_content_type_get_mime_type(
	    g_mime_object_get_content_type(part));
	char *lower = g_ascii_strdown(type, -1);
	const char *name = g_mime_object_get_content_type_parameter(part,
	    "name");

	(void)printf("%s %s ", path, lower);
	print_hex(name == NULL ? "" : name, name == NULL ? 0 : strlen(name));
	(void)putchar(' ');
	g_free(lower);
	g_free(type);
}

static void
print_leaf(const char *path, GMimeObject *part)
{
	GMimeStream *out = g_mime_stream_mem_new();
	GByteArray *bytes;

	print_head(path, part);
	if (GMIME_IS_PART(part) &&
	    g_mime_part_get_content((GMimePart *)part) != NULL)
		(void)
		    g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(
							    (GMimePart *)part),
			out);
	bytes = g_mime_stream_mem_get_byte_array((GMimeStreamMem *)out);
	if (GMIME_IS_MESSAGE_PART(part))
		(void)putchar('?');
	else
		print_hex((const char *)bytes->data, bytes->len);
	(void)putchar('\n');
	g_object_unref(out);
}

static void
print_parts(const char *path, GMimeObject *part)
{
	GMimeMultipart *all = (GMimeMultipart *)part;

	if (!GMIME_IS_MULTIPART(part)) {
		print_leaf(path, part);
		return;
	}
	for (int i = 0; i < g_mime_multipart_get_count(all); i++)
		print_parts(path, g_mime_multipart_get_part(all, i));
}

static void
take_apart(const char *path)
{
	GMimeStream *in = g_mime_stream_file_open(path, "r", NULL);
	GMimeParser *parser;
	GMimeMessage *message;

	if (in == NULL)
		exit(EX_NOINPUT);
	parser = g_mime_parser_new_with_stream(in);
	message = g_mime_parser_construct_message(parser, NULL);
	if (message == NULL)
		exit(EX_DATAERR);
	print_parts(path, g_mime_message_get_mime_part(message));
	g_object_unref(message);
	g_object_unref(parser);
	g_object_unref(in);
}

int
main(int argc, char **argv)
{
	g_mime_init();
	for (int i = 1; i < argc; i++)
		take_apart(argv[i]);
	g_mime_shutdown();
	return EX_OK;
}
