#include "api/encoding.h"

#include <stdlib.h>

struct span
api_cookie_value(struct span field, struct span name)
{
	struct span found = SPAN_NONE;

	while (field.len > 0) {
		struct span value = span_trim(span_until(&field, ';'));

		if (!span_eq(span_until(&value, '='), name))
			continue;
		if (found.p != NULL)
			return SPAN_NONE;
		found = value;
	}
	return found;
}

/* RFC 6750 s2.1 */
static struct span
bearer(struct span authorization)
{
	struct span rest = authorization, scheme = span_until(&rest, ' ');

	return span_eq_nocase(scheme, SPAN_LIT("Bearer")) ? span_trim(rest)
							  : SPAN_NONE;
}

static struct api_job *
new_job(void)
{
	struct api_job *job = calloc(1, sizeof(*job));

	if (job != NULL)
		job->arena = ARENA_INIT(API_JOB_BYTES);
	return job;
}

struct api_job *
api_job_new_note(struct span session, struct span token)
{
	struct api_job *job = new_job();

	if (job == NULL)
		return NULL;
	job->session = arena_copy(&job->arena, session);
	job->token = arena_copy(&job->arena, token);
	return job;
}

struct api_job *
api_job_new(struct http_request *http, const char *cookie_name)
{
	struct api_job *job = new_job();
	struct http_address block;
	struct arena *arena;

	if (job == NULL)
		return NULL;
	job->http = http;
	arena = &job->arena;
	job->body = arena_copy(arena, http_request_body(http));
	job->session = arena_copy(arena,
	    api_cookie_value(http_request_field(http, "Cookie"),
		span_str(cookie_name)));
	job->token = arena_copy(arena,
	    bearer(http_request_field(http, "Authorization")));
	job->csrf = arena_copy(arena, http_request_field(http, "X-CSRF-Token"));
	job->if_none_match = arena_copy(arena,
	    http_request_field(http, "If-None-Match"));
	job->takes_gzip = api_takes_gzip(
	    http_request_field(http, "Accept-Encoding"));
	job->path = arena_copy(arena, http_request_path(http));
	job->query_text = arena_copy(arena, http_request_query(http));
	block = http_address_block(http_request_address(http));
	http_address_text(&block, 0, job->block);
	http_address_text(http_request_address(http), 0, job->address);
	return job;
}

void
api_job_free(struct api_job *job)
{
	if (job == NULL)
		return;
	arena_free(&job->arena);
	free(job);
}
