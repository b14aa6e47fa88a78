/* api/resource_search.c -- one field to find it all by. */
#include <stdio.h>

#include "api/view.h"
#include "base/uuid.h"
#include "codec/ip.h"
#include "codec/typed.h"

#define EACH_MAX 20 /* of each kind */

static const struct api_column columns[] = {
	{ "kind", API_TEXT },
	{ "text", API_TEXT },
	{ "link", API_TEXT },
	{ NULL, API_END },
};

struct search {
	const struct api_request *request;
	struct api_list *list;
};

/* link: of the page; value goes behind it, encoded where it may hold more than
 * a name. */
static void
put(const struct search *s, const char *kind, struct span text,
    const char *link, struct span value)
{
	struct buf out = BUF_INIT(8192);

	buf_adds(&out, link);
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_')
			buf_addc(&out, (char)c);
		else
			buf_addf(&out, "%%%02X", c);
	}
	if (out.err == E_OK && api_row(s->list, SPAN_NONE, SPAN_NONE)) {
		api_text(s->list, span_str(kind));
		api_text(s->list, text);
		api_text(s->list, buf_span(&out));
	}
	buf_free(&out);
}

static enum err
put_domain(void *arg, struct span name)
{
	put(arg, "domain", name, "#/domain/", name);
	return E_OK;
}

static enum err
put_reporter(void *arg, struct span name)
{
	put(arg, "reporter", name, "#/reports?reporter=", name);
	return E_OK;
}

static enum err
put_report(void *arg, struct span intake, int64_t part, struct span report_id)
{
	char id[UUID_TEXT_SIZE + 21];

	(void)snprintf(id, sizeof(id), "%.*s.%lld",
	    SPAN_ARG(span_head(intake, UUID_TEXT_SIZE - 1)), (long long)part);
	put(arg, "report", report_id, "#/report/", span_str(id));
	return E_OK;
}

/* Whether reports name them the list tells: it is not looked up here. */
static void
put_places(const struct search *s, struct span text)
{
	struct span name = SPAN_NONE;
	char ip[IP_TEXT_SIZE];
	size_t len = ip_canonical(text, ip);

	if (len > 0) {
		const struct span address = { ip, len };

		put(s, "ip", address, "#/reports?receiving-ip=", address);
		put(s, "ip", address, "#/reports?sending-ip=", address);
	} else if (span_has(text, '.') &&
	    typed_domain(text, s->request->arena, &name, NULL) == E_OK) {
		put(s, "mx", name, "#/reports?mx=", name);
	}
}

enum err
api_get_search(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	const struct span text = span_trim(r->query->text);
	struct search s = { .request = r };
	struct view_filter f;
	enum err e = view_filter_of(r, &f);

	if (e != E_OK)
		return e;
	s.list = api_list(a, columns);
	if (text.len == 0)
		return E_OK;
	e = store_view_search_domains(r->store, f.allowed, text, EACH_MAX,
	    put_domain, &s, why);
	if (e == E_OK)
		e = store_view_search_reporters(r->store, f.allowed, text,
		    EACH_MAX, put_reporter, &s, why);
	if (e == E_OK)
		e = store_view_search_reports(r->store, f.allowed, text,
		    EACH_MAX, put_report, &s, why);
	if (e == E_OK)
		put_places(&s, text);
	return e;
}
