#include "api/api_private.h"

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

/* "gzip", and not with q=0 (RFC 9110 s12.5.3). */
static bool
takes_gzip(struct span list)
{
	while (list.len > 0) {
		struct span weight = span_until(&list, ',');
		struct span coding = span_trim(span_until(&weight, ';'));

		weight = span_trim(weight);
		if (span_eq_nocase(coding, SPAN_LIT("gzip")))
			return !span_eq(weight, SPAN_LIT("q=0")) &&
			    !span_eq(weight, SPAN_LIT("q=0.0"));
	}
	return false;
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
	/* The name of an asset changes with what is in it. */
	struct http_field fields[] = {
		{ "Cache-Control",
		    is_asset ? "public, max-age=31536000, immutable"
			     : "no-cache" },
		{ "ETag", f->etag },
		{ "Vary", "Accept-Encoding" },
		{ "Content-Encoding", "gzip" },
		{ 0 },
	};

	if (span_eq(http_request_field(http, "If-None-Match"),
		span_str(f->etag)))
		http_answer(http, 304, NULL, SPAN_NONE,
		    (const struct http_field[]){ fields[0], fields[1],
			fields[2], { 0 } });
	else if (takes_gzip(http_request_field(http, "Accept-Encoding")))
		http_answer(http, 200, f->type, gzip, fields);
	else {
		fields[3] = (struct http_field){ 0 };
		send_plain(http, f, gzip, fields);
	}
}
