#include "api/api_private.h"

#include "api/encoding.h"
#include "api/send.h"
#include "codec/gzip.h"
#include "web/web_files.h"

#define FILE_MAX ((size_t)8 * 1024 * 1024) /* bytes of one, expanded */

static const struct web_file *
find(struct span path)
{
	if (span_eq(path, SPAN_LIT("/")))
		path = SPAN_LIT("/index.html");
	for (size_t i = 0; i < nweb_files; i++)
		if (span_eq(path, span_str(web_files[i].path)))
			return &web_files[i];
	return NULL;
}

static void
send_plain(struct http_request *http, const struct web_file *f,
    struct span gzip, const struct http_field *fields)
{
	struct buf plain = BUF_INIT(FILE_MAX);

	if (gzip_expand(gzip, &plain) == E_OK)
		http_answer(http, 200, f->type, buf_span(&plain), fields);
	else
		http_refuse(http, 503, "there is no memory", NULL);
	buf_free(&plain);
}

void
api_files_answer(struct http_request *http)
{
	struct span path = http_request_path(http), rest = path;
	const struct web_file *f = find(path);
	bool is_asset = span_take(&rest, SPAN_LIT("/assets/"));
	bool is_gzip = api_takes_gzip(
	    http_request_field(http, "Accept-Encoding"));
	char tag[API_TAG_SIZE];
	struct span gzip;

	if (f == NULL) {
		http_refuse(http, 404,
		    nweb_files == 0 ? "this program is built without the page; "
				      "the API is below " API_PREFIX
				    : "there is nothing here",
		    NULL);
		return;
	}
	gzip = (struct span){ (const char *)f->gzip, f->gzip_len };
	api_tag(f->etag, is_gzip, tag);
	/* The name of an asset changes with what is in it. */
	struct http_field fields[] = {
		{ "Cache-Control",
		    is_asset ? "public, max-age=31536000, immutable"
			     : "no-cache" },
		{ "ETag", tag },
		{ "Vary", "Accept-Encoding" },
		{ is_gzip ? "Content-Encoding" : NULL, "gzip" },
		{ 0 },
	};

	if (api_has_tag(http_request_field(http, "If-None-Match"), tag)) {
		fields[3] = (struct http_field){ 0 };
		http_answer(http, 304, NULL, SPAN_NONE, fields);
	} else if (is_gzip) {
		http_answer(http, 200, f->type, gzip, fields);
	} else {
		send_plain(http, f, gzip, fields);
	}
}
