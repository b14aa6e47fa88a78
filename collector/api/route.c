#include "api/route.h"

#include "api/text.h"

#define ROUTE(method, path, name, scope, reach, does, parameters, sentence) \
	{ #method, path, #name, api_##name, API_##scope, API_##reach,       \
		API_##does, parameters, sentence },
const struct api_route api_routes[] = {
#include "api/routes.def"
};
#undef ROUTE
const size_t api_nroutes = sizeof(api_routes) / sizeof(api_routes[0]);

static bool
path_matches(const char *pattern_text, struct span path, struct arena *arena,
    struct span segments[API_SEGMENTS_MAX])
{
	struct span pattern = span_str(pattern_text);
	size_t n = 0;

	for (;;) {
		bool more = span_has(pattern, '/');
		struct span want = span_until(&pattern, '/');
		struct span got;

		if (more != span_has(path, '/'))
			return false;
		got = span_until(&path, '/');
		if (want.len > 0 && want.p[0] == '{') {
			if (got.len == 0 || got.len > 3 * API_TEXT_MAX ||
			    n == API_SEGMENTS_MAX ||
			    api_decode(got, false, arena, &segments[n++]) !=
				E_OK)
				return false;
		} else if (!span_eq(want, got)) {
			return false;
		}
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

static void
allow_method(struct buf *allow, const char *method)
{
	buf_adds(allow, allow->len > 0 ? ", " : "");
	buf_adds(allow, method);
	if (strcmp(method, "GET") == 0)
		buf_adds(allow, ", HEAD");
}

enum api_match
api_route_find(struct span method, struct span path, struct arena *arena,
    const struct api_route **ret, struct span segments[API_SEGMENTS_MAX],
    struct buf *allow)
{
	enum api_match found = API_NO_PATH;

	if (!span_take(&path, SPAN_LIT(API_PREFIX)))
		return API_NO_PATH;
	for (size_t i = 0; i < api_nroutes; i++) {
		const struct api_route *r = &api_routes[i];

		if (!path_matches(r->path, path, arena, segments))
			continue;
		if (method_matches(r->method, method)) {
			*ret = r;
			return API_MATCH;
		}
		allow_method(allow, r->method);
		found = API_NO_METHOD;
	}
	return found;
}
