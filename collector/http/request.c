#include "http/request_private.h"

#include <microhttpd.h>
#include <stdint.h>
#include <stdlib.h>

#include "http/problem.h"

/* -- the head -- */

static void
split_target(struct http_request *r, struct span target)
{
	struct span rest = target;

	r->path = span_until(&rest, '?');
	r->query = rest;
}

struct http_request *
http_request_new(struct MHD_Connection *mhd, struct http_connection *connection,
    struct span target)
{
	struct http_request *r = calloc(1, sizeof(*r) + target.len + 1);

	if (r == NULL)
		return NULL;
	(void)pthread_mutex_init(&r->lock, NULL);
	r->refs = 1;
	r->mhd = mhd;
	r->connection = connection;
	r->parameter = BUF_INIT(HTTP_PARAMETER_MAX);
	memcpy(r->target, target.p, target.len);
	split_target(r, (struct span){ r->target, target.len });
	return r;
}

struct span
http_request_method(const struct http_request *r)
{
	return r->method;
}

struct span
http_request_path(const struct http_request *r)
{
	return r->path;
}

struct span
http_request_query(const struct http_request *r)
{
	return r->query;
}

struct span
http_request_parameter(const struct http_request *r)
{
	return buf_span(&r->parameter);
}

struct span
http_request_body(const struct http_request *r)
{
	return (struct span){ r->body.p, r->body.len };
}

struct span
http_request_field(const struct http_request *r, const char *name)
{
	struct span value = SPAN_NONE;

	(void)MHD_lookup_connection_value_n(r->mhd, MHD_HEADER_KIND, name,
	    strlen(name), &value.p, &value.len);
	return value;
}

const struct http_address *
http_request_address(const struct http_request *r)
{
	return &r->address;
}

const char *
http_request_peer(const struct http_request *r)
{
	return r->peer;
}

/* -- who has it -- */

void
http_request_lend(struct http_request *r)
{
	(void)pthread_mutex_lock(&r->lock);
	r->refs++;
	(void)pthread_mutex_unlock(&r->lock);
}

void
http_request_take_back(struct http_request *r)
{
	bool is_last;

	(void)pthread_mutex_lock(&r->lock);
	is_last = --r->refs == 0;
	(void)pthread_mutex_unlock(&r->lock);
	if (!is_last)
		return;
	(void)pthread_mutex_destroy(&r->lock);
	free(r);
}

void
http_request_hand_over(struct http_request *r)
{
	(void)pthread_mutex_lock(&r->lock);
	r->state = REQUEST_HANDLED;
	r->refs++;
	(void)pthread_mutex_unlock(&r->lock);
}

void
http_request_over(struct http_request *r)
{
	struct MHD_Response *answer;

	(void)pthread_mutex_lock(&r->lock);
	r->state = REQUEST_OVER;
	answer = r->answer;
	r->answer = NULL;
	(void)pthread_mutex_unlock(&r->lock);
	if (answer != NULL)
		MHD_destroy_response(answer);
	http_body_free(&r->body);
	buf_free(&r->parameter);
	http_request_take_back(r);
}

bool
http_request_has_answer(struct http_request *r)
{
	bool has;

	(void)pthread_mutex_lock(&r->lock);
	has = r->has_answer;
	(void)pthread_mutex_unlock(&r->lock);
	return has;
}

bool
http_request_is_handled(struct http_request *r)
{
	bool is;

	(void)pthread_mutex_lock(&r->lock);
	is = r->state == REQUEST_HANDLED || r->state == REQUEST_SUSPENDED;
	(void)pthread_mutex_unlock(&r->lock);
	return is;
}

void
http_request_give_up(struct http_request *r)
{
	if (!http_request_is_handled(r))
		return;
	http_request_lend(r);
	http_refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE,
	    "it could not be done in time",
	    (const struct http_field[]){ { "Retry-After", "300" }, { 0 } });
}

/* -- the answer -- */

static bool
add_fields(struct MHD_Response *answer, const struct http_field *fields)
{
	bool ok = true;

	for (; ok && fields != NULL && fields->name != NULL; fields++)
		ok = MHD_add_response_header(answer, fields->name,
			 fields->value) == MHD_YES;
	return ok;
}

static struct MHD_Response *
make_answer(const char *content_type, struct span body,
    const struct http_field *fields)
{
	struct MHD_Response *answer = MHD_create_response_from_buffer(body.len,
	    (void *)(uintptr_t)body.p, MHD_RESPMEM_MUST_COPY);
	bool ok = answer != NULL;

	if (ok && content_type != NULL)
		ok = MHD_add_response_header(answer, "Content-Type",
			 content_type) == MHD_YES;
	ok = ok && add_fields(answer, fields);
	if (ok || answer == NULL)
		return answer;
	MHD_destroy_response(answer);
	return NULL;
}

/* The first answer counts. */
void
http_answer(struct http_request *r, unsigned status, const char *content_type,
    struct span body, const struct http_field *fields)
{
	struct MHD_Response *answer = make_answer(content_type, body, fields);

	(void)pthread_mutex_lock(&r->lock);
	if (!r->has_answer && r->state != REQUEST_OVER) {
		r->has_answer = true;
		r->status = status;
		r->answer = answer;
		answer = NULL;
		if (r->state == REQUEST_SUSPENDED) {
			r->state = REQUEST_HANDLED;
			MHD_resume_connection(r->mhd);
		}
	}
	(void)pthread_mutex_unlock(&r->lock);
	if (answer != NULL)
		MHD_destroy_response(answer);
	http_request_take_back(r);
}

bool
http_request_suspend(struct http_request *r, bool may_wait)
{
	bool waits;

	(void)pthread_mutex_lock(&r->lock);
	waits = may_wait && !r->has_answer;
	if (waits) {
		r->state = REQUEST_SUSPENDED;
		MHD_suspend_connection(r->mhd);
	}
	(void)pthread_mutex_unlock(&r->lock);
	return waits;
}

bool
http_request_send(struct http_request *r, bool close,
    const struct http_field *fields)
{
	struct MHD_Response *answer;
	bool ok;

	(void)pthread_mutex_lock(&r->lock);
	answer = r->answer;
	r->answer = NULL;
	r->state = REQUEST_ANSWERED;
	(void)pthread_mutex_unlock(&r->lock);
	if (answer == NULL)
		return false;
	ok = add_fields(answer, fields);
	ok = ok &&
	    (!close ||
		MHD_add_response_header(answer, "Connection", "close") ==
		    MHD_YES);
	ok = ok && MHD_queue_response(r->mhd, r->status, answer) == MHD_YES;
	MHD_destroy_response(answer);
	return ok;
}
