#include "api/encoding.h"

#include "codec/gzip.h"

#define SMALL 1400 /* bytes: it goes in one packet as it is */

/* "q=0", "q=0.000" */
static bool
is_zero(struct span weight)
{
	if (!span_take(&weight, SPAN_LIT("q=")) &&
	    !span_take(&weight, SPAN_LIT("Q=")))
		return false;
	for (size_t i = 0; i < weight.len; i++)
		if (weight.p[i] != '0' && weight.p[i] != '.')
			return false;
	return weight.len > 0;
}

bool
api_takes_gzip(struct span list)
{
	bool any = false;

	while (list.len > 0) {
		struct span weight = span_until(&list, ',');
		struct span coding = span_trim(span_until(&weight, ';'));
		bool is_taken = !is_zero(span_trim(weight));

		if (span_eq_nocase(coding, SPAN_LIT("gzip")))
			return is_taken;
		if (span_eq(coding, SPAN_LIT("*")))
			any = is_taken;
	}
	return any;
}

/* What has secrets in it is sent as it is: docs/security.md, BREACH. */
bool
api_may_gzip(const struct api_route *route)
{
	return route->scope == API_READ && route->does != API_WRITES;
}

static bool
is_text(struct span type)
{
	return span_eq(type, SPAN_LIT("application/json")) ||
	    span_take(&type, SPAN_LIT("text/csv"));
}

bool
api_is_for_gzip(const struct api_job *job, const struct api_answer *a)
{
	if (!job->takes_gzip || !api_may_gzip(job->route) || a->status != 200)
		return false;
	return a->gzip.len > 0 ||
	    (a->body.len >= SMALL && is_text(span_str(a->content_type)));
}

bool
api_answer_compress(struct api_answer *a)
{
	if (a->gzip.len > 0)
		return true;
	if (gzip_compress_fast(buf_span(&a->body), &a->gzip) == E_OK)
		return true;
	buf_clear(&a->gzip);
	return false;
}
