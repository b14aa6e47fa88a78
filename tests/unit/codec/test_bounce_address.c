#include "support/test.h"

#include "codec/bounce_address.h"
#include "model/limits.h"

#define ID "0195f2b0-1c2d-7e3f-8a4b-5c6d7e8f9a0b"
#define BOUNCE "tls-bounces@sender.example"

static void
assert_made(const char *want, const char *bounce, int64_t attempt)
{
	struct buf out = BUF_INIT(1000);

	assert_ok(
	    bounce_address_make(span_str(bounce), SPAN_LIT(ID), attempt, &out));
	assert_string_equal(want, buf_str(&out));
	buf_free(&out);
}

static void
assert_not_made(enum err want, const char *bounce, const char *id,
    int64_t attempt)
{
	struct buf out = BUF_INIT(1000);

	assert_err(want,
	    bounce_address_make(span_str(bounce), span_str(id), attempt, &out));
	assert_int_equal(0, out.len);
	buf_free(&out);
}

static void
assert_read(int64_t attempt, const char *bounce, const char *address)
{
	struct bounce_address got;

	assert_ok(
	    bounce_address_parse(span_str(bounce), span_str(address), &got));
	assert_string_equal(ID, got.delivery);
	assert_int_equal(attempt, got.attempt);
}

static void
test_address_of_an_attempt(void **state)
{
	(void)state;
	assert_made("tls-bounces+" ID "-1@sender.example", BOUNCE, 1);
	assert_made("a+b+" ID "-99999@x.example", "a+b@x.example", 99999);
}

/* RFC 5321 s4.5.3.1.1: 64 bytes. */
static void
test_longest_local_part(void **state)
{
	struct buf out = BUF_INIT(1000);

	(void)state;
	assert_ok(
	    bounce_address_make(SPAN_LIT("abcdefghijklmnopqrstu@b.example"),
		SPAN_LIT(ID), BOUNCE_ATTEMPT_MAX, &out));
	assert_int_equal('@', buf_str(&out)[64]);
	assert_not_made(E_RANGE, "abcdefghijklmnopqrstuv@b.example", ID, 1);
	buf_free(&out);
}

/* RFC 5321 s4.5.3.1.3: a path of 256 bytes with its brackets. */
static void
test_longest_address(void **state)
{
	struct buf bounce = BUF_INIT(1000), out = BUF_INIT(1000);

	(void)state;
	buf_adds(&bounce, "abc@");
	while (bounce.len < BOUNCE_ADDRESS_MAX - 1)
		buf_adds(&bounce, bounce.len % 2 == 0 ? "x" : ".");
	buf_adds(&bounce, "xy");
	assert_int_equal(BOUNCE_ADDRESS_MAX + 1, bounce.len);
	assert_not_made(E_RANGE, buf_str(&bounce), ID, 1);
	bounce.p[--bounce.len] = '\0';
	assert_ok(bounce_address_make(buf_span(&bounce), SPAN_LIT(ID),
	    BOUNCE_ATTEMPT_MAX, &out));
	assert_int_equal(254, out.len);
	buf_free(&bounce);
	buf_free(&out);
}

static void
test_what_has_no_address(void **state)
{
	(void)state;
	assert_not_made(E_SYNTAX, "", ID, 1);
	assert_not_made(E_SYNTAX, "sender.example", ID, 1);
	assert_not_made(E_SYNTAX, "<a@sender.example>", ID, 1);
	assert_not_made(E_SYNTAX, BOUNCE, "", 1);
	assert_not_made(E_SYNTAX, BOUNCE, "d-0001", 1);
	assert_not_made(E_RANGE, BOUNCE, ID, 0);
	assert_not_made(E_RANGE, BOUNCE, ID, 100000);
}

static void
test_address_is_read_back(void **state)
{
	(void)state;
	assert_read(1, BOUNCE, "tls-bounces+" ID "-1@sender.example");
	assert_read(99999, "a+b@x.example", "a+b+" ID "-99999@x.example");
}

/* RFC 5321 s2.4 forbids it, and some do it. */
static void
test_case_of_letters_may_change(void **state)
{
	(void)state;
	assert_read(7, BOUNCE,
	    "TLS-BOUNCES+0195F2B0-1C2D-7E3F-8A4B-5C6D7E8F9A0B-7@"
	    "SENDER.EXAMPLE");
	assert_read(7, "TLS-Bounces@Sender.Example",
	    "tls-bounces+" ID "-7@sender.example");
}

static void
test_addresses_of_others(void **state)
{
	static const char *const others[] = {
		"",
		"tls-bounces@sender.example",
		"tls-bounces+@sender.example",
		"tls-bounces+" ID "@sender.example",
		"tls-bounces+" ID "-@sender.example",
		"tls-bounces+" ID "-0@sender.example",
		"tls-bounces+" ID "-100000@sender.example",
		"tls-bounces+" ID "-1x@sender.example",
		"tls-bounces+" ID "-1",
		"tls-bounces+" ID "-1@",
		"tls-bounces+" ID "-1@sender.example.",
		"tls-bounces+" ID "-1@other.example",
		"tls-bounces-" ID "-1@sender.example",
		"tls-bounces+0195f2b0-1c2d-7e3f-8a4b-5c6d7e8f9a0-1@"
		"sender.example",
		"others+" ID "-1@sender.example",
		"<tls-bounces+" ID "-1@sender.example>",
	};
	struct bounce_address got;

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_err(E_ABSENT,
		    bounce_address_parse(SPAN_LIT(BOUNCE), span_str(others[i]),
			&got));
	assert_err(E_ABSENT,
	    bounce_address_parse(SPAN_LIT(""), SPAN_LIT("+" ID "-1@"), &got));
	assert_err(E_ABSENT, bounce_address_parse(SPAN_NONE, SPAN_NONE, &got));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address_of_an_attempt),
		cmocka_unit_test(test_longest_local_part),
		cmocka_unit_test(test_longest_address),
		cmocka_unit_test(test_what_has_no_address),
		cmocka_unit_test(test_address_is_read_back),
		cmocka_unit_test(test_case_of_letters_may_change),
		cmocka_unit_test(test_addresses_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
