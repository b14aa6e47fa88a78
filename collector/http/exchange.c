#include "http/exchange.h"

#include "http/head.h"
#include "http/last_word.h"
#include "http/request_private.h"
#include "http/server_private.h"

/* Of a body in chunks that becomes too large, before the client is cut off. */
#define THROW_AWAY_MAX ((size_t)32 << 20)

static const struct http_field later[] = { { "Retry-After", "60" }, { 0 } };

static void
refuse(struct http_request *r, unsigned status, const char *detail,
    const struct http_field *fields)
{
	http_request_lend(r);
	http_refuse(r, status, detail, fields);
}

/* The answer goes out, and its time begins. */
static enum MHD_Result
send_answer(struct http_server *s, struct http_request *r)
{
	bool is_refused = r->status >= MHD_HTTP_BAD_REQUEST;
	bool close = is_refused || atomic_load(&s->is_closing) ||
	    http_connection_is_old(r->connection);

	http_connection_set_deadline(r->connection,
	    s->options.limits.request_ms);
	r->connection->is_done = !is_refused;
	return http_request_send(r, close, s->options.fields) ? MHD_YES
							      : MHD_NO;
}

/* -- who asks -- */

struct values {
	struct span name;
	struct buf list; /* of all fields of the name, joined by "," */
};

static enum MHD_Result
add_value(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_len,
    const char *value, size_t value_len)
{
	struct values *values = arg;

	(void)kind;
	if (span_eq_nocase(values->name, (struct span){ name, name_len })) {
		buf_addc(&values->list, ',');
		buf_add(&values->list, (struct span){ value, value_len });
	}
	return MHD_YES;
}

static void
identify_client(const struct http_options *o, struct http_request *r)
{
	const struct http_connection *c = r->connection;
	struct values values = {
		.name = o->forwarded == HTTP_FORWARDED
		    ? SPAN_LIT("Forwarded")
		    : SPAN_LIT("X-Forwarded-For"),
		.list = BUF_INIT(HTTP_FORWARDED_MAX),
	};

	r->address = c->address;
	memcpy(r->peer, c->peer, sizeof(r->peer));
	if (!c->is_trusted)
		return;
	(void)MHD_get_connection_values_n(r->mhd, MHD_HEADER_KIND, add_value,
	    &values);
	if (values.list.err == E_OK && values.list.len > 0)
		r->address = http_forwarded_client(o->forwarded,
		    buf_span(&values.list), &o->trusted, &c->address);
	if (!http_address_eq(&r->address, &c->address))
		http_address_text(&r->address, 0, r->peer);
	buf_free(&values.list);
}

/* -- the head -- */

void *
exchange_begin(void *arg, const char *target, struct MHD_Connection *mhd)
{
	struct http_connection *c;
	struct http_request *r;

	(void)arg;
	c = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
		->socket_context;
	if (c == NULL) /* it was refused */
		return NULL;
	if ((r = http_request_new(mhd, c, span_str(target))) != NULL)
		http_connection_begin(c, r);
	return r;
}

static void
refuse_method(const struct http_options *o, struct http_request *r)
{
	struct buf methods = BUF_INIT(256);

	http_route_methods(o->routes, o->nroutes, r->path, &methods);
	refuse(r, MHD_HTTP_METHOD_NOT_ALLOWED, "not by this method",
	    (const struct http_field[]){ { "Allow", buf_str(&methods) },
		{ 0 } });
	buf_free(&methods);
}

/* False: it is refused. */
static bool
find_route(const struct http_options *o, struct http_request *r)
{
	switch (http_route_find(o->routes, o->nroutes, r->method, r->path,
	    &r->route, &r->parameter)) {
	case HTTP_MATCH:
		return true;
	case HTTP_NO_METHOD:
		refuse_method(o, r);
		return false;
	default:
		refuse(r, MHD_HTTP_NOT_FOUND, "there is nothing here", NULL);
		return false;
	}
}

/* What the head says of the body. */
static void
check_length(struct http_server *s, struct http_request *r,
    const struct http_head *head)
{
	const struct http_route *route = r->route;

	if (route->body_max > 0 && !head->has_length && !head->is_chunked)
		refuse(r, MHD_HTTP_LENGTH_REQUIRED,
		    "neither Content-Length nor Transfer-Encoding is there",
		    NULL);
	else if (head->length > route->body_max)
		refuse(r, MHD_HTTP_CONTENT_TOO_LARGE, "the body is too large",
		    NULL);
	else if (!http_budget_has_room(&s->budget, (size_t)head->length))
		refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE,
		    "too much is received at the moment", later);
}

static void
ask_route(struct http_request *r)
{
	if (r->route->check == NULL)
		return;
	http_request_lend(r);
	r->route->check(r->route->arg, r);
	if (!http_request_has_answer(r))
		http_request_take_back(r);
}

/* Answered, or the body may come. */
static void
take_head(struct http_server *s, struct http_request *r, struct http_head *head)
{
	struct http_fault fault = http_head_check(r->mhd, head,
	    s->options.limits.head_max);

	r->method = span_str(head->method);
	if (fault.status != 0) {
		refuse(r, fault.status, fault.detail, NULL);
		return;
	}
	identify_client(&s->options, r);
	if (!find_route(&s->options, r))
		return;
	r->body.budget = &s->budget;
	r->body.max = head->has_length && head->length < r->route->body_max
	    ? (size_t)head->length
	    : r->route->body_max;
	ask_route(r);
	if (!http_request_has_answer(r))
		check_length(s, r, head);
}

/* -- the body -- */

static bool
is_too_large(const struct http_request *r)
{
	return r->body_fault == E_RANGE;
}

static const char *
body_detail(const struct http_request *r)
{
	return is_too_large(r) ? "the body is too large"
			       : "too much is received at the moment";
}

/* The library takes no answer before the end of a body that was let come: it is
 * thrown away, to a limit. */
static enum MHD_Result
take_piece(struct http_server *s, struct http_request *r, struct span piece)
{
	if (r->body_fault == E_OK)
		r->body_fault = http_body_add(&r->body, piece);
	if (r->body_fault == E_OK)
		return MHD_YES;
	http_body_free(&r->body);
	r->thrown_away += piece.len;
	if (r->thrown_away <= THROW_AWAY_MAX)
		return MHD_YES;
	http_last_word(r,
	    is_too_large(r) ? MHD_HTTP_CONTENT_TOO_LARGE
			    : MHD_HTTP_SERVICE_UNAVAILABLE,
	    body_detail(r), &s->options);
	return MHD_NO;
}

static void
hand_over(struct http_server *s, struct http_request *r)
{
	http_connection_set_deadline(r->connection,
	    s->options.limits.answer_ms);
	http_request_hand_over(r);
	r->route->handle(r->route->arg, r);
	http_body_free(&r->body);
}

static enum MHD_Result
finish(struct http_server *s, struct http_request *r)
{
	if (is_too_large(r))
		refuse(r, MHD_HTTP_CONTENT_TOO_LARGE, body_detail(r), NULL);
	else if (r->body_fault != E_OK)
		refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE, body_detail(r), later);
	else if (!http_request_is_handled(r))
		hand_over(s, r);
	if (http_request_suspend(r, !atomic_load(&s->is_closed)))
		return MHD_YES;
	http_request_give_up(r);
	return send_answer(s, r);
}

/* -- the library's calls -- */

enum MHD_Result
exchange_go_on(void *arg, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *piece,
    size_t *piece_len, void **request)
{
	struct http_request *r = *request;
	struct http_server *s = arg;
	struct span taken = { piece, *piece_len };

	(void)mhd;
	if (r == NULL)
		return MHD_NO;
	if (!r->has_head) {
		struct http_head head = {
			.method = method,
			.url = url,
			.version = version,
			.target = span_str(r->target),
		};

		r->has_head = true;
		take_head(s, r, &head);
		return http_request_has_answer(r) ? send_answer(s, r) : MHD_YES;
	}
	*piece_len = 0;
	return taken.len > 0 ? take_piece(s, r, taken) : finish(s, r);
}

void
exchange_end(void *arg, struct MHD_Connection *mhd, void **request,
    enum MHD_RequestTerminationCode code)
{
	struct http_request *r = *request;

	(void)arg;
	(void)mhd;
	(void)code;
	if (r == NULL)
		return;
	http_connection_end(r->connection);
	http_request_over(r);
	*request = NULL;
}
