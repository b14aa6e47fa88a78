/* Examples of RFC 3501, and what its grammar allows beside them. */
#include "support/test.h"

#include "codec/imap_answer.h"

#define S(s) SPAN_LIT(s)

static void
test_select(void **state)
{
	/* RFC 3501 s6.3.1 */
	struct imap_state s = IMAP_STATE_INIT;

	(void)state;
	imap_state_read(&s,
	    S("* 172 EXISTS\r\n* 1 RECENT\r\n"
	      "* OK [UNSEEN 12] Message 12 is first unseen\r\n"
	      "* OK [UIDVALIDITY 3857529045] UIDs valid\r\n"
	      "* OK [UIDNEXT 4392] Predicted next UID\r\n"
	      "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n"
	      "* OK [PERMANENTFLAGS (\\Deleted \\Seen \\*)] Limited\r\n"
	      "A142 OK [READ-WRITE] SELECT completed\r\n"));
	assert_int_equal(172, s.messages);
	assert_true(s.uid_validity == 3857529045);
	assert_true(s.keeps_keywords && !s.keeps_flags && !s.is_read_only);
	imap_state_read(&s, S("* 3 EXPUNGE\r\n* 4 EXPUNGE\r\n"));
	assert_int_equal(170, s.messages);
	imap_state_read(&s, S("* 2 exists\n"));
	assert_int_equal(2, s.messages);
	imap_state_read(&s,
	    S("* ok [permanentflags (\\seen \\deleted \\ANSWERED \\flagged)]\n"
	      "A1 OK [read-only] x\n"));
	assert_true(!s.keeps_keywords && s.keeps_flags && s.is_read_only);
	imap_state_read(&s, S("* OK [PERMANENTFLAGS ()] none\r\n"));
	assert_true(!s.keeps_keywords && !s.keeps_flags);
	imap_state_read(&s,
	    S("* OK [PERMANENTFLAGS (\\Seen TlsrptTaken TlsrptRefused)]\n"));
	assert_true(s.keeps_keywords);
}

static void
test_nothing_of_a_mailbox(void **state)
{
	static const char *const cases[] = { "* 4294967296 EXISTS\r\n",
		"* -1 EXISTS\r\n", "* 5 EXISTSX\r\n", "5 EXISTS\r\n",
		"* OK [UIDVALIDITY 4294967296] x\r\n",
		"* OK [UIDVALIDITY x] x\r\n", "* NO [UIDVALIDITY 5] x\r\n",
		"* 1 EXPUNGE\r\n", "\r\n", "*\r\n", "* \r\n" };
	struct imap_state s = IMAP_STATE_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s", cases[i]);
		imap_state_read(&s, span_str(cases[i]));
		assert_int_equal(0, s.messages);
		assert_int_equal(0, s.uid_validity);
	}
}

static void
test_search(void **state)
{
	uint32_t uids[8];
	size_t n = 0;

	(void)state;
	assert_ok(imap_search_read(
	    S("* SEARCH 2 84 882\r\n* 5 EXISTS\r\n* search 4294967295 \r\n"
	      "* SEARCH\r\nA282 OK SEARCH completed\r\n"),
	    uids, 8, &n, NULL));
	assert_int_equal(4, n);
	assert_true(uids[0] == 2 && uids[1] == 84 && uids[2] == 882 &&
	    uids[3] == UINT32_MAX);
	assert_err(E_RANGE,
	    imap_search_read(S("* SEARCH 1 2 3 4 5\r\n"), uids, 8, &n, NULL));
}

static void
test_what_is_no_search(void **state)
{
	static const char *const cases[] = { "* SEARCH 0\r\n",
		"* SEARCH 1 x\r\n", "* SEARCH -1\r\n",
		"* SEARCH 4294967296\r\n", "* SEARCH 1  2\r\n",
		"* SEARCHED 1\r\n", "* SEARCH (1)\r\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t uids[8];
		size_t n = 0;

		print_message("%s", cases[i]);
		assert_err(E_SYNTAX,
		    imap_search_read(span_str(cases[i]), uids, 8, &n, NULL));
	}
}

static void
test_fetch(void **state)
{
	/* date -ud '17 Jul 1996 02:44:25 -0700' +%s; the others likewise */
	static const struct {
		const char *in;
		uint32_t uid;
		bool has_size;
		uint64_t bytes;
		int64_t received_s;
	} cases[] = {
		{ "* 12 FETCH (FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 "
		  "02:44:25 -0700\" RFC822.SIZE 4286 UID 9)\r\n",
		    9, true, 4286, 837596665 },
		{ "* 1 fetch (uid 1 internaldate \" 1-Jan-2026 00:00:00 "
		  "+0130\")\r\n",
		    1, false, 0, 1767220200 },
		{ "* 1 FETCH (X \"a \\\" UID 7)\" Y (a (\")\" b) UID 8) UID "
		  "3)\r\n",
		    3, false, 0, -1 },
		{ "* 1 FETCH (INTERNALDATE \"31-Feb-2026 00:00:00 +0000\" UID "
		  "2 RFC822.SIZE -5)\r\n",
		    2, false, 0, -1 },
		{ "* 1 FETCH (RFC822.SIZE 9223372036854775808 UID 0)\r\n", 0,
		    false, 0, -1 },
		{ "* 1 FETCH ()\r\n", 0, false, 0, -1 },
		{ "* 1 FETCH (UID", 0, false, 0, -1 },
		{ "* 1 FETCH (X \"", 0, false, 0, -1 },
		{ "* 1 FETCH (X ((", 0, false, 0, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span rest = span_str(cases[i].in);
		struct imap_message m;

		print_message("%s", cases[i].in);
		assert_true(imap_message_take(&rest, &m));
		assert_true(m.uid == cases[i].uid);
		assert_true(m.has_size == cases[i].has_size);
		assert_true(m.bytes == cases[i].bytes);
		assert_true(m.received_s == cases[i].received_s);
		assert_false(imap_message_take(&rest, &m));
	}
}

static void
test_end(void **state)
{
	struct imap_end end;

	(void)state;
	end = imap_end_read(S("* OK x\r\n+ go on\r\n"));
	assert_int_equal(IMAP_SAID_NOTHING, end.said);
	end = imap_end_read(
	    S("A1 OK in\r\nA2 no [TryCreate] no such\r\n* BYE\r\n"));
	assert_int_equal(IMAP_SAID_NO, end.said);
	assert_span("[TryCreate] no such", end.text);
	assert_true(imap_end_has(&end, "TRYCREATE"));
	assert_false(imap_end_has(&end, "NO"));
	end = imap_end_read(S("A3 BAD"));
	assert_int_equal(IMAP_SAID_BAD, end.said);
	end = imap_end_read(S("A4 OK"));
	assert_int_equal(IMAP_SAID_OK, end.said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_select),
		cmocka_unit_test(test_nothing_of_a_mailbox),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_what_is_no_search),
		cmocka_unit_test(test_fetch),
		cmocka_unit_test(test_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
