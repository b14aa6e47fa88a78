#include "support/test.h"

#include <stdlib.h>

#include "codec/dkim_verify.h"

/* Of the examples of RFC 8463 A.2 and RFC 6376 A.2. */
#define ED "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
#define TEST                                                               \
	"p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3id" \
	"Y6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/B" \
	"C/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip" \
	"3G+2kryOTIKT+l/K4w3QIDAQAB"
#define BRISBANE                                                           \
	"p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/D" \
	"kMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v" \
	"/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWT" \
	"oIMmPSPDdQPNUYckcQ2QIDAQAB"
#define RFC6376 "corpus/dkim_verify/rfc6376.eml"
#define RFC8463 "corpus/dkim_verify/rfc8463.eml"
#define SIGNED_S 1528637909 /* t= in RFC 8463 A.3 */
#define ARENA_MAX ((size_t)1 << 20)

struct message {
	struct buf bytes;
	struct arena arena;
	struct dkim_signatures all;
};

static void
begin(struct message *m, const char *path)
{
	struct span bytes = support_file(path);

	m->bytes = BUF_INIT(1 << 20);
	m->arena = ARENA_INIT(ARENA_MAX);
	buf_add(&m->bytes, bytes);
	free((char *)bytes.p);
}

/* The first old becomes new, which is there. */
static void
change(struct message *m, const char *old, const char *new)
{
	struct buf changed = BUF_INIT(1 << 20);
	const char *at = strstr(buf_str(&m->bytes), old);

	assert_non_null(at);
	buf_add(&changed,
	    span_head(buf_span(&m->bytes), (size_t)(at - m->bytes.p)));
	buf_adds(&changed, new);
	buf_adds(&changed, at + strlen(old));
	buf_free(&m->bytes);
	m->bytes = changed;
}

static void
read_at(struct message *m, int64_t received_s)
{
	struct why why = { { 0 } };

	assert_ok_why(dkim_signatures_read(buf_span(&m->bytes), received_s,
			  &m->arena, &m->all, &why),
	    &why);
}

static void
end(struct message *m)
{
	buf_free(&m->bytes);
	arena_free(&m->arena);
}

static struct dkim_judgement
judge(const struct message *m, size_t i, struct span_list txts)
{
	struct dkim_judgement j;

	assert_ok(dkim_verify(&m->all, &m->all.v[i], txts, &j));
	return j;
}

static struct dkim_judgement
judge_by(const struct message *m, size_t i, const char *record)
{
	struct span txt = span_str(record);

	return judge(m, i, (struct span_list){ &txt, 1 });
}

static void
assert_fault(enum dkim_fault want, enum dkim_fault got)
{
	if (want != got)
		fail_msg("got %s, want %s", dkim_fault_text(got),
		    dkim_fault_text(want));
}

/* -- the examples of the RFCs -- */

static void
test_simple_of_the_rfc(void **state)
{
	const struct dkim_signature *s;
	struct dkim_judgement j;
	struct message m;

	(void)state;
	begin(&m, RFC6376);
	read_at(&m, 0);
	assert_int_equal(1, m.all.n);
	assert_int_equal(0, m.all.left_out);
	s = &m.all.v[0];
	assert_span("example.com", s->domain);
	assert_span("brisbane", s->selector);
	assert_span("football.example.com", s->identity);
	assert_span("rsa-sha256", s->algorithm);
	assert_span("brisbane._domainkey.example.com", s->key_name);
	assert_false(s->has_length);
	assert_int_equal(-1, s->signed_s);
	assert_int_equal(-1, s->expires_s);
	j = judge_by(&m, 0, "v=DKIM1; " BRISBANE);
	assert_fault(DKIM_FAULT_NONE, j.fault);
	assert_int_equal(1024, j.key_bits);
	assert_true(j.for_all);
	assert_false(j.for_email || j.for_tlsrpt || j.testing || j.strict);
	end(&m);
}

static void
test_two_signatures_of_the_rfc(void **state)
{
	struct dkim_judgement j;
	struct message m;

	(void)state;
	begin(&m, RFC8463);
	read_at(&m, SIGNED_S);
	assert_int_equal(2, m.all.n);
	assert_int_equal(SIGNED_S, m.all.v[0].signed_s);
	assert_span("football.example.com", m.all.v[0].identity);
	assert_span("brisbane._domainkey.football.example.com",
	    m.all.v[0].key_name);
	assert_span("test._domainkey.football.example.com",
	    m.all.v[1].key_name);
	j = judge_by(&m, 0, "v=DKIM1; k=ed25519; " ED);
	assert_fault(DKIM_FAULT_NONE, j.fault);
	assert_int_equal(256, j.key_bits);
	j = judge_by(&m, 1, "v=DKIM1; k=rsa; " TEST);
	assert_fault(DKIM_FAULT_NONE, j.fault);
	assert_int_equal(1024, j.key_bits);
	end(&m);
}

/* -- changes that count, and such that do not -- */

static void
test_changed_messages(void **state)
{
	static const struct {
		const char *old, *new;
		enum dkim_fault want;
	} cases[] = {
		{ "We lost", "We won", DKIM_FAULT_BODY },
		{ "Joe.\r\n", "Joe.\r\n.\r\n", DKIM_FAULT_BODY },
		{ "game.  Are", "game.Are", DKIM_FAULT_BODY },
		{ "Is dinner", "Was dinner", DKIM_FAULT_SIGNATURE },
		{ "\r\nTo: ", "\r\nTo: x, ", DKIM_FAULT_SIGNATURE },
		{ "t=1528637909", "t=1528637908", DKIM_FAULT_SIGNATURE },
		{ "b=/gCr", "b=/gCs", DKIM_FAULT_SIGNATURE },
		/* Named once more than it is there, or below what is signed. */
		{ "\r\nTo: ", "\r\nFrom: x@b.example\r\nTo: ",
		    DKIM_FAULT_SIGNATURE },
		{ "\r\nFrom: ", "\r\nFrom: x@b.example\r\nFrom: ",
		    DKIM_FAULT_SIGNATURE },
		{ "\r\n\r\n", "\r\nTo: x\r\n\r\n", DKIM_FAULT_SIGNATURE },
		/* To is named once: above what is signed is not signed. */
		{ "\r\nTo: ", "\r\nTo: x\r\nTo: ", DKIM_FAULT_NONE },
		{ "\r\nTo: ", "\r\nCc: x\r\nTo: ", DKIM_FAULT_NONE },
		/* Relaxed. */
		{ "Joe.\r\n", "Joe. \r\n\r\n \r\n", DKIM_FAULT_NONE },
		{ "game.  Are", "game.\tAre", DKIM_FAULT_NONE },
		{ "\r\nSubject: Is", "\r\nSUBJECT:  Is", DKIM_FAULT_NONE },
		{ "Is dinner", "Is\r\n\tdinner", DKIM_FAULT_NONE },
		{ "b=/gCr", "b= / g C r", DKIM_FAULT_NONE },
		{ "DKIM-Signature", "dkim-signature", DKIM_FAULT_NONE },
		{ "DKIM-Signature",
		    "From joe Mon Mar  2 12:00:00 2026\r\n"
		    "DKIM-Signature",
		    DKIM_FAULT_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct message m;

		print_message("%s\n", cases[i].new);
		begin(&m, RFC8463);
		change(&m, cases[i].old, cases[i].new);
		read_at(&m, SIGNED_S);
		assert_fault(cases[i].want,
		    judge_by(&m, 0, "k=ed25519; " ED).fault);
		end(&m);
	}
}

/* RFC 6376 s5.4: the field itself is not signed again by its own h=. */
static void
test_own_name_in_h(void **state)
{
	struct message m;

	(void)state;
	begin(&m, RFC8463);
	change(&m, "h=from", "h=dkim-signature : from");
	read_at(&m, SIGNED_S);
	assert_fault(DKIM_FAULT_SIGNATURE,
	    judge_by(&m, 0, "k=ed25519; " ED).fault);
	end(&m);
}

/* -- what is wrong without a key -- */

static void
test_faults_of_a_signature(void **state)
{
	static const struct {
		const char *old, *new;
		enum dkim_fault want;
	} cases[] = {
		{ "v=1;", "v=1;;", DKIM_FAULT_TAGS },
		{ "v=1;", "v=1; d=a.example;", DKIM_FAULT_TAGS },
		{ "v=1;", "v=1; z;", DKIM_FAULT_TAGS },
		{ "v=1;", "v=1; z=\xc3\xa4;", DKIM_FAULT_TAGS },
		{ "v=1;", "v=1; zz=;", DKIM_FAULT_NONE },
		{ "v=1;", "", DKIM_FAULT_TAG_ABSENT },
		{ "bh=", "bhh=", DKIM_FAULT_TAG_ABSENT },
		{ "s=brisbane;", "", DKIM_FAULT_TAG_ABSENT },
		{ "h=from : to :\r\n subject : date : message-id : from : "
		  "subject : date;",
		    "", DKIM_FAULT_TAG_ABSENT },
		{ "v=1;", "v=2;", DKIM_FAULT_VERSION },
		{ "v=1;", "v=;", DKIM_FAULT_VERSION },
		{ "d=football.example.com", "d=", DKIM_FAULT_DOMAIN },
		{ "d=football.example.com", "d=com", DKIM_FAULT_DOMAIN },
		{ "d=football.example.com", "d=a..com", DKIM_FAULT_DOMAIN },
		{ "d=football.example.com", "d=a b.com", DKIM_FAULT_DOMAIN },
		{ "s=brisbane", "s=", DKIM_FAULT_DOMAIN },
		{ "s=brisbane", "s=a/b", DKIM_FAULT_DOMAIN },
		{ "s=brisbane", "s=a.b", DKIM_FAULT_NONE },
		{ "a=ed25519-sha256", "a=rsa-sha1", DKIM_FAULT_RSA_SHA1 },
		{ "a=ed25519-sha256", "a=ed25519-sha512",
		    DKIM_FAULT_ALGORITHM },
		{ "a=ed25519-sha256", "a=", DKIM_FAULT_ALGORITHM },
		{ "relaxed/relaxed", "relaxed/", DKIM_FAULT_CANONICAL },
		{ "relaxed/relaxed", "nofws", DKIM_FAULT_CANONICAL },
		{ "relaxed/relaxed", "relaxed/relaxed/x",
		    DKIM_FAULT_CANONICAL },
		/* The body has two blanks. */
		{ "relaxed/relaxed", "relaxed", DKIM_FAULT_BODY },
		{ "c=relaxed/relaxed;", "", DKIM_FAULT_BODY },
		{ "i=@football", "i=@ball", DKIM_FAULT_IDENTITY },
		{ "i=@football", "i=@xfootball", DKIM_FAULT_IDENTITY },
		{ "i=@football.example", "i=football.example",
		    DKIM_FAULT_IDENTITY },
		{ "i=@football", "i=@example.com, @football", DKIM_FAULT_NONE },
		{ "i=@football", "i=joe@a.b.football", DKIM_FAULT_NONE },
		{ "i=@football", "i=a@b@FOOTBALL", DKIM_FAULT_NONE },
		{ "h=from : to", "h=from :: to", DKIM_FAULT_NAMES },
		{ "subject : date;", "subject : date:;", DKIM_FAULT_NAMES },
		{ "h=from : to", "h=from : t o", DKIM_FAULT_NAMES },
		{ "h=from : to :\r\n subject : date : message-id : from :",
		    "h=to :\r\n subject : date : message-id :",
		    DKIM_FAULT_FROM_NOT_SIGNED },
		{ "q=dns/txt", "q=http", DKIM_FAULT_QUERY },
		{ "q=dns/txt", "q=", DKIM_FAULT_QUERY },
		{ "q=dns/txt", "q=http : dns/txt", DKIM_FAULT_NONE },
		{ "q=dns/txt;", "", DKIM_FAULT_NONE },
		{ "t=1528637909", "t=", DKIM_FAULT_TIMES },
		{ "t=1528637909", "t=-1", DKIM_FAULT_TIMES },
		{ "t=1528637909", "t=1528637909000", DKIM_FAULT_TIMES },
		{ "t=1528637909", "t=1528637909; x=1528637909",
		    DKIM_FAULT_TIMES },
		{ "t=1528637909", "t=1528637909; x=soon", DKIM_FAULT_TIMES },
		{ "t=1528637909", "t=1528637909; x=1528637910",
		    DKIM_FAULT_NONE },
		{ "t=1528637909", "t=1528637908; x=1528637909",
		    DKIM_FAULT_NONE },
		{ "t=1528637909", "t=1528637907; x=1528637908",
		    DKIM_FAULT_EXPIRED },
		{ "t=1528637909", "x=1528637908", DKIM_FAULT_EXPIRED },
		{ "q=dns/txt", "l=x", DKIM_FAULT_LENGTH },
		{ "q=dns/txt", "l=", DKIM_FAULT_LENGTH },
		{ "q=dns/txt", "l=-1", DKIM_FAULT_LENGTH },
		/* "Hi.", "", 37 letters, "", "Joe.": each with CRLF. */
		{ "q=dns/txt", "l=54", DKIM_FAULT_NONE },
		{ "q=dns/txt", "l=53", DKIM_FAULT_BODY },
		{ "q=dns/txt", "l=55", DKIM_FAULT_LENGTH },
		{ "q=dns/txt", "l=99999999999999999999", DKIM_FAULT_LENGTH },
		{ "bh=2j", "bh=", DKIM_FAULT_BASE64 },
		{ "bh=2j", "bh=?j", DKIM_FAULT_BASE64 },
		{ "bh=2j", "bh=AAAA2j", DKIM_FAULT_BASE64 },
		{ "b=/gCr", "b=/g-r", DKIM_FAULT_BASE64 },
		{ "b=/gCr", "b=; b2=/gCr", DKIM_FAULT_BASE64 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct dkim_signature *s;
		struct message m;

		print_message("%s -> %s\n", cases[i].old, cases[i].new);
		begin(&m, RFC8463);
		change(&m, cases[i].old, cases[i].new);
		read_at(&m, SIGNED_S);
		s = &m.all.v[0];
		assert_fault(cases[i].want, s->fault);
		assert_int_equal(s->fault == DKIM_FAULT_NONE,
		    s->key_name.len > 0);
		/* No key makes it better. */
		if (s->fault != DKIM_FAULT_NONE) {
			assert_fault(cases[i].want,
			    judge_by(&m, 0, "k=ed25519; " ED).fault);
			assert_fault(cases[i].want,
			    dkim_verify_without_answer(s).fault);
		}
		end(&m);
	}
}

static void
test_length_is_told(void **state)
{
	struct message m;

	(void)state;
	begin(&m, RFC8463);
	change(&m, "q=dns/txt", "l=54");
	read_at(&m, SIGNED_S);
	assert_true(m.all.v[0].has_length);
	assert_false(m.all.v[1].has_length);
	end(&m);
}

static void
test_names_are_lower_case(void **state)
{
	struct message m;

	(void)state;
	begin(&m, RFC8463);
	change(&m, "d=football", "d=FootBall");
	change(&m, "s=brisbane", "s=Brisbane");
	read_at(&m, SIGNED_S);
	assert_span("football.example.com", m.all.v[0].domain);
	assert_span("brisbane._domainkey.football.example.com",
	    m.all.v[0].key_name);
	end(&m);
}

/* -- what is wrong with the key -- */

static void
test_records(void **state)
{
	static const struct {
		const char *record;
		enum dkim_fault want;
	} cases[] = {
		{ "k=ed25519; " ED, DKIM_FAULT_NONE },
		{ "v=spf1 -all", DKIM_FAULT_KEY_ABSENT },
		{ "", DKIM_FAULT_KEY_ABSENT },
		{ "v=DKIM1", DKIM_FAULT_KEY_BROKEN },
		{ "v=DKIM1; k=ed25519; k=ed25519; " ED, DKIM_FAULT_KEY_BROKEN },
		{ "v=DKIM1; k=ed25519; p=", DKIM_FAULT_KEY_REVOKED },
		{ "v=DKIM1; " ED, DKIM_FAULT_KEY_TYPE },
		{ "k=rsa; " TEST, DKIM_FAULT_KEY_TYPE },
		{ "k=ed25519; h=sha1; " ED, DKIM_FAULT_KEY_HASH },
		{ "k=ed25519; h=sha1:sha256; " ED, DKIM_FAULT_NONE },
		{ "k=ed25519; p=11qY", DKIM_FAULT_KEY_BROKEN },
		{ "k=ed25519; p=?", DKIM_FAULT_KEY_BROKEN },
		{ "k=ed25519; " TEST, DKIM_FAULT_KEY_BROKEN },
		{ "k=ed25519; p=21qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
		    DKIM_FAULT_SIGNATURE },
		/* i= is d= */
		{ "k=ed25519; t=s; " ED, DKIM_FAULT_NONE },
		{ "k=ed25519; t=y; " ED, DKIM_FAULT_KEY_TESTING },
		{ "k=ed25519; t=s : y; " ED, DKIM_FAULT_KEY_TESTING },
		{ "k=ed25519; t=x; s=other; n=y; " ED, DKIM_FAULT_NONE },
	};
	struct message m;

	(void)state;
	begin(&m, RFC8463);
	read_at(&m, SIGNED_S);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].record);
		assert_fault(cases[i].want,
		    judge_by(&m, 0, cases[i].record).fault);
	}
	end(&m);
}

/* A key that is tested makes a signature no better. */
static void
test_wrong_signature_of_a_tested_key(void **state)
{
	struct message m;

	(void)state;
	begin(&m, RFC8463);
	change(&m, "Is dinner", "Was dinner");
	read_at(&m, SIGNED_S);
	assert_fault(DKIM_FAULT_SIGNATURE,
	    judge_by(&m, 0, "k=ed25519; t=y; " ED).fault);
	end(&m);
}

static void
test_strict(void **state)
{
	struct message m;

	(void)state;
	begin(&m, RFC6376);
	read_at(&m, 0);
	assert_fault(DKIM_FAULT_KEY_STRICT,
	    judge_by(&m, 0, "t=s; " BRISBANE).fault);
	end(&m);
}

static void
test_services(void **state)
{
	static const struct {
		const char *record;
		bool all, email, tlsrpt;
	} cases[] = {
		{ "k=ed25519; " ED, true, false, false },
		{ "k=ed25519; s=*; " ED, true, false, false },
		{ "k=ed25519; s=email; " ED, false, true, false },
		{ "k=ed25519; s=tlsrpt; " ED, false, false, true },
		{ "k=ed25519; s=email : tlsrpt; " ED, false, true, true },
		{ "k=ed25519; s=other; " ED, false, false, false },
		{ "k=ed25519; s=; " ED, false, false, false },
	};
	struct message m;

	(void)state;
	begin(&m, RFC8463);
	read_at(&m, SIGNED_S);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dkim_judgement j = judge_by(&m, 0, cases[i].record);

		assert_fault(DKIM_FAULT_NONE, j.fault);
		assert_int_equal(cases[i].all, j.for_all);
		assert_int_equal(cases[i].email, j.for_email);
		assert_int_equal(cases[i].tlsrpt, j.for_tlsrpt);
	}
	end(&m);
}

static void
test_several_records(void **state)
{
	struct span txts[] = { SPAN_LIT("v=spf1 -all"),
		SPAN_LIT("k=ed25519; " ED), SPAN_LIT("k=ed25519; " ED) };
	struct message m;

	(void)state;
	begin(&m, RFC8463);
	read_at(&m, SIGNED_S);
	assert_fault(DKIM_FAULT_KEY_ABSENT,
	    judge(&m, 0, (struct span_list){ txts, 0 }).fault);
	assert_fault(DKIM_FAULT_NONE,
	    judge(&m, 0, (struct span_list){ txts, 2 }).fault);
	assert_fault(DKIM_FAULT_KEY_SEVERAL,
	    judge(&m, 0, (struct span_list){ txts, 3 }).fault);
	assert_fault(DKIM_FAULT_KEY_UNKNOWN,
	    dkim_verify_without_answer(&m.all.v[0]).fault);
	end(&m);
}

/* RFC 8301 s3.2. From `openssl genrsa`, 1016 bits, and as RSAPublicKey. */
static void
test_rsa_keys(void **state)
{
	static const struct {
		const char *record;
		enum dkim_fault want;
		unsigned bits;
	} cases[] = {
		{ "k=rsa; " TEST, DKIM_FAULT_NONE, 1024 },
		{ "k=rsa; "
		  "p="
		  "MIGJAoGBAOQeU5CgFPNZGIazlXo2k/eJ1jpaTTxrmqF1HrDLlt04pvaMtC"
		  "Jj8nXoliLRC/H9vJjMI1vdb3XLcW60AIN/PBD8EL97/y4GwJH7LPUvGP48"
		  "vqUe+owqszesbiGy1PlCO8c70/OjFnJVgvMF87YR4Lcincb7aSvI5MgpP6"
		  "X8rjDdAgMBAAE=",
		    DKIM_FAULT_NONE, 1024 },
		{ "k=rsa; " BRISBANE, DKIM_FAULT_SIGNATURE, 1024 },
		{ "k=rsa; " ED, DKIM_FAULT_KEY_BROKEN, 0 },
		/* A key of P-256, and what follows a key. */
		{ "k=rsa; p="
		  "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAECkNtR2XaIgDlczlr8Y1TK+"
		  "NW50jgDW042eLReNdhsvrdrc0zm7jGapMVuhQ73EDJORSpKhWWgmhGMKK/"
		  "On7ZgA==",
		    DKIM_FAULT_KEY_BROKEN, 0 },
		{ "k=rsa; " TEST "AAAA", DKIM_FAULT_KEY_BROKEN, 0 },
		{ "k=rsa; p="
		  "MIGeMA0GCSqGSIb3DQEBAQUAA4GMADCBiAKBgAClqSU+jwzq8MicAjXz/N"
		  "3sGQkr64QKtMUpSKm4lbbqAW+Y7tlpM5f6pYXr6uoqZbOr+NCdXtlNwqcO"
		  "O8r04gFWpV6Gc2MAdppZ7rvcOUT0Fm2sbOB11GUFNQzg1vzEiUi59cbU6s"
		  "mut0Xhyb3LR1b846IqPUQLDfOxXJd8eYFDAgMBAAE=",
		    DKIM_FAULT_KEY_SIZE, 1016 },
	};
	struct message m;

	(void)state;
	begin(&m, RFC8463);
	read_at(&m, SIGNED_S);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dkim_judgement j = judge_by(&m, 1, cases[i].record);

		print_message("%s\n", cases[i].record);
		assert_fault(cases[i].want, j.fault);
		assert_int_equal(cases[i].bits, j.key_bits);
	}
	end(&m);
}

/* -- ceilings -- */

static void
test_sixth_signature_is_counted(void **state)
{
	struct message m;

	(void)state;
	begin(&m, RFC8463);
	for (int i = 0; i < 4; i++)
		change(&m, "DKIM-Signature: v=1; a=ed",
		    "DKIM-Signature: x\r\nDKIM-Signature: v=1; a=ed");
	read_at(&m, SIGNED_S);
	assert_int_equal(5, m.all.n);
	assert_int_equal(1, m.all.left_out);
	assert_fault(DKIM_FAULT_TAGS, m.all.v[3].fault);
	assert_fault(DKIM_FAULT_NONE, judge_by(&m, 4, "k=ed25519; " ED).fault);
	end(&m);
}

static void
test_most_names(void **state)
{
	struct message m;
	struct buf names = BUF_INIT(10000);

	(void)state;
	buf_adds(&names, "h=");
	for (int i = 8; i < DKIM_NAMES_MAX; i++)
		buf_adds(&names, "x:");
	buf_adds(&names, "from ");
	begin(&m, RFC8463);
	change(&m, "h=from ", buf_str(&names));
	read_at(&m, SIGNED_S);
	assert_fault(DKIM_FAULT_NONE, m.all.v[0].fault);
	change(&m, "h=x", "h=x:x");
	read_at(&m, SIGNED_S);
	assert_fault(DKIM_FAULT_NAMES, m.all.v[0].fault);
	end(&m);
	buf_free(&names);
}

static void
test_large_headers(void **state)
{
	struct message m;
	struct buf field = BUF_INIT(100000);
	struct why why = { { 0 } };

	(void)state;
	buf_addf(&field, "\r\nX-Long: %070000d\r\nTo:", 0);
	begin(&m, RFC8463);
	change(&m, "\r\nTo:", buf_str(&field));
	assert_err(E_RANGE,
	    dkim_signatures_read(buf_span(&m.bytes), 0, &m.arena, &m.all,
		&why));
	assert_string_equal("a header of more than 65536 bytes", why.text);
	end(&m);
	buf_free(&field);
}

static void
test_no_signature(void **state)
{
	struct message m;

	(void)state;
	begin(&m, "corpus/dkim_sign/short.eml");
	read_at(&m, 0);
	assert_int_equal(0, m.all.n);
	end(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_simple_of_the_rfc),
		cmocka_unit_test(test_two_signatures_of_the_rfc),
		cmocka_unit_test(test_changed_messages),
		cmocka_unit_test(test_own_name_in_h),
		cmocka_unit_test(test_faults_of_a_signature),
		cmocka_unit_test(test_length_is_told),
		cmocka_unit_test(test_names_are_lower_case),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_wrong_signature_of_a_tested_key),
		cmocka_unit_test(test_strict),
		cmocka_unit_test(test_services),
		cmocka_unit_test(test_several_records),
		cmocka_unit_test(test_rsa_keys),
		cmocka_unit_test(test_sixth_signature_is_counted),
		cmocka_unit_test(test_most_names),
		cmocka_unit_test(test_large_headers),
		cmocka_unit_test(test_no_signature),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
