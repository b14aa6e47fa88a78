#include "api/api_private.h"

enum err
api_audit(const struct api_request *r, struct span name, const char *event,
    struct span detail, struct why *why)
{
	struct uuid id = uuid_new(clock_wall_ns(r->api->options.clock));
	char text[UUID_TEXT_SIZE];

	uuid_text(&id, text);
	return store_audit_add(r->store,
	    &(const struct audit_row){ .id = span_str(text),
		.at_s = r->now_s,
		.name = name,
		.address = span_str(r->address),
		.event = span_str(event),
		.detail = detail },
	    why);
}

/* -- GET /audit -- */

static const struct api_column columns[] = {
	{ "at", API_TIME },
	{ "who", API_TEXT },
	{ "what", API_TEXT },
	{ "target", API_TEXT },
	{ "from", API_TEXT },
	{ NULL, API_END },
};

static enum err
put_row(void *arg, const struct audit_row *a)
{
	struct api_list *list = arg;

	if (!api_row(list, SPAN_NONE, a->id))
		return E_OK;
	api_time(list, a->at_s);
	api_text(list, a->name);
	api_text(list, a->event);
	api_text(list, a->detail);
	api_text(list, a->address);
	return E_OK;
}

enum err
api_get_audit(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	return store_audit_list(r->store, r->query->cursor, r->query->limit + 1,
	    put_row, api_list(a, columns), why);
}
