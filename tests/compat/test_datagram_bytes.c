/* The bytes of datagram version 1 for what Postfix never sends: written by hand
 * from the format's description. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "mta.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
begin_policy(struct mta *m, tlsrpt_policy_type_t type, const char *domain)
{
	assert_int_equal(0, tlsrpt_init_policy(m->dr, type, domain));
}

static void
finish_policy(struct mta *m, tlsrpt_final_result_t result)
{
	assert_int_equal(0, tlsrpt_finish_policy(m->dr, result));
}

static void
add_string(struct mta *m, const char *text)
{
	assert_int_equal(0, tlsrpt_add_policy_string(m->dr, text));
}

static void
add_mx(struct mta *m, const char *text)
{
	assert_int_equal(0, tlsrpt_add_mx_host_pattern(m->dr, text));
}

/* Only with a reason. */
static void
add_failure(struct mta *m, tlsrpt_failure_t code, const char *reason)
{
	assert_int_equal(0,
	    tlsrpt_add_delivery_request_failure(m->dr, code, NULL, NULL, NULL,
		NULL, NULL, reason));
}

static void
assert_sent(struct mta *m, const char *want)
{
	mta_finish(m);
	assert_span(want, receiver_take(&m->r));
	receiver_assert_empty(&m->r);
}

/* -- what stands where -- */

static void
test_the_least_that_a_request_can_say(void **state)
{
	struct mta *m = *state;

	mta_send_least(m);
	assert_span("{\"dpv\": \"1\",\"d\": \"a.example\","
		    "\"pr\": \"v=TLSRPTv1;rua=mailto:r@a.example\","
		    "\"policies\":[{\"policy-type\":9,\"t\":0,\"f\":0}]}",
	    receiver_take(&m->r));
}

static void
test_the_sample_of_the_description(void **state)
{
	struct mta *m = *state;

	assert_int_equal(0,
	    tlsrpt_init_delivery_request(&m->dr, m->con, "Example.COM.",
		"v=TLSRPTv1; rua=mailto:reports@example.com"));
	begin_policy(m, TLSRPT_POLICY_TLSA, "mx1.example.com");
	add_string(m, "3 1 1 AA");
	assert_int_equal(0,
	    tlsrpt_add_delivery_request_failure(m->dr,
		TLSRPT_CERTIFICATE_EXPIRED, "192.0.2.1", "mx1.example.com",
		"mx1 ehlo\r\n250-SIZE", "192.0.2.2", NULL, "rc"));
	finish_policy(m, TLSRPT_FINAL_FAILURE);
	begin_policy(m, TLSRPT_NO_POLICY_FOUND, NULL);
	finish_policy(m, TLSRPT_FINAL_SUCCESS);
	assert_sent(m,
	    "{\"dpv\": \"1\",\"d\": \"Example.COM.\","
	    "\"pr\": \"v=TLSRPTv1; rua=mailto:reports@example.com\","
	    "\"policies\":[{\"policy-type\":1,"
	    "\"policy-domain\": \"mx1.example.com\","
	    "\"policy-string\":[\"3 1 1 AA\"],"
	    "\"failure-details\":[{\"c\":204,\"s\": \"192.0.2.1\","
	    "\"n\": \"mx1.example.com\","
	    "\"h\": \"mx1 ehlo\\r\\n250-SIZE\",\"r\": \"192.0.2.2\","
	    "\"f\": \"rc\"}],\"t\":1,\"f\":1},"
	    "{\"policy-type\":9,\"t\":0,\"f\":0}]}");
}

static void
test_texts_of_a_failure_keep_their_order(void **state)
{
	struct mta *m = *state;

	mta_begin(m);
	begin_policy(m, TLSRPT_POLICY_STS, NULL);
	assert_int_equal(0,
	    tlsrpt_add_delivery_request_failure(m->dr,
		TLSRPT_STS_WEBPKI_INVALID, "from", "name", "helo", "to", "more",
		"why"));
	finish_policy(m, TLSRPT_FINAL_FAILURE);
	assert_sent(m,
	    MTA_HEAD "{\"policy-type\":2,\"failure-details\":[{\"c\":303,"
		     "\"s\": \"from\",\"n\": \"name\",\"h\": \"helo\","
		     "\"r\": \"to\",\"a\": \"more\",\"f\": \"why\"}],"
		     "\"t\":1,\"f\":1}]}");
}

/* Each of the six alone: what is not known leaves no trace. */
static void
test_texts_that_are_not_known_are_left_out(void **state)
{
	static const char keys[] = "snhraf";
	struct mta *m = *state;

	for (size_t i = 0; i < strlen(keys); i++) {
		const char *texts[6] = { NULL };
		char want[512];

		texts[i] = "x";
		mta_begin(m);
		begin_policy(m, TLSRPT_POLICY_STS, NULL);
		assert_int_equal(0,
		    tlsrpt_add_delivery_request_failure(m->dr,
			TLSRPT_VALIDATION_FAILURE, texts[0], texts[1], texts[2],
			texts[3], texts[4], texts[5]));
		finish_policy(m, TLSRPT_FINAL_FAILURE);
		(void)snprintf(want, sizeof(want),
		    MTA_HEAD "{\"policy-type\":2,\"failure-details\":[{"
			     "\"c\":205,\"%c\": \"x\"}],\"t\":1,\"f\":1}]}",
		    keys[i]);
		assert_sent(m, want);
	}
}

static void
test_empty_texts_are_kept(void **state)
{
	struct mta *m = *state;

	assert_int_equal(0,
	    tlsrpt_init_delivery_request(&m->dr, m->con, "", ""));
	begin_policy(m, TLSRPT_POLICY_STS, "");
	add_string(m, "");
	add_mx(m, "");
	add_mx(m, "");
	assert_int_equal(0,
	    tlsrpt_add_delivery_request_failure(m->dr, TLSRPT_TLSA_INVALID, "",
		"", "", "", "", ""));
	finish_policy(m, TLSRPT_FINAL_FAILURE);
	assert_sent(m,
	    "{\"dpv\": \"1\",\"d\": \"\",\"pr\": \"\",\"policies\":["
	    "{\"policy-type\":2,\"policy-domain\": \"\","
	    "\"policy-string\":[\"\"],\"mx-host\":[\"\",\"\"],"
	    "\"failure-details\":[{\"c\":304,\"s\": \"\",\"n\": \"\","
	    "\"h\": \"\",\"r\": \"\",\"a\": \"\",\"f\": \"\"}],"
	    "\"t\":1,\"f\":1}]}");
}

/* t counts the failures of its policy; f is the caller's word, whatever t. */
static void
test_each_policy_has_its_own_count_and_result(void **state)
{
	struct mta *m = *state;

	mta_begin(m);
	begin_policy(m, TLSRPT_POLICY_TLSA, "one.example");
	add_failure(m, TLSRPT_DNSSEC_INVALID, "1");
	add_failure(m, TLSRPT_DANE_REQUIRED, NULL);
	add_failure(m, TLSRPT_DNSSEC_INVALID, "1");
	finish_policy(m, TLSRPT_FINAL_SUCCESS);
	begin_policy(m, TLSRPT_POLICY_STS, "two.example");
	add_mx(m, "*.two.example");
	finish_policy(m, TLSRPT_FINAL_FAILURE);
	begin_policy(m, TLSRPT_NO_POLICY_FOUND, NULL);
	add_failure(m, TLSRPT_STARTTLS_NOT_SUPPORTED, NULL);
	finish_policy(m, TLSRPT_FINAL_FAILURE);
	assert_sent(m,
	    MTA_HEAD "{\"policy-type\":1,\"policy-domain\": \"one.example\","
		     "\"failure-details\":[{\"c\":305,\"f\": \"1\"},"
		     "{\"c\":306},{\"c\":305,\"f\": \"1\"}],\"t\":3,\"f\":0},"
		     "{\"policy-type\":2,\"policy-domain\": \"two.example\","
		     "\"mx-host\":[\"*.two.example\"],\"t\":0,\"f\":1},"
		     "{\"policy-type\":9,\"failure-details\":[{\"c\":201}],"
		     "\"t\":1,\"f\":1}]}");
}

/* libtlsrpt checks no number: an MTA may be newer than the library. */
static void
test_numbers_go_out_as_given(void **state)
{
	struct mta *m = *state;

	mta_begin(m);
	begin_policy(m, (tlsrpt_policy_type_t)0, NULL);
	add_failure(m, (tlsrpt_failure_t)2147483647, NULL);
	add_failure(m, (tlsrpt_failure_t)-1, NULL);
	finish_policy(m, (tlsrpt_final_result_t)7);
	assert_sent(m,
	    MTA_HEAD "{\"policy-type\":0,\"failure-details\":["
		     "{\"c\":2147483647},{\"c\":-1}],\"t\":2,\"f\":7}]}");
}

/* -- calls mixed -- */

#define KINDS 3
#define EACH 2

static void
add_one(struct mta *m, int kind, int nth)
{
	static const char *const strings[EACH] = { "s0", "s1" };
	static const char *const hosts[EACH] = { "h0", "h1" };
	static const char *const reasons[EACH] = { "r0", "r1" };

	if (kind == 0)
		add_string(m, strings[nth]);
	else if (kind == 1)
		add_mx(m, hosts[nth]);
	else
		add_failure(m, TLSRPT_VALIDATION_FAILURE, reasons[nth]);
}

#define MIXED_ITEMS                                                      \
	"\"policy-string\":[\"s0\",\"s1\"],\"mx-host\":[\"h0\",\"h1\"]," \
	"\"failure-details\":[{\"c\":205,\"f\": \"r0\"},"                \
	"{\"c\":205,\"f\": \"r1\"}],\"t\":2,"

/* Two policies, the second with its calls the other way about. */
static void
send_mixed(struct mta *m, const int *kinds)
{
	int nth[KINDS] = { 0 };

	mta_begin(m);
	begin_policy(m, TLSRPT_POLICY_STS, "first.example");
	for (int i = 0; i < KINDS * EACH; i++)
		add_one(m, kinds[i], nth[kinds[i]]++);
	finish_policy(m, TLSRPT_FINAL_FAILURE);
	memset(nth, 0, sizeof(nth));
	begin_policy(m, TLSRPT_POLICY_TLSA, NULL);
	for (int i = KINDS * EACH; i-- > 0;)
		add_one(m, kinds[i], nth[kinds[i]]++);
	finish_policy(m, TLSRPT_FINAL_SUCCESS);
	assert_sent(m,
	    MTA_HEAD
	    "{\"policy-type\":2,\"policy-domain\": \"first.example\"," MIXED_ITEMS
	    "\"f\":1},{\"policy-type\":1," MIXED_ITEMS "\"f\":0}]}");
}

/* Every order of EACH calls of each kind. Returns how many there were. */
static int
send_all_orders(struct mta *m, int *kinds, int n, int *left)
{
	int sent = 0;

	if (n == KINDS * EACH) {
		send_mixed(m, kinds);
		return 1;
	}
	for (int kind = 0; kind < KINDS; kind++) {
		if (left[kind] == 0)
			continue;
		left[kind]--;
		kinds[n] = kind;
		sent += send_all_orders(m, kinds, n + 1, left);
		left[kind]++;
	}
	return sent;
}

static void
test_the_order_of_adding_does_not_show(void **state)
{
	int kinds[KINDS * EACH], left[KINDS] = { EACH, EACH, EACH };

	/* 6! / (2! 2! 2!) */
	assert_int_equal(90, send_all_orders(*state, kinds, 0, left));
}

/* -- escapes -- */

static const struct {
	const char *name, *in, *want;
} escapes[] = {
	{ "quote", "a\"b", "a\\\"b" },
	{ "backslash", "a\\b", "a\\\\b" },
	{ "backslash at the end", "\\", "\\\\" },
	{ "slash stays", "http://a/", "http://a/" },
	{ "escape that is none", "\\u0041\\n", "\\\\u0041\\\\n" },
	{ "line ends", "250-a\r\n250 b", "250-a\\r\\n250 b" },
	{ "the short ones", "\b\t\n\f\r", "\\b\\t\\n\\f\\r" },
	{ "control bytes",
	    "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f",
	    "\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n"
	    "\\u000b\\f\\r\\u000e\\u000f" },
	{ "the others",
	    "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f",
	    "\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018"
	    "\\u0019\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f" },
	{ "delete", "\x7f", "\\u007f" },
	{ "all that is plain",
	    " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`"
	    "abcdefghijklmnopqrstuvwxyz{|}~",
	    " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`"
	    "abcdefghijklmnopqrstuvwxyz{|}~" },
	{ "UTF-8",
	    "b\xc3\xbc"
	    "cher.example \xe2\x82\xac \xf0\x9f\x93\xa7",
	    "b\xc3\xbc"
	    "cher.example \xe2\x82\xac \xf0\x9f\x93\xa7" },
	{ "not UTF-8", "\xff\xfe\x80 \xc3", "\xff\xfe\x80 \xc3" },
};

/* One text in every place where a text may stand. */
static void
send_everywhere(struct mta *m, const char *text)
{
	assert_int_equal(0,
	    tlsrpt_init_delivery_request(&m->dr, m->con, text, text));
	begin_policy(m, TLSRPT_POLICY_STS, text);
	add_string(m, text);
	add_mx(m, text);
	assert_int_equal(0,
	    tlsrpt_add_delivery_request_failure(m->dr, TLSRPT_TLSA_INVALID,
		text, text, text, text, text, text));
	finish_policy(m, TLSRPT_FINAL_FAILURE);
}

static void
assert_sent_everywhere(struct mta *m, const char *text)
{
	static const char *const pieces[] = { "{\"dpv\": \"1\",\"d\": \"",
		"\",\"pr\": \"",
		"\",\"policies\":[{\"policy-type\":2,\"policy-domain\": \"",
		"\",\"policy-string\":[\"", "\"],\"mx-host\":[\"",
		"\"],\"failure-details\":[{\"c\":304,\"s\": \"", "\",\"n\": \"",
		"\",\"h\": \"", "\",\"r\": \"", "\",\"a\": \"",
		"\",\"f\": \"" };
	struct buf want = BUF_INIT((size_t)1 << 20);

	for (size_t i = 0; i < COUNT(pieces); i++) {
		buf_adds(&want, pieces[i]);
		buf_adds(&want, text);
	}
	buf_adds(&want, "\"}],\"t\":1,\"f\":1}]}");
	assert_ok(want.err);
	assert_sent(m, buf_str(&want));
	buf_free(&want);
}

static void
test_escapes_in_every_text(void **state)
{
	struct mta *m = *state;

	for (size_t i = 0; i < COUNT(escapes); i++) {
		print_message("%s\n", escapes[i].name);
		send_everywhere(m, escapes[i].in);
		assert_sent_everywhere(m, escapes[i].want);
	}
}

static void
test_bytes_from_0x80_go_out_raw(void **state)
{
	char text[129] = { 0 };

	for (int i = 0; i < 128; i++)
		text[i] = (char)(0x80 + i);
	send_everywhere(*state, text);
	assert_sent_everywhere(*state, text);
}

/* RFC 8259, and libtlsrpt's choice for DEL and the short escapes. */
static void
add_escaped(struct buf *out, unsigned char c)
{
	static const char from[] = "\b\t\n\f\r\"\\", to[] = "btnfr\"\\";
	const char *found = strchr(from, c);

	if (found != NULL)
		buf_addf(out, "\\%c", to[found - from]);
	else if (c < 0x20 || c == 0x7f)
		buf_addf(out, "\\u%04x", c);
	else
		buf_addc(out, (char)c);
}

/* The writer looks at eight bytes at a time: no neighbour hides a byte. */
static void
assert_escaped_at(struct mta *m, unsigned char c, size_t at, char neighbour)
{
	char text[20];
	struct buf want = BUF_INIT(8192);

	memset(text, neighbour, sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	text[at] = (char)c;
	mta_begin(m);
	begin_policy(m, TLSRPT_POLICY_STS, text);
	finish_policy(m, TLSRPT_FINAL_SUCCESS);
	buf_adds(&want, MTA_HEAD "{\"policy-type\":2,\"policy-domain\": \"");
	for (size_t i = 0; text[i] != '\0'; i++)
		add_escaped(&want, (unsigned char)text[i]);
	buf_adds(&want, "\",\"t\":0,\"f\":0}]}");
	assert_ok(want.err);
	assert_sent(m, buf_str(&want));
	buf_free(&want);
}

static void
test_each_byte_in_each_place(void **state)
{
	for (unsigned c = 1; c < 256; c++)
		for (size_t at = 0; at < 19; at++) {
			assert_escaped_at(*state, (unsigned char)c, at, 'x');
			assert_escaped_at(*state, (unsigned char)c, at, '\xff');
		}
}

/* -- lengths -- */

/* Past every power of two that a buffer may have grown to, an escape at the
 * end. */
static void
test_every_length_of_one_text(void **state)
{
	struct mta *m = *state;
	char *text = malloc(5000);
	struct buf want = BUF_INIT(8192);

	assert_non_null(text);
	memset(text, 'x', 5000);
	for (size_t n = 0; n < 4500; n++) {
		text[n] = '\n';
		text[n + 1] = '\0';
		mta_begin(m);
		begin_policy(m, TLSRPT_POLICY_STS, NULL);
		add_failure(m, TLSRPT_VALIDATION_FAILURE, NULL);
		/* Goes in front of the failure. */
		add_string(m, text);
		finish_policy(m, TLSRPT_FINAL_SUCCESS);
		text[n] = '\0';
		buf_clear(&want);
		buf_addf(&want,
		    MTA_HEAD "{\"policy-type\":2,\"policy-string\":[\"%s\\n\"],"
			     "\"failure-details\":[{\"c\":205}],"
			     "\"t\":1,\"f\":0}]}",
		    text);
		assert_ok(want.err);
		assert_sent(m, buf_str(&want));
		text[n] = text[n + 1] = 'x';
	}
	buf_free(&want);
	free(text);
}

static void
test_texts_far_longer_than_usual(void **state)
{
	static char text[10000];

	memset(text, 'y', sizeof(text) - 1);
	/* 11 places: 110 kB, as the largest that Postfix was seen to send. */
	send_everywhere(*state, text);
	assert_sent_everywhere(*state, text);
}

#define MANY 1000

static void
test_many_items_added_in_turn(void **state)
{
	struct buf want = BUF_INIT((size_t)1 << 20);
	struct mta *m = *state;
	char text[64];

	mta_begin(m);
	begin_policy(m, TLSRPT_POLICY_STS, NULL);
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(text, sizeof(text), "reason %d", i);
		add_failure(m, TLSRPT_VALIDATION_FAILURE, text);
		(void)snprintf(text, sizeof(text), "mx%d.a.example", i);
		add_mx(m, text);
		(void)snprintf(text, sizeof(text), "mx: mx%d.a.example", i);
		add_string(m, text);
	}
	finish_policy(m, TLSRPT_FINAL_FAILURE);

	buf_adds(&want, MTA_HEAD "{\"policy-type\":2,\"policy-string\":[");
	for (int i = 0; i < MANY; i++)
		buf_addf(&want, "%s\"mx: mx%d.a.example\"", i == 0 ? "" : ",",
		    i);
	buf_adds(&want, "],\"mx-host\":[");
	for (int i = 0; i < MANY; i++)
		buf_addf(&want, "%s\"mx%d.a.example\"", i == 0 ? "" : ",", i);
	buf_adds(&want, "],\"failure-details\":[");
	for (int i = 0; i < MANY; i++)
		buf_addf(&want, "%s{\"c\":205,\"f\": \"reason %d\"}",
		    i == 0 ? "" : ",", i);
	buf_addf(&want, "],\"t\":%d,\"f\":1}]}", MANY);
	assert_ok(want.err);
	assert_sent(m, buf_str(&want));
	buf_free(&want);
}

/* -- a session that carried a report -- */

static void
test_the_mark_of_a_report_stands_at_the_end(void **state)
{
	struct mta *m = *state;
	static const char want[] = MTA_HEAD
	    "{\"policy-type\":9,\"t\":0,\"f\":0}],\"report\":1}";

	/* Before, in and behind the policies; once or more often. */
	for (int where = 0; where < 4; where++) {
		mta_begin(m);
		if (where == 0 || where == 3)
			assert_int_equal(0, tlsrpt_mark_report(m->dr));
		begin_policy(m, TLSRPT_NO_POLICY_FOUND, NULL);
		if (where == 1 || where == 3)
			assert_int_equal(0, tlsrpt_mark_report(m->dr));
		finish_policy(m, TLSRPT_FINAL_SUCCESS);
		if (where == 2 || where == 3)
			assert_int_equal(0, tlsrpt_mark_report(m->dr));
		assert_sent(m, want);
	}
	/* The next one is another. */
	mta_send_least(m);
	assert_span(MTA_LEAST, receiver_take(&m->r));
}

/* -- one request after another -- */

static void
test_a_connection_serves_many_requests_at_once(void **state)
{
	struct mta *m = *state;
	struct tlsrpt_dr_t *other;

	mta_begin(m);
	begin_policy(m, TLSRPT_NO_POLICY_FOUND, NULL);
	assert_int_equal(0,
	    tlsrpt_init_delivery_request(&other, m->con, "b.example", "b"));
	assert_int_equal(0,
	    tlsrpt_init_policy(other, TLSRPT_POLICY_TLSA, NULL));
	finish_policy(m, TLSRPT_FINAL_SUCCESS);
	assert_sent(m, MTA_LEAST);
	assert_int_equal(0, tlsrpt_finish_policy(other, TLSRPT_FINAL_FAILURE));
	assert_int_equal(0, tlsrpt_finish_delivery_request(&other));
	assert_span("{\"dpv\": \"1\",\"d\": \"b.example\",\"pr\": \"b\","
		    "\"policies\":[{\"policy-type\":1,\"t\":0,\"f\":1}]}",
	    receiver_take(&m->r));
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, mta_setup, mta_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_least_that_a_request_can_say),
		TEST(test_the_sample_of_the_description),
		TEST(test_texts_of_a_failure_keep_their_order),
		TEST(test_texts_that_are_not_known_are_left_out),
		TEST(test_empty_texts_are_kept),
		TEST(test_each_policy_has_its_own_count_and_result),
		TEST(test_numbers_go_out_as_given),
		TEST(test_the_order_of_adding_does_not_show),
		TEST(test_escapes_in_every_text),
		TEST(test_bytes_from_0x80_go_out_raw),
		TEST(test_each_byte_in_each_place),
		TEST(test_every_length_of_one_text),
		TEST(test_texts_far_longer_than_usual),
		TEST(test_many_items_added_in_turn),
		TEST(test_the_mark_of_a_report_stands_at_the_end),
		TEST(test_a_connection_serves_many_requests_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
