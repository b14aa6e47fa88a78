#include "api/send.h"

#include <stdio.h>

#include "api/encoding.h"

#define LINK_MAX 16384

/* -- validators -- */

/* Half of the hash. "" if there is no memory for it. */
void
api_etag_make(struct api_answer *a)
{
	unsigned char hash[SHA256_BYTES];

	if (a->etag[0] != '\0' || sha256(buf_span(&a->body), hash) != E_OK)
		return;
	a->etag[0] = '"';
	for (size_t i = 0; i < SHA256_BYTES / 2; i++)
		(void)snprintf(a->etag + 1 + 2 * i, 3, "%02x", hash[i]);
	(void)memcpy(a->etag + 1 + SHA256_BYTES, "\"", 2);
}

void
api_tag(const char *etag, bool is_gzip, char ret[API_TAG_SIZE])
{
	int n = (int)strlen(etag);

	if (is_gzip && n > 0)
		(void)snprintf(ret, API_TAG_SIZE, "%.*s-gzip\"", n - 1, etag);
	else
		(void)snprintf(ret, API_TAG_SIZE, "%s", etag);
}

bool
api_has_tag(struct span list, const char *tag)
{
	while (list.len > 0) {
		struct span one = span_trim(span_until(&list, ','));

		(void)span_take(&one, SPAN_LIT("W/"));
		if (span_eq(one, span_str(tag)) || span_eq(one, SPAN_LIT("*")))
			return true;
	}
	return false;
}

/* -- the rows behind -- */

/* As it may stand between "<" and ">". */
static void
add_target(struct buf *out, struct span target)
{
	for (size_t i = 0; i < target.len; i++) {
		unsigned char c = (unsigned char)target.p[i];

		if (c <= ' ' || c >= 0x7f || strchr("<>\"\\", c) != NULL)
			buf_addf(out, "%%%02X", c);
		else
			buf_addc(out, (char)c);
	}
}

/* RFC 8288: where the rows behind those of the answer are. */
static void
put_link(const struct api_job *job, const char *next, struct buf *out)
{
	struct span rest = job->query_text, pair, value;

	if (next[0] == '\0')
		return;
	buf_addc(out, '<');
	add_target(out, job->path);
	buf_addc(out, '?');
	while (rest.len > 0) {
		value = pair = span_until(&rest, '&');
		if (pair.len == 0 || span_take(&value, SPAN_LIT("cursor=")))
			continue;
		add_target(out, pair);
		buf_addc(out, '&');
	}
	buf_addf(out, "cursor=%s>; rel=\"next\"", next);
}

/* -- the head -- */

struct head {
	struct http_field v[12];
	size_t n;
	char tag[API_TAG_SIZE], retry[24], file[192];
	struct buf link;
};

static void
add_field(struct head *h, const char *name, const char *value)
{
	if (value[0] != '\0')
		h->v[h->n++] = (struct http_field){ name, value };
}

static void
make_head(const struct api_job *job, const struct api_answer *a,
    unsigned status, bool is_gzip, struct head *h)
{
	const bool is_get = strcmp(job->route->method, "GET") == 0;

	if (a->retry_after_s > 0)
		(void)snprintf(h->retry, sizeof(h->retry), "%lld",
		    (long long)a->retry_after_s);
	if (a->file_name[0] != '\0')
		(void)snprintf(h->file, sizeof(h->file),
		    "attachment; filename=\"%s\"", a->file_name);
	put_link(job, a->next, &h->link);
	add_field(h, "Cache-Control",
	    is_get ? "private, no-cache" : "no-store");
	add_field(h, "ETag", h->tag);
	add_field(h, "Vary", api_may_gzip(job->route) ? "Accept-Encoding" : "");
	add_field(h, "Content-Encoding",
	    is_gzip && status != 304 ? "gzip" : "");
	add_field(h, "Retry-After", h->retry);
	add_field(h, "Content-Disposition", h->file);
	add_field(h, "Link", buf_str(&h->link));
	add_field(h, "Set-Cookie", a->cookie);
	add_field(h, "WWW-Authenticate", status == 401 ? "Bearer" : "");
}

void
api_send(struct api_job *job, struct api_answer *a)
{
	struct head head = { .link = BUF_INIT(LINK_MAX) };
	struct span body = buf_span(&a->body);
	bool is_gzip = api_is_for_gzip(job, a);
	unsigned status = a->status;

	if (strcmp(job->route->method, "GET") == 0 && status == 200)
		api_etag_make(a);
	api_tag(a->etag, is_gzip, head.tag);
	if (head.tag[0] != '\0' && api_has_tag(job->if_none_match, head.tag)) {
		status = 304;
		body = SPAN_NONE;
	} else if (is_gzip && api_answer_compress(a)) {
		body = buf_span(&a->gzip);
	} else if (is_gzip) {
		is_gzip = false;
		api_tag(a->etag, false, head.tag);
	}
	make_head(job, a, status, is_gzip, &head);
	http_answer(job->http, status,
	    status == 304 || status == 204 ? NULL : a->content_type, body,
	    head.v);
	buf_free(&head.link);
}
