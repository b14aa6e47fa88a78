#include "intake/endpoint.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "http/request.h"
#include "intake/rate_limit.h"

#define FULL_RETRY_S "300" /* until there may be room again */
#define SPENT_RETRY_S "3600"

struct endpoint {
	struct endpoint_options options;
	struct rate_limit *rate; /* or NULL */
};

/* -- what is taken -- */

/* s6.4, s6.5; the others are what reporters have been seen to say. What the
 * bytes are is found out from the bytes. */
static const char *const types[] = {
	"application/tlsrpt+gzip",
	"application/tlsrpt+json",
	"application/tlsrpt",
	"application/tlsrpt+x-gzip",
	"application/gzip",
	"application/x-gzip",
	"application/json",
	"application/octet-stream",
	"application/zip",
};

/* The proper ones of them. */
#define TYPES_TOLD "application/tlsrpt+gzip, application/tlsrpt+json"
#define ENCODINGS_TOLD "gzip, identity"

static const char *const encodings[] = { "gzip", "x-gzip", "identity" };

static bool
is_one_of(struct span s, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq_nocase(s, span_str(v[i])))
			return true;
	return false;
}

#define IS_ONE_OF(s, v) is_one_of((s), (v), sizeof(v) / sizeof((v)[0]))

static bool
type_is_taken(struct span field)
{
	struct span type = span_trim(span_until(&field, ';'));

	return type.len == 0 || IS_ONE_OF(type, types);
}

static bool
encoding_is_taken(struct span field)
{
	struct span encoding = span_trim(field);

	return encoding.len == 0 || IS_ONE_OF(encoding, encodings);
}

/* None, where the route has none. */
static bool
token_is_valid(struct span token)
{
	for (size_t i = 0; i < token.len; i++)
		if (!ascii_is_alnum(token.p[i]) &&
		    !ascii_is_one_of(token.p[i], "._-"))
			return false;
	return token.len <= ENDPOINT_TOKEN_MAX;
}

/* -- before the body comes -- */

static void
refuse_many(struct http_request *r, int64_t wait_ns)
{
	char seconds[24];

	(void)snprintf(seconds, sizeof(seconds), "%" PRId64,
	    (wait_ns + NS_PER_S - 1) / NS_PER_S);
	http_refuse(r, 429, "there were too many reports from this address",
	    (const struct http_field[]){ { "Retry-After", seconds }, { 0 } });
}

static int64_t
wait_for(const struct endpoint *ep, const struct http_request *r)
{
	const struct http_address *address = http_request_address(r);

	if (ep->rate == NULL || !address->is_known)
		return 0;
	return rate_limit_take(ep->rate, address,
	    clock_mono_ns(ep->options.clock));
}

/* What would have been taken is told. */
static void
refuse_type(struct http_request *r)
{
	http_refuse(r, 415,
	    "this media type is none of a TLS report; taken are " TYPES_TOLD,
	    (const struct http_field[]){ { "Accept", TYPES_TOLD }, { 0 } });
}

static void
refuse_encoding(struct http_request *r)
{
	http_refuse(r, 415,
	    "this content coding is not understood; taken are " ENCODINGS_TOLD,
	    (const struct http_field[]){ { "Accept-Encoding", ENCODINGS_TOLD },
		{ 0 } });
}

static void
check(void *arg, struct http_request *r)
{
	int64_t wait_ns = wait_for(arg, r);

	if (wait_ns > 0)
		refuse_many(r, wait_ns);
	else if (!token_is_valid(http_request_parameter(r)))
		http_refuse(r, 404, "there is nothing here", NULL);
	else if (!type_is_taken(http_request_field(r, "Content-Type")))
		refuse_type(r);
	else if (!encoding_is_taken(http_request_field(r, "Content-Encoding")))
		refuse_encoding(r);
}

/* -- the body -- */

static void
answer_for(struct http_request *r, enum err e)
{
	if (e == E_RANGE)
		http_refuse(r, 413, "the report is too large", NULL);
	else if (e == E_BUSY)
		http_refuse(r, 429, "this address has sent enough today",
		    (const struct http_field[]){
			{ "Retry-After", SPENT_RETRY_S }, { 0 } });
	else
		http_refuse(r, 503, "reports cannot be kept at the moment",
		    (const struct http_field[]){
			{ "Retry-After", FULL_RETRY_S }, { 0 } });
}

/* s3: the sender takes 200 or 201 for delivered; it is durable by then. */
static void
on_kept(void *request, enum err e, const struct uuid *id, bool is_again)
{
	char text[UUID_TEXT_SIZE], body[UUID_TEXT_SIZE + 20];
	int n;

	if (e != E_OK) {
		answer_for(request, e);
		return;
	}
	uuid_text(id, text);
	n = snprintf(body, sizeof(body), "{\"intake\":\"%s\"}\n", text);
	http_answer(request, is_again ? 200 : 201, "application/json",
	    (struct span){ body, (size_t)n }, NULL);
}

static void
on_new_kept(void *request, enum err e, const struct uuid *id)
{
	on_kept(request, e, id, false);
}

static enum err
put(const struct endpoint_options *o, const struct receipt_facts *facts,
    struct span body, struct http_request *r)
{
	return o->posted == NULL
	    ? o->sink.put(o->sink.arg, facts, body, on_new_kept, r, NULL)
	    : posted_put(o->posted, &o->sink, facts, body, on_kept, r, NULL);
}

static struct span
text_of(struct span s)
{
	return span_head(s, RECEIPT_TEXT_MAX);
}

static void
take(void *arg, struct http_request *r)
{
	const struct endpoint *ep = arg;
	struct receipt_facts facts = {
		.way = RECEIPT_HTTPS,
		.received_ns = clock_wall_ns(ep->options.clock),
		.peer = span_str(http_request_peer(r)),
		.route = http_request_parameter(r),
		.type = text_of(http_request_field(r, "Content-Type")),
		.encoding = text_of(http_request_field(r, "Content-Encoding")),
	};
	struct span body = http_request_body(r);
	enum err e;

	if (body.len == 0) {
		http_refuse(r, 400, "there is no report in it", NULL);
		return;
	}
	e = put(&ep->options, &facts, body, r);
	if (e != E_OK)
		answer_for(r, e);
}

/* -- the endpoint -- */

enum err
endpoint_open(const struct endpoint_options *options, struct endpoint **ret,
    struct why *why)
{
	struct endpoint *ep = calloc(1, sizeof(*ep));

	if (ep == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	ep->options = *options;
	if (options->hourly > 0 &&
	    rate_limit_open(options->hourly, options->burst,
		options->addresses_max, &ep->rate) != E_OK) {
		free(ep);
		return why_set(why, E_NOMEM, "out of memory");
	}
	*ret = ep;
	return E_OK;
}

void
endpoint_close(struct endpoint *ep)
{
	if (ep == NULL)
		return;
	rate_limit_close(ep->rate);
	free(ep);
}

void
endpoint_routes(struct endpoint *ep, struct http_route ret[ENDPOINT_ROUTES])
{
	struct http_route route = {
		.method = "POST",
		.path = "/tlsrpt",
		.body_max = ep->options.body_max,
		.check = check,
		.handle = take,
		.arg = ep,
	};

	ret[0] = ret[1] = route;
	ret[1].path = "/tlsrpt/{token}";
}
