#include "support/test.h"

#include "http/route.h"

static const struct http_route routes[] = {
	{ .method = "GET", .path = "/" },
	{ .method = "POST", .path = "/a" },
	{ .method = "GET", .path = "/a" },
	{ .method = "POST", .path = "/a/{x}" },
	{ .method = "GET", .path = "/b/{x}/c" },
	{ .method = "GET", .path = "/b/y/c" },
	{ .method = "GET", .path = "/d/{*}" },
};
#define N (sizeof(routes) / sizeof(routes[0]))
#define LONG "0123456789abcdef0123456789abcdef"

static const struct {
	const char *method, *path;
	enum http_match want;
	size_t route;
	const char *parameter;
} rows[] = {
	{ "GET", "/", HTTP_MATCH, 0, "" },
	{ "HEAD", "/", HTTP_MATCH, 0, "" },
	{ "POST", "/", HTTP_NO_METHOD, 0, NULL },
	{ "GET", "", HTTP_NO_PATH, 0, NULL },
	{ "GET", "//", HTTP_NO_PATH, 0, NULL },
	{ "POST", "/a", HTTP_MATCH, 1, "" },
	{ "GET", "/a", HTTP_MATCH, 2, "" },
	{ "HEAD", "/a", HTTP_MATCH, 2, "" },
	{ "get", "/a", HTTP_NO_METHOD, 0, NULL },
	{ "GET", "/A", HTTP_NO_PATH, 0, NULL },
	{ "GET", "/%61", HTTP_NO_PATH, 0, NULL },
	{ "POST", "/a/", HTTP_NO_PATH, 0, NULL },
	{ "POST", "/a/b", HTTP_MATCH, 3, "b" },
	{ "HEAD", "/a/b", HTTP_NO_METHOD, 0, NULL },
	{ "POST", "/a/b/", HTTP_NO_PATH, 0, NULL },
	{ "POST", "/a/%2e%2E", HTTP_MATCH, 3, ".." },
	{ "POST", "/a/b%2Fc", HTTP_MATCH, 3, "b/c" },
	{ "POST", "/a/%", HTTP_NO_PATH, 0, NULL },
	{ "POST", "/a/%4", HTTP_NO_PATH, 0, NULL },
	{ "POST", "/a/%00", HTTP_NO_PATH, 0, NULL },
	{ "POST", "/a/{x}", HTTP_MATCH, 3, "{x}" },
	{ "GET", "/b/x/c", HTTP_MATCH, 4, "x" },
	{ "GET", "/b/y/c", HTTP_MATCH, 4, "y" },
	{ "GET", "/d/", HTTP_MATCH, 6, "" },
	{ "GET", "/d/%/x//y", HTTP_MATCH, 6, "" },
	{ "GET", "/d", HTTP_NO_PATH, 0, NULL },
	{ "POST", "/d/x", HTTP_NO_METHOD, 0, NULL },
	{ "GET", "/b//c", HTTP_NO_PATH, 0, NULL },
	{ "GET", "/b/x/d", HTTP_NO_PATH, 0, NULL },
	{ "POST", "/a/" LONG LONG LONG LONG LONG LONG LONG LONG, HTTP_MATCH, 3,
	    LONG LONG LONG LONG LONG LONG LONG LONG },
	{ "POST", "/a/" LONG LONG LONG LONG LONG LONG LONG LONG "x",
	    HTTP_NO_PATH, 0, NULL },
};

static void
test_routes(void **state)
{
	struct buf parameter = BUF_INIT(HTTP_PARAMETER_MAX);
	const struct http_route *route;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum http_match got = http_route_find(routes, N,
		    span_str(rows[i].method), span_str(rows[i].path), &route,
		    &parameter);

		if (got != rows[i].want)
			print_error("%s %s\n", rows[i].method, rows[i].path);
		assert_int_equal(rows[i].want, got);
		if (got != HTTP_MATCH)
			continue;
		assert_ptr_equal(&routes[rows[i].route], route);
		assert_string_equal(rows[i].parameter, buf_str(&parameter));
	}
	buf_free(&parameter);
}

static void
test_methods(void **state)
{
	struct buf out = BUF_INIT(100);

	(void)state;
	http_route_methods(routes, N, SPAN_LIT("/a"), &out);
	assert_string_equal("POST, GET, HEAD", buf_str(&out));
	buf_clear(&out);
	http_route_methods(routes, N, SPAN_LIT("/a/x"), &out);
	assert_string_equal("POST", buf_str(&out));
	buf_clear(&out);
	http_route_methods(routes, N, SPAN_LIT("/x"), &out);
	assert_string_equal("", buf_str(&out));
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_methods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
