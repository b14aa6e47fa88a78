#include "http/route.h"

#include "codec/uri.h"

static bool
is_open(struct span segment)
{
	return segment.len > 1 && segment.p[0] == '{';
}

/* False: a byte that nothing is named with, or too long. */
static bool
decode(struct span s, struct buf *out)
{
	int byte;

	while (s.len > 0) {
		byte = uri_encoded_byte(s);
		if (byte == 0 || (byte < 0 && s.p[0] == '%'))
			return false;
		buf_addc(out, byte < 0 ? s.p[0] : (char)byte);
		s = span_skip(s, byte < 0 ? 1 : 3);
	}
	return out->err == E_OK && out->len > 0 &&
	    out->len <= HTTP_PARAMETER_MAX;
}

/* "{*}" takes what is left of the path, whatever that is. */
static bool
is_rest(struct span segment)
{
	return span_eq(segment, SPAN_LIT("{*}"));
}

static bool
path_matches(const char *pattern_text, struct span path, struct buf *parameter)
{
	struct span pattern = span_str(pattern_text);

	buf_clear(parameter);
	for (;;) {
		bool more = span_has(pattern, '/');
		struct span want = span_until(&pattern, '/');
		struct span got;

		if (is_rest(want))
			return true;
		if (more != span_has(path, '/'))
			return false;
		got = span_until(&path, '/');
		if (is_open(want) ? !decode(got, parameter)
				  : !span_eq(want, got))
			return false;
		if (!more)
			return true;
	}
}

static bool
method_matches(const char *want, struct span got)
{
	if (strcmp(want, "GET") == 0 && span_eq(got, SPAN_LIT("HEAD")))
		return true;
	return span_eq(span_str(want), got);
}

enum http_match
http_route_find(const struct http_route *routes, size_t n, struct span method,
    struct span path, const struct http_route **ret, struct buf *parameter)
{
	enum http_match found = HTTP_NO_PATH;

	for (size_t i = 0; i < n; i++) {
		if (!path_matches(routes[i].path, path, parameter))
			continue;
		if (method_matches(routes[i].method, method)) {
			*ret = &routes[i];
			return HTTP_MATCH;
		}
		found = HTTP_NO_METHOD;
	}
	return found;
}

void
http_route_methods(const struct http_route *routes, size_t n, struct span path,
    struct buf *out)
{
	struct buf ignored = BUF_INIT(4 * HTTP_PARAMETER_MAX);

	for (size_t i = 0; i < n; i++) {
		if (!path_matches(routes[i].path, path, &ignored) ||
		    strstr(buf_str(out), routes[i].method) != NULL)
			continue;
		buf_adds(out, out->len > 0 ? ", " : "");
		buf_adds(out, routes[i].method);
		if (strcmp(routes[i].method, "GET") == 0)
			buf_adds(out, ", HEAD");
	}
	buf_free(&ignored);
}
