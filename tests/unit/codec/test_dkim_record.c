#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "codec/dkim_key.h"
#include "codec/dkim_record.h"

/* RFC 8463 A.2, and the same key cut in two. */
#define ED "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
#define ED_BEGIN "11qYAYKxCrfVS/7TyWQHOg7hcv"
#define ED_END "PapiMlrwIaaPcHURo"
/* That of RFC 8463 A.2 with one bit changed. */
#define OTHER_ED "21qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

/* What `tlsrpt dkim record` says of the key. */
static void
write_ours(const char *file, struct buf *ret)
{
	char path[100];
	struct dkim_key *key;
	struct span pem;

	(void)snprintf(path, sizeof(path), "support/keys/%s", file);
	pem = support_file(path);
	assert_ok(dkim_key_parse(pem, &key, NULL));
	assert_ok(dkim_key_record(key, DKIM_SERVICE_TLSRPT, ret));
	dkim_key_free(key);
	free((char *)pem.p);
}

static enum dkim_published
judge(struct span txt, const char *key_file)
{
	struct buf ours = BUF_INIT(DKIM_RECORD_MAX);
	enum dkim_published published;

	write_ours(key_file, &ours);
	published = dkim_record_judge((struct span_list){ &txt, 1 },
	    buf_span(&ours));
	buf_free(&ours);
	return published;
}

struct one_case {
	struct span in;
	enum dkim_published want;
};

static void
check(const struct one_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		print_message("%.*s\n", SPAN_ARG(cases[i].in));
		assert_int_equal(cases[i].want,
		    judge(cases[i].in, "rfc8463.pem"));
	}
}

#define CHECK(cases) check((cases), sizeof(cases) / sizeof((cases)[0]))
#define CASE(in, want)                              \
	{                                           \
		SPAN_LIT(in), DKIM_PUBLISHED_##want \
	}

/* -- the list of tags: RFC 6376 s3.2, RFC 6376 s3.6.1 -- */

static void
test_spellings_of_our_record(void **state)
{
	static const struct one_case cases[] = {
		CASE("v=DKIM1; k=ed25519; p=" ED, OK), /* RFC 8463 A.2 */
		CASE("v=DKIM1; k=ed25519; s=tlsrpt; p=" ED, OK),
		CASE("k=ed25519;p=" ED, OK),
		CASE("p=" ED ";k=ed25519", OK),
		CASE("v=DKIM1;p=" ED ";k=ed25519;", OK),
		CASE("v=DKIM1;p=" ED ";k=ed25519; \t", OK),
		CASE(" v\t= DKIM1 ;\r\n k = ed25519 ; p = " ED " ", OK),
		CASE("k=ed25519; p=" ED_BEGIN " \r\n\t" ED_END "=", OK),
		CASE("k=ed25519; p=" ED_BEGIN ED_END " =", OK),
		CASE("k=ed25519; p=" ED_BEGIN ED_END, OK),
		CASE("k=ed25519; n=who=cares?; x_1=; g=; P=; p=" ED, OK),
		CASE("k=ed25519; t=y; p=" ED, OK),
		CASE("k=ed25519; t=y:s; p=" ED, OK),
	};

	(void)state;
	CHECK(cases);
}

static void
test_what_is_no_record(void **state)
{
	static const struct one_case cases[] = {
		CASE("", BROKEN),
		CASE(";", BROKEN),
		CASE("v=spf1 -all", BROKEN),
		CASE("v=DKIM1", BROKEN),
		CASE("v=DKIM1; k=ed25519", BROKEN),
		CASE("v=DKIM2; k=ed25519; p=" ED, BROKEN),
		CASE("v=dkim1; k=ed25519; p=" ED, BROKEN),
		CASE("v=; k=ed25519; p=" ED, BROKEN),
		CASE("k=ed25519; v=DKIM1; p=" ED, BROKEN),
		CASE("V=DKIM1; k=ed25519; P=" ED, BROKEN),
		CASE("k=ed25519;; p=" ED, BROKEN),
		CASE("k=ed25519; p=" ED ";;", BROKEN),
		CASE("; k=ed25519; p=" ED, BROKEN),
		CASE("k=ed25519; word; p=" ED, BROKEN),
		CASE("k=ed25519; =x; p=" ED, BROKEN),
		CASE("k=ed25519; 1x=; p=" ED, BROKEN),
		CASE("k=ed25519; a b=; p=" ED, BROKEN),
		CASE("k=ed25519; x-y=; p=" ED, BROKEN),
		CASE("\"v=DKIM1; k=ed25519; p=" ED "\"", BROKEN),
		CASE("k=ed25519; n=\xc3\xa4; p=" ED, BROKEN),
		CASE("k=ed25519; n=\0; p=" ED, BROKEN),
		/* Twice. */
		CASE("k=ed25519; p=" ED "; p=" ED, BROKEN),
		CASE("k=ed25519; k=ed25519; p=" ED, BROKEN),
		CASE("k=ed25519; x=; x=; p=" ED, BROKEN),
		/* No base64. */
		CASE("k=ed25519; p=" ED "=", BROKEN),
		CASE("k=ed25519; p=" ED_BEGIN "=" ED_END, BROKEN),
		CASE("k=ed25519; p=" ED_BEGIN "-" ED_END "=", BROKEN),
		CASE("k=ed25519; p=A", BROKEN),
		CASE("k=ed25519; p=AA=", BROKEN),
		CASE("k=ed25519; p====", BROKEN),
		CASE("k=rsa; p=?", BROKEN),
	};

	(void)state;
	CHECK(cases);
}

static void
test_ceiling_of_tags(void **state)
{
	struct buf txt = BUF_INIT(10000);

	(void)state;
	for (int i = 2; i < DKIM_TAGS_MAX; i++)
		buf_addf(&txt, "x%d=;", i);
	buf_adds(&txt, "k=ed25519; p=" ED);
	assert_int_equal(DKIM_PUBLISHED_OK,
	    judge(buf_span(&txt), "rfc8463.pem"));
	buf_adds(&txt, "; y=");
	assert_int_equal(DKIM_PUBLISHED_BROKEN,
	    judge(buf_span(&txt), "rfc8463.pem"));
	buf_free(&txt);
}

/* -- the key -- */

static void
test_other_keys(void **state)
{
	static const struct one_case cases[] = {
		CASE("v=DKIM1; k=ed25519; p=", REVOKED),
		CASE("v=DKIM1; p= ", REVOKED),
		CASE("k=rsa; h=sha1; s=email; p=", REVOKED),
		CASE("p=" ED, WRONG_TYPE), /* k= is rsa unless said */
		CASE("k=rsa; p=" ED, WRONG_TYPE),
		CASE("k=; p=" ED, WRONG_TYPE),
		CASE("k=Ed25519; p=" ED, WRONG_TYPE),
		CASE("k=ed25519:rsa; p=" ED, WRONG_TYPE),
		CASE("k=rsa; h=sha1; s=email; p=AAAA", WRONG_TYPE),
		CASE("k=ed25519; p=" OTHER_ED, OTHER_KEY),
		CASE("k=ed25519; p=" ED_BEGIN, OTHER_KEY),
		CASE("k=ed25519; p=" ED_BEGIN ED_END "AAA", OTHER_KEY),
		CASE("k=ed25519; h=sha1; s=email; p=AAAA", OTHER_KEY),
		/* RFC 8463 s4: the 32 bytes alone, not in DER: RFC 8410. */
		CASE("k=ed25519; p=MCowBQYDK2VwAyEA" ED, OTHER_KEY),
	};

	(void)state;
	CHECK(cases);
}

static void
check_rsa(enum dkim_published want, const char *before, const char *key)
{
	struct buf txt = BUF_INIT(10000);

	buf_addf(&txt, "%sp=%s", before, key);
	print_message("%s\n", buf_str(&txt));
	assert_int_equal(want, judge(buf_span(&txt), "rsa2048.pem"));
	buf_free(&txt);
}

/* openssl rsa -in rsa2048.pem -RSAPublicKey_out -outform DER | base64 */
static const char rsa_public_key[] =
    "MIIBCgKCAQEAtOcmxZFw3e8wXESLDNC95PFo00hZG6S7mt887hbz6G0PFcvFhK7t6n0B8hj8"
    "O74j66gSfyIg0vY7L5a8Lf7ErmloVuYRohDYY3br7xMvmY4dTAGAC4tmwTTM5f+hoHCPoK+2"
    "tPBINGQZD9QKfwmiZ16rO+9Z+xqnInd1TmKYNqgiS86ulMxQLAIE10fJSvShuUhD0UhvlixT"
    "XUWS6Y0MlPEUQ6ckoRLNPs9CSu31zXWNHDCRPLPo3EBFKZ9s6Nn16dK6w9rSKzEwY5yWX8Zt"
    "8Xp2/nN6shJaXZgSk1c+5sbLUnADx9K7rgIE9zi3U5La7VPzurhsPaUsCsTzZXEM0wIDAQAB";

static void
test_rsa_keys(void **state)
{
	struct span info = support_file("support/keys/rsa2048.public");
	struct buf text = BUF_INIT(1000);

	(void)state;
	check_rsa(DKIM_PUBLISHED_OK, "v=DKIM1; k=rsa; ", info.p);
	check_rsa(DKIM_PUBLISHED_OK, "", info.p);
	check_rsa(DKIM_PUBLISHED_OK, "k=rsa; ", rsa_public_key);
	check_rsa(DKIM_PUBLISHED_WRONG_TYPE, "k=ed25519; ", info.p);
	check_rsa(DKIM_PUBLISHED_OTHER_KEY, "", ED);
	/* Either with bytes behind it, and one of the wrong modulus. */
	buf_addf(&text, "%sAAAA", info.p);
	check_rsa(DKIM_PUBLISHED_OTHER_KEY, "", buf_str(&text));
	buf_clear(&text);
	buf_addf(&text, "%sAAAA", rsa_public_key);
	check_rsa(DKIM_PUBLISHED_OTHER_KEY, "", buf_str(&text));
	text.p[100] = text.p[100] == 'A' ? 'B' : 'A';
	text.p[text.len - 4] = '\0';
	check_rsa(DKIM_PUBLISHED_OTHER_KEY, "", buf_str(&text));
	buf_free(&text);
	free((char *)info.p);
}

/* More than any key of ours has, and no base64 behind that. */
static void
test_long_keys(void **state)
{
	struct buf txt = BUF_INIT(20000);

	(void)state;
	buf_adds(&txt, "k=ed25519; p=");
	for (int i = 0; i < 4000; i++)
		buf_adds(&txt, "AAAA");
	assert_int_equal(DKIM_PUBLISHED_OTHER_KEY,
	    judge(buf_span(&txt), "rfc8463.pem"));
	buf_addc(&txt, '!');
	assert_int_equal(DKIM_PUBLISHED_BROKEN,
	    judge(buf_span(&txt), "rfc8463.pem"));
	buf_free(&txt);
}

/* -- its use -- */

static void
test_hashes(void **state)
{
	static const struct one_case cases[] = {
		CASE("k=ed25519; h=sha256; p=" ED, OK),
		CASE("k=ed25519; h=sha1:sha256; p=" ED, OK),
		CASE("k=ed25519; h=sha1 : sha256 :new; p=" ED, OK),
		CASE("k=ed25519; h=sha1; p=" ED, NOT_SHA256),
		CASE("k=ed25519; h=; p=" ED, NOT_SHA256),
		CASE("k=ed25519; h=SHA256; p=" ED, NOT_SHA256),
		CASE("k=ed25519; h=sha2567; p=" ED, NOT_SHA256),
		CASE("k=ed25519; h=sha1; s=email; p=" ED, NOT_SHA256),
	};

	(void)state;
	CHECK(cases);
}

static void
test_services(void **state)
{
	static const struct one_case cases[] = {
		CASE("k=ed25519; s=*; p=" ED, OK),
		CASE("k=ed25519; s=email:*; p=" ED, OK),
		CASE("k=ed25519; s=email : tlsrpt; p=" ED, OK),
		CASE("k=ed25519; s=email; p=" ED, NOT_FOR_TLSRPT),
		CASE("k=ed25519; s=; p=" ED, NOT_FOR_TLSRPT),
		CASE("k=ed25519; s=tlsrpt2; p=" ED, NOT_FOR_TLSRPT),
	};

	(void)state;
	CHECK(cases);
}

/* -- how many -- */

static void
test_one_record_is_wanted(void **state)
{
	struct buf ours = BUF_INIT(DKIM_RECORD_MAX);
	struct span txts[2];

	(void)state;
	write_ours("rfc8463.pem", &ours);
	txts[0] = buf_span(&ours);
	txts[1] = SPAN_LIT("v=spf1 -all");
	assert_int_equal(DKIM_PUBLISHED_ABSENT,
	    dkim_record_judge((struct span_list){ NULL, 0 }, txts[0]));
	assert_int_equal(DKIM_PUBLISHED_OK,
	    dkim_record_judge((struct span_list){ txts, 1 }, txts[0]));
	assert_int_equal(DKIM_PUBLISHED_SEVERAL,
	    dkim_record_judge((struct span_list){ txts, 2 }, txts[0]));
	buf_free(&ours);
}

static void
test_sentences(void **state)
{
	(void)state;
	assert_string_equal("the key is published",
	    dkim_published_sentence(DKIM_PUBLISHED_OK));
	assert_non_null(
	    strstr(dkim_published_sentence(DKIM_PUBLISHED_NOT_FOR_TLSRPT),
		"s="));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spellings_of_our_record),
		cmocka_unit_test(test_what_is_no_record),
		cmocka_unit_test(test_ceiling_of_tags),
		cmocka_unit_test(test_other_keys),
		cmocka_unit_test(test_rsa_keys),
		cmocka_unit_test(test_long_keys),
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_services),
		cmocka_unit_test(test_one_record_is_wanted),
		cmocka_unit_test(test_sentences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
