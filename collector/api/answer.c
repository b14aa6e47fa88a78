#include "api/answer.h"

#include <assert.h>
#include <stdio.h>

#include "base/clock.h"
#include "http/problem.h"

#define SMALL 4096
bool
api_answer_init(struct api_answer *a, const struct api_request *request,
    bool shows_all)
{
	*a = (struct api_answer){
		.body = BUF_INIT(API_ANSWER_MAX),
		.gzip = BUF_INIT(API_ANSWER_MAX),
		.out = json_out_new(),
		.request = request,
		.shows_all = shows_all,
		.list = { .last = BUF_INIT(SMALL),
		    .words = BUF_INIT(API_ANSWER_MAX) },
	};
	return a->out != NULL;
}

void
api_answer_free(struct api_answer *a)
{
	json_out_free(a->out);
	buf_free(&a->body);
	buf_free(&a->gzip);
	buf_free(&a->list.last);
	buf_free(&a->list.words);
}

/* -- status -- */

enum err
api_refuse(struct api_answer *a, unsigned status, const char *detail)
{
	a->status = status;
	a->detail = detail;
	return E_USAGE;
}

void
api_created(struct api_answer *a)
{
	a->status = 201;
}

void
api_done(struct api_answer *a)
{
	a->status = 204;
}

void
api_retry_after(struct api_answer *a, int64_t s)
{
	a->retry_after_s = s;
}

void
api_cookie(struct api_answer *a, const char *cookie)
{
	(void)snprintf(a->cookie, sizeof(a->cookie), "%s", cookie);
}

void
api_bytes(struct api_answer *a, const char *content_type, struct span bytes,
    const char *file_name)
{
	a->content_type = content_type;
	buf_add(&a->body, bytes);
	(void)snprintf(a->file_name, sizeof(a->file_name), "%s", file_name);
}

/* -- an object -- */

struct json_out *
api_object(struct api_answer *a)
{
	assert(!a->has_object);
	a->has_object = true;
	json_out_object(a->out, NULL);
	return a->out;
}

void
api_json_time(struct json_out *out, const char *key, int64_t s)
{
	char text[TIME_TEXT_SIZE];

	if (s == 0) {
		json_out_null(out, key);
		return;
	}
	time_text(s, text);
	json_out_text(out, key, span_str(text));
}

void
api_json_date(struct json_out *out, const char *key, int64_t day)
{
	char text[DAY_TEXT_SIZE];

	if (day < 0) {
		json_out_null(out, key);
		return;
	}
	day_text(day, text);
	json_out_text(out, key, span_str(text));
}

const char *
api_level_name(size_t i)
{
	static const char *const names[API_LEVELS] = { "authenticated",
		"testing", "encrypted", "cleartext-or-unknown", "not-sent" };

	return names[i];
}

void
api_json_levels(struct json_out *out, const char *key,
    const struct api_levels *levels)
{
	if (levels == NULL) {
		json_out_null(out, key);
		return;
	}
	json_out_object(out, key);
	for (size_t i = 0; i < API_LEVELS; i++)
		json_out_count(out, api_level_name(i), levels->v[i]);
	json_out_end(out);
}

/* -- the end -- */

static unsigned
status_of(enum err e)
{
	switch (e) {
	case E_ABSENT:
		return 404;
	case E_SYNTAX:
	case E_RANGE:
	case E_USAGE:
		return 400;
	case E_EXISTS:
	case E_CONFLICT:
		return 409;
	case E_AWAY:
	case E_BUSY:
	case E_FULL:
	case E_VERSION:
	case E_UNCERTAIN:
		return 503;
	default:
		return 500;
	}
}

static const char *
detail_of(unsigned status, const struct why *why)
{
	switch (status) {
	case 400:
		return why->text[0] == '\0' ? "the request is malformed"
					    : why->text;
	case 404:
		return "there is nothing here";
	case 409:
		return "it is there already, or has been changed meanwhile";
	case 503:
		return "the store cannot be reached at the moment";
	default:
		return "something is wrong here; the log says what";
	}
}

/* The detail goes into a JSON text as it is. */
static void
put_problem(struct api_answer *a, const struct why *why)
{
	char detail[WHY_MAX];

	(void)snprintf(detail, sizeof(detail), "%s",
	    a->detail != NULL ? a->detail : detail_of(a->status, why));
	for (char *c = detail; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || (unsigned char)*c >= 0x7f ||
		    *c == '"' || *c == '\\')
			*c = '?';
	buf_clear(&a->body);
	http_problem_text(a->status, detail, &a->body);
	a->content_type = HTTP_PROBLEM_TYPE;
	a->file_name[0] = '\0';
}

static enum err
end_body(struct api_answer *a)
{
	enum err e = E_OK;

	if (a->is_list)
		api_list_end(a);
	if (a->has_object) {
		json_out_end(a->out);
		a->content_type = "application/json";
		e = json_out_finish(a->out, JSON_COMPACT_STYLE, &a->body);
	}
	if (e == E_OK)
		e = a->body.err;
	if (e != E_OK)
		a->status = 500;
	return e;
}

void
api_answer_finish(struct api_answer *a, enum err e, const struct why *why)
{
	if (e == E_OK)
		e = end_body(a);
	if (e == E_OK) {
		a->status = a->status == 0 ? 200 : a->status;
		return;
	}
	if (a->status < 400)
		a->status = status_of(e);
	put_problem(a, why);
}
