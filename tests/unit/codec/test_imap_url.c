#include "support/test.h"

#include <string.h>

#include "codec/imap_url.h"

static void
test_urls(void **state)
{
	static const struct {
		const char *in;
		bool is_implicit;
		int port;
		const char *user, *host, *folder;
	} cases[] = {
		{ "imaps://u@h.example/INBOX", true, 993, "u", "h.example",
		    "INBOX" },
		{ "imap://u@h.example", false, 143, "u", "h.example", "INBOX" },
		{ "imap://u@h.example/", false, 143, "u", "h.example",
		    "INBOX" },
		{ "imaps://r%40a.example@192.0.2.1:1993/A/B%20c%3Bd", true,
		    1993, "r@a.example", "192.0.2.1", "A/B c;d" },
		{ "imaps://%C3%BC%3a@[2001:db8::1]:65535/&AOQ-", true, 65535,
		    "\xc3\xbc:", "2001:db8::1", "&AOQ-" },
		{ "imaps://u@[::1]/x", true, 993, "u", "::1", "x" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = ARENA_INIT(4096);
		struct imap_url u;

		print_message("%s\n", cases[i].in);
		assert_ok(
		    imap_url_parse(span_str(cases[i].in), &arena, &u, NULL));
		assert_int_equal(cases[i].is_implicit, u.is_implicit);
		assert_int_equal(cases[i].port, u.port);
		assert_span(cases[i].user, u.user);
		assert_span(cases[i].host, u.host);
		assert_span(cases[i].folder, u.folder);
		arena_free(&arena);
	}
}

static void
test_what_is_no_url(void **state)
{
	static const char *const cases[] = { "", "imap", "imaps:", "imaps://",
		"http://u@h.example/x", "IMAPS//u@h.example",
		"imaps://h.example/x", "imaps://@h.example/x",
		"imaps://u:secret@h.example/x", "imaps://u;AUTH=*@h.example/x",
		"imaps://u@/x", "imaps://u@:1/x", "imaps://u@h..example/x",
		"imaps://u@h.example:0/x", "imaps://u@h.example:65536/x",
		"imaps://u@h.example:/x", "imaps://u@[::1/x",
		"imaps://u@[::1]1/x", "imaps://u@[h]/x",
		"imaps://u@h@i.example/x", "imaps://u%0@h.example/x",
		"imaps://u%00@h.example/x", "imaps://u@h.example/x%0d",
		"imaps://u@h.example/x;UID=1", "imaps://u@h.example/x?ALL",
		"imaps://u@h.example/x#y", "imaps://u@h.example/%22",
		"imaps://u@h.example/a%5Cb", "imaps://u@h.example/\xc3\xbc" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = ARENA_INIT(4096);
		struct why why = { { 0 } };
		struct imap_url u;

		print_message("%s\n", cases[i]);
		assert_err(E_SYNTAX,
		    imap_url_parse(span_str(cases[i]), &arena, &u, &why));
		assert_true(why.text[0] != '\0');
		assert_null(strstr(why.text, "secret"));
		arena_free(&arena);
	}
}

static void
test_too_long(void **state)
{
	struct arena arena = ARENA_INIT(4096);
	char text[IMAP_URL_MAX + 2];
	struct imap_url u;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "imaps://u@h/", 12);
	assert_err(E_RANGE,
	    imap_url_parse((struct span){ text, IMAP_URL_MAX + 1 }, &arena, &u,
		NULL));
	assert_ok(imap_url_parse((struct span){ text, IMAP_URL_MAX }, &arena,
	    &u, NULL));
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_what_is_no_url),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
