#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "codec/dkim_canonical.h"
#include "codec/dkim_key.h"

static enum err
parse_file(const char *name, struct dkim_key **ret, struct why *why)
{
	char path[100];
	struct span pem;
	enum err e;

	(void)snprintf(path, sizeof(path), "support/keys/%s", name);
	pem = support_file(path);
	e = dkim_key_parse(pem, ret, why);
	free((char *)pem.p);
	return e;
}

static struct dkim_key *
key_of(const char *name)
{
	struct dkim_key *key = NULL;
	struct why why = { { 0 } };

	assert_ok_why(parse_file(name, &key, &why), &why);
	assert_non_null(key);
	return key;
}

/* -- reading -- */

static void
test_kinds(void **state)
{
	static const struct {
		const char *file, *type, *algorithm;
	} cases[] = {
		{ "rsa2048.pem", "rsa", "rsa-sha256" },
		{ "rsa2048-pkcs1.pem", "rsa", "rsa-sha256" },
		{ "rfc8463.pem", "ed25519", "ed25519-sha256" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dkim_key *key = key_of(cases[i].file);

		assert_string_equal(cases[i].type, dkim_key_type(key));
		assert_string_equal(cases[i].algorithm,
		    dkim_key_algorithm(key));
		dkim_key_free(key);
	}
	dkim_key_free(NULL);
}

static void
test_keys_that_are_refused(void **state)
{
	static const struct {
		const char *file;
		enum err want;
		const char *part;
	} cases[] = {
		{ "rsa1024.pem", E_VERSION, "RSA key of 1024 bits" },
		{ "rsa-pss.pem", E_VERSION, "type RSA-PSS" },
		{ "p256.pem", E_VERSION, "type EC" },
		{ "x25519.pem", E_VERSION, "type X25519" },
		{ "ed448.pem", E_VERSION, "type ED448" },
		{ "encrypted.pem", E_SYNTAX, "passphrase" },
		{ "encrypted-pkcs1.pem", E_SYNTAX, "passphrase" },
		{ "public.pem", E_SYNTAX, "no private key" },
		{ "README.md", E_SYNTAX, "no private key" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dkim_key *key = NULL;
		struct why why = { { 0 } };

		print_message("%s\n", cases[i].file);
		assert_err(cases[i].want,
		    parse_file(cases[i].file, &key, &why));
		assert_null(key);
		assert_non_null(strstr(why.text, cases[i].part));
	}
}

static void
test_what_is_no_key(void **state)
{
	static char large[DKIM_KEY_FILE_MAX + 1];
	const struct span cases[] = {
		SPAN_NONE,
		SPAN_LIT(""),
		SPAN_LIT("-----BEGIN PRIVATE KEY-----\n"),
		SPAN_LIT("-----BEGIN PRIVATE KEY-----\nMC4C\n"
			 "-----END PRIVATE KEY-----\n"),
		{ large, sizeof(large) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dkim_key *key = NULL;
		struct why why = { { 0 } };

		assert_err(E_SYNTAX, dkim_key_parse(cases[i], &key, &why));
		assert_null(key);
		assert_true(why.text[0] != '\0');
	}
}

/* -- RFC 8463 A.3 -- */

static void
test_signature_of_the_rfc(void **state)
{
	static const char *const fields[] = {
		"From: Joe SixPack <joe@football.example.com>",
		"To: Suzie Q <suzie@shopping.example.net>",
		"Subject: Is dinner ready?",
		"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)",
		"Message-ID: <20030712040037.46341.5F8J@football.example.com>",
	};
	static const char signature[] =
	    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
	    " d=football.example.com; i=@football.example.com;\r\n"
	    " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
	    " subject : date : message-id : from : subject : date;\r\n"
	    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
	    " b=";
	struct buf data = BUF_INIT(10000), sig = BUF_INIT(64);
	struct buf text = BUF_INIT(100);
	struct dkim_key *key = key_of("rfc8463.pem");

	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		dkim_canonical_field(DKIM_RELAXED, span_str(fields[i]), &data);
		buf_adds(&data, "\r\n");
	}
	dkim_canonical_field(DKIM_RELAXED, span_str(signature), &data);
	assert_ok(dkim_key_sign(key, buf_span(&data), &sig, NULL));
	base64_encode(buf_span(&sig), &text);
	assert_string_equal("/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug"
			    "4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==",
	    buf_str(&text));
	buf_free(&data);
	buf_free(&sig);
	buf_free(&text);
	dkim_key_free(key);
}

static void
test_ceiling_of_a_signature(void **state)
{
	struct buf sig = BUF_INIT(63);
	struct dkim_key *key = key_of("rfc8463.pem");

	(void)state;
	assert_err(E_RANGE, dkim_key_sign(key, SPAN_LIT("x"), &sig, NULL));
	buf_free(&sig);
	dkim_key_free(key);
}

/* -- records -- */

static void
assert_record(const char *file, enum dkim_service service, const char *want)
{
	struct buf out = BUF_INIT(DKIM_RECORD_MAX);
	struct dkim_key *key = key_of(file);

	assert_ok(dkim_key_record(key, service, &out));
	assert_string_equal(want, buf_str(&out));
	buf_free(&out);
	dkim_key_free(key);
}

/* RFC 8463 A.2, and s3 for s=. */
static void
test_record_of_the_rfc(void **state)
{
	(void)state;
	assert_record("rfc8463.pem", DKIM_SERVICE_ANY,
	    "v=DKIM1; k=ed25519; "
	    "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
	assert_record("rfc8463.pem", DKIM_SERVICE_TLSRPT,
	    "v=DKIM1; k=ed25519; s=tlsrpt; "
	    "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
}

static void
test_record_of_rsa(void **state)
{
	struct span public = support_file("support/keys/rsa2048.public");
	struct buf want = BUF_INIT(1000);

	(void)state;
	buf_addf(&want, "v=DKIM1; k=rsa; s=tlsrpt; p=%s", public.p);
	assert_record("rsa2048.pem", DKIM_SERVICE_TLSRPT, buf_str(&want));
	buf_clear(&want);
	buf_addf(&want, "v=DKIM1; k=rsa; p=%s", public.p);
	assert_record("rsa2048-pkcs1.pem", DKIM_SERVICE_ANY, buf_str(&want));
	buf_free(&want);
	free((char *)public.p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_keys_that_are_refused),
		cmocka_unit_test(test_what_is_no_key),
		cmocka_unit_test(test_signature_of_the_rfc),
		cmocka_unit_test(test_ceiling_of_a_signature),
		cmocka_unit_test(test_record_of_the_rfc),
		cmocka_unit_test(test_record_of_rsa),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
