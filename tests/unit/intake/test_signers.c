#include "support/test.h"

#include <stdio.h>

#include "intake/signers.h"

#define NOW_S INT64_C(1795300000)

static struct id
id_of(const char *name)
{
	return signer_id(span_str(name));
}

static void
test_known_for_ninety_days(void **state)
{
	struct id a = id_of("a.example"), b = id_of("b.example");
	struct signers *s;

	(void)state;
	assert_ok(signers_open(&s));
	assert_null(signers_find(s, &a, NOW_S));
	assert_non_null(signers_learn(s, &a, NOW_S, NOW_S));
	assert_non_null(signers_find(s, &a, NOW_S + SIGNER_KNOWN_S));
	assert_null(signers_find(s, &a, NOW_S + SIGNER_KNOWN_S + 1));
	assert_null(signers_find(s, &b, NOW_S));
	/* An older word does not make it older. */
	assert_non_null(signers_learn(s, &a, NOW_S - 99, NOW_S));
	assert_non_null(signers_find(s, &a, NOW_S + SIGNER_KNOWN_S));
	signers_close(s);
}

static void
test_who_came_first_stays(void **state)
{
	struct signers *s;
	char name[32];

	(void)state;
	assert_ok(signers_open(&s));
	for (int i = 0; i < SIGNERS_MAX + 100; i++) {
		struct id id;

		(void)snprintf(name, sizeof(name), "d%d.example", i);
		id = id_of(name);
		assert_int_equal(i < SIGNERS_MAX,
		    signers_learn(s, &id, NOW_S + i % 2, NOW_S) != NULL);
	}
	/* Half of them are known no more. */
	for (int i = 0; i < SIGNERS_MAX; i++) {
		int64_t later = NOW_S + SIGNER_KNOWN_S + 1;
		struct id id;

		if (i == 0) {
			id = id_of("new.example");
			assert_non_null(signers_learn(s, &id, later, later));
		}
		(void)snprintf(name, sizeof(name), "d%d.example", i);
		id = id_of(name);
		assert_int_equal(i % 2, signers_find(s, &id, later) != NULL);
	}
	signers_close(s);
}

static void
test_false_claims_are_forgotten(void **state)
{
	struct signer g = { .waiting = 0 };

	(void)state;
	for (int i = 0; i < 5; i++)
		signer_claim_failed(&g, NOW_S);
	assert_int_equal(5, signer_failed(&g, NOW_S));
	signer_claim_held(&g);
	assert_int_equal(2, signer_failed(&g, NOW_S));
	assert_int_equal(2, signer_failed(&g, NOW_S + 3599));
	assert_int_equal(0, signer_failed(&g, NOW_S + 3600));
	signer_claim_failed(&g, NOW_S + 3600);
	assert_int_equal(1, signer_failed(&g, NOW_S + 3600));
}

/* d= as RFC 6376 s3.5 writes it; what anybody may write besides. */
static void
test_claims(void **state)
{
	static const struct {
		const char *mail;
		const char *want[3];
	} rows[] = {
		{ "DKIM-Signature: v=1; d=a.example; s=x\r\n\r\n",
		    { "a.example" } },
		{ "dkim-signature: v=1;\r\n d=Mail.A.Example;\r\n s=x\r\n\r\n",
		    { "a.example" } },
		{ "From: x@b.example\r\nDKIM-Signature: d=a.co.uk\r\n"
		  "DKIM-Signature: d=b.example\r\n\r\n",
		    { "a.co.uk", "b.example" } },
		{ "From: x\r\n\r\nDKIM-Signature: d=a.example\r\n", { NULL } },
		{ "DKIM-Signature: d=a.example; d=b.example\r\n\r\n",
		    { NULL } },
		{ "DKIM-Signature: d=\r\nDKIM-Signature: d=co.uk\r\n"
		  "DKIM-Signature: d=a b\r\nDKIM-Signature: x\r\n\r\n",
		    { NULL } },
		{ "", { NULL } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct claims c;
		size_t n = 0;

		claims_read(span_str(rows[i].mail), &c);
		for (; n < 3 && rows[i].want[n] != NULL; n++) {
			struct id id = id_of(rows[i].want[n]);

			assert_true(n < c.n);
			assert_memory_equal(&id, &c.v[n], sizeof(id));
		}
		assert_int_equal(n, c.n);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_for_ninety_days),
		cmocka_unit_test(test_who_came_first_stays),
		cmocka_unit_test(test_false_claims_are_forgotten),
		cmocka_unit_test(test_claims),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
