#include "support/test.h"

#include <string.h>

#include "base/crc32c.h"
#include "intake/spool_record.h"

static const struct uuid spool = { "spool's own id.." };

/* -- the head -- */

static const struct spool_head sample = {
	.facts_length = 0x1234,
	.body_length = 0x00abcdef,
	.id = { "0123456789abcdef" },
	.crc = 0xfedcba98,
};

static void
test_the_head_is_laid_out_as_written_down(void **state)
{
	static const char want[37] = "receipt\n"
				     "\x34\x12\x00\x00"
				     "\xef\xcd\xab\x00"
				     "0123456789abcdef"
				     "\x98\xba\xdc\xfe";
	char bytes[SPOOL_HEAD_BYTES];
	uint32_t crc;

	(void)state;
	spool_head_write(&sample, 77, bytes);
	assert_memory_equal(want, bytes, 36);
	crc = crc32c(77, want, 36);
	for (int i = 0; i < 4; i++)
		assert_int_equal(crc >> (8 * i) & 0xff,
		    (unsigned char)bytes[36 + i]);
}

static void
test_a_head_comes_back(void **state)
{
	char bytes[SPOOL_HEAD_BYTES];
	struct spool_head h;

	(void)state;
	spool_head_write(&sample, 77, bytes);
	assert_ok(spool_head_read(bytes, 77, &h));
	assert_int_equal(sample.facts_length, h.facts_length);
	assert_int_equal(sample.body_length, h.body_length);
	assert_true(uuid_eq(&sample.id, &h.id));
	assert_int_equal(sample.crc, h.crc);
	assert_int_equal(40 + 0x1234 + 0x00abcdef, spool_record_bytes(&h));
}

static void
test_a_changed_head_is_none(void **state)
{
	char bytes[SPOOL_HEAD_BYTES];
	struct spool_head h;

	(void)state;
	spool_head_write(&sample, 77, bytes);
	for (int bit = 0; bit < SPOOL_HEAD_BYTES * 8; bit++) {
		bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
		assert_err(E_SYNTAX, spool_head_read(bytes, 77, &h));
		bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
	}
	assert_ok(spool_head_read(bytes, 77, &h));
}

static void
test_a_head_is_good_at_its_place_only(void **state)
{
	static const struct uuid other = { "another's own id" };
	const uint32_t seeds[] = { spool_head_seed(&spool, 3, 100),
		spool_head_seed(&spool, 3, 101),
		spool_head_seed(&spool, 4, 100),
		spool_head_seed(&other, 3, 100) };
	char bytes[SPOOL_HEAD_BYTES];
	struct spool_head h;

	(void)state;
	spool_head_write(&sample, seeds[0], bytes);
	assert_ok(spool_head_read(bytes, seeds[0], &h));
	for (size_t i = 1; i < 4; i++)
		assert_err(E_SYNTAX, spool_head_read(bytes, seeds[i], &h));
}

static void
test_lengths_have_ceilings(void **state)
{
	struct spool_head h = { SPOOL_FACTS_MAX, SPOOL_BODY_MAX, .crc = 1 };
	char bytes[SPOOL_HEAD_BYTES];

	(void)state;
	spool_head_write(&h, 1, bytes);
	assert_ok(spool_head_read(bytes, 1, &h));
	h.facts_length++;
	spool_head_write(&h, 1, bytes);
	assert_err(E_SYNTAX, spool_head_read(bytes, 1, &h));
	h.facts_length--;
	h.body_length++;
	spool_head_write(&h, 1, bytes);
	assert_err(E_SYNTAX, spool_head_read(bytes, 1, &h));
}

/* -- the facts -- */

static const char facts_bytes[] = "\x01\x01"
				  "\x08\x07\x06\x05\x04\x03\x02\x01"
				  "\x03\x00"
				  "a:1"
				  "\x00\x00"
				  "\xff\xff"
				  "\x04\x00"
				  "tls@"
				  "\xff\xff"
				  "\x01\x00z";

static void
test_facts_are_laid_out_as_written_down(void **state)
{
	struct receipt_facts f = {
		.way = RECEIPT_LMTP,
		.is_mail = true,
		.received_ns = 0x0102030405060708,
		.peer = SPAN_LIT("a:1"),
		.route = SPAN_LIT(""),
		.recipient = SPAN_LIT("tls@"),
		.encoding = SPAN_LIT("z"),
	};
	char bytes[SPOOL_FACTS_MAX];

	(void)state;
	assert_int_equal(sizeof(facts_bytes) - 1, spool_facts_write(&f, bytes));
	assert_memory_equal(facts_bytes, bytes, sizeof(facts_bytes) - 1);
}

static void
test_facts_come_back(void **state)
{
	struct receipt_facts f;

	(void)state;
	assert_ok(spool_facts_read((struct span){ facts_bytes,
				       sizeof(facts_bytes) - 1 },
	    &f));
	assert_int_equal(RECEIPT_LMTP, f.way);
	assert_true(f.is_mail);
	assert_int_equal(0x0102030405060708, f.received_ns);
	assert_span("a:1", f.peer);
	assert_true(f.route.p != NULL && f.route.len == 0);
	assert_null(f.sender.p);
	assert_span("tls@", f.recipient);
	assert_null(f.type.p);
	assert_span("z", f.encoding);
}

static void
test_other_facts_are_refused(void **state)
{
	char bytes[sizeof(facts_bytes)];
	struct receipt_facts f;
	struct span s = { bytes, sizeof(facts_bytes) - 1 };

	(void)state;
	for (size_t len = 0; len < s.len; len++) {
		memcpy(bytes, facts_bytes, sizeof(bytes));
		assert_err(E_SYNTAX, spool_facts_read(span_head(s, len), &f));
	}
	assert_err(E_SYNTAX,
	    spool_facts_read((struct span){ bytes, s.len + 1 }, &f));
	bytes[0] = RECEIPT_IMAP + 1;
	assert_err(E_SYNTAX, spool_facts_read(s, &f));
	bytes[0] = RECEIPT_IMAP;
	bytes[1] = 2;
	assert_err(E_SYNTAX, spool_facts_read(s, &f));
	bytes[1] = 0;
	assert_ok(spool_facts_read(s, &f));
}

static void
test_long_texts_are_cut(void **state)
{
	char text[RECEIPT_TEXT_MAX + 1], bytes[SPOOL_FACTS_MAX];
	struct span s = { text, sizeof(text) };
	struct receipt_facts f = { RECEIPT_FILE, -1, s, s, s, s, s, s, false };
	size_t n;

	(void)state;
	memset(text, '\0', sizeof(text));
	n = spool_facts_write(&f, bytes);
	assert_int_equal(SPOOL_FACTS_MAX, n);
	assert_ok(spool_facts_read((struct span){ bytes, n }, &f));
	assert_int_equal(RECEIPT_TEXT_MAX, f.peer.len);
	assert_int_equal(RECEIPT_TEXT_MAX, f.encoding.len);
	assert_int_equal(-1, f.received_ns);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_head_is_laid_out_as_written_down),
		cmocka_unit_test(test_a_head_comes_back),
		cmocka_unit_test(test_a_changed_head_is_none),
		cmocka_unit_test(test_a_head_is_good_at_its_place_only),
		cmocka_unit_test(test_lengths_have_ceilings),
		cmocka_unit_test(test_facts_are_laid_out_as_written_down),
		cmocka_unit_test(test_facts_come_back),
		cmocka_unit_test(test_other_facts_are_refused),
		cmocka_unit_test(test_long_texts_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
