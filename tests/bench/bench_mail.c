/* bench_mail.c -- a report mail with two DKIM signatures: taken apart, its
 * report decoded, both signatures verified by the records of their keys. The
 * limit is what the two signatures cost alone, with the keys at hand. */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/clock.h"
#include "codec/crlf.h"
#include "codec/dkim_sign.h"
#include "codec/dkim_verify.h"
#include "codec/from_domain.h"
#include "measure.h"

#define ROUNDS 15
#define ROUND_NS (100 * NS_PER_MS)
#define MAIL_MAX 65536
#define REPORT_BYTES 609 /* of a usual report, as it comes: gzip */
#define RSA_BITS 2048
#define ARENA_MAX ((size_t)1 << 20)
#define NOW_S 1772452800
#define KINDS 2

static const char *const selectors[KINDS] = { "rsa", "ed" };

struct signer {
	EVP_PKEY *pkey;
	struct buf record;
	/* What the library alone is measured with. */
	unsigned char hash[32], signature[RSA_BITS / 8];
	size_t nsignature;
};

struct bench {
	struct signer signers[KINDS];
	struct buf mail;
	struct arena arena;
};

/* -- keys, and the mail that they sign -- */

static void
make_key(struct signer *s, size_t kind, struct dkim_key **ret)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct span pem = SPAN_NONE;
	char *text;

	s->pkey = kind == 0 ? EVP_RSA_gen(RSA_BITS)
			    : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	if (s->pkey == NULL || bio == NULL ||
	    PEM_write_bio_PrivateKey(bio, s->pkey, NULL, NULL, 0, NULL, NULL) !=
		1)
		bench_fail("no key could be made");
	pem.len = (size_t)BIO_get_mem_data(bio, &text);
	pem.p = text;
	s->record = BUF_INIT(DKIM_RECORD_MAX);
	if (dkim_key_parse(pem, ret, NULL) != E_OK ||
	    dkim_key_record(*ret, DKIM_SERVICE_TLSRPT, &s->record) != E_OK)
		bench_fail("no key could be read");
	(void)BIO_free(bio);
}

static void
add_message(struct buf *b)
{
	unsigned char report[REPORT_BYTES];

	for (size_t i = 0; i < sizeof(report); i++)
		report[i] = (unsigned char)(i * 167);
	buf_adds(b,
	    "From: TLS reports <tls-reports@company-x.example>\r\n"
	    "To: tls@company-y.example\r\n"
	    "Date: Mon, 02 Mar 2026 12:00:00 +0000\r\n"
	    "Message-ID: <5065427c.23d3@company-x.example>\r\n"
	    "Subject: Report Domain: company-y.example Submitter: "
	    "company-x.example Report-ID: <5065427c.23d3@company-x.example>\r\n"
	    "TLS-Report-Domain: company-y.example\r\n"
	    "TLS-Report-Submitter: company-x.example\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/report; report-type=\"tlsrpt\";\r\n"
	    "\tboundary=\"----=_Part_5065427c\"\r\n\r\n"
	    "------=_Part_5065427c\r\n"
	    "Content-Type: text/plain; charset=\"us-ascii\"\r\n\r\n"
	    "This is an aggregate TLS report from company-x.example.\r\n\r\n"
	    "------=_Part_5065427c\r\n"
	    "Content-Type: application/tlsrpt+gzip\r\n"
	    "Content-Transfer-Encoding: base64\r\n"
	    "Content-Disposition: attachment; filename=\"company-x.example!"
	    "company-y.example!1772323200!1772409599!1.json.gz\"\r\n\r\n");
	base64_encode_lines((struct span){ (char *)report, sizeof(report) }, b);
	buf_adds(b, "------=_Part_5065427c--\r\n");
}

static void
sign_by(struct bench *b, const struct dkim_key *key, const char *selector)
{
	const struct dkim_signing signing = {
		.domain = SPAN_LIT("company-x.example"),
		.selector = span_str(selector),
		.now_s = NOW_S,
	};
	struct buf field = BUF_INIT(MAIL_MAX);
	struct why why = { { 0 } };

	if (dkim_sign(key, &signing, buf_span(&b->mail), &field, &why) != E_OK)
		bench_fail("%s", why.text);
	buf_add(&field, buf_span(&b->mail));
	buf_free(&b->mail);
	b->mail = field;
}

static const EVP_MD *
digest_of(const struct signer *s)
{
	return EVP_PKEY_is_a(s->pkey, "RSA") ? EVP_sha256() : NULL;
}

static void
sign_alone(struct signer *s)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	s->nsignature = sizeof(s->signature);
	if (ctx == NULL ||
	    EVP_DigestSignInit(ctx, NULL, digest_of(s), NULL, s->pkey) != 1 ||
	    EVP_DigestSign(ctx, s->signature, &s->nsignature, s->hash,
		sizeof(s->hash)) != 1)
		bench_fail("nothing could be signed");
	EVP_MD_CTX_free(ctx);
}

static void
make_bench(struct bench *b)
{
	*b = (struct bench){ .mail = BUF_INIT(MAIL_MAX),
		.arena = ARENA_INIT(ARENA_MAX) };
	add_message(&b->mail);
	for (size_t i = 0; i < KINDS; i++) {
		struct dkim_key *key = NULL;

		make_key(&b->signers[i], i, &key);
		sign_by(b, key, selectors[i]);
		sign_alone(&b->signers[i]);
		dkim_key_free(key);
	}
}

static void
free_bench(struct bench *b)
{
	for (size_t i = 0; i < KINDS; i++) {
		EVP_PKEY_free(b->signers[i].pkey);
		buf_free(&b->signers[i].record);
	}
	buf_free(&b->mail);
	arena_free(&b->arena);
}

/* -- what is measured -- */

static void
verify_alone(struct bench *b)
{
	for (size_t i = 0; i < KINDS; i++) {
		struct signer *s = &b->signers[i];
		EVP_MD_CTX *ctx = EVP_MD_CTX_new();

		if (ctx == NULL ||
		    EVP_DigestVerifyInit(ctx, NULL, digest_of(s), NULL,
			s->pkey) != 1 ||
		    EVP_DigestVerify(ctx, s->signature, s->nsignature, s->hash,
			sizeof(s->hash)) != 1)
			bench_fail("a signature does not verify");
		EVP_MD_CTX_free(ctx);
	}
}

static void
decode_parts(struct bench *b)
{
	struct buf report = BUF_INIT(MAIL_MAX);
	struct span from;
	struct mime m;

	if (mime_parse(buf_span(&b->mail), &b->arena, &m, NULL) != E_OK ||
	    m.n != 3 || mime_decode(&m.v[2], &report) != E_OK ||
	    report.len != REPORT_BYTES ||
	    from_domain(&m.v[0].header, &b->arena, &from) != E_OK)
		bench_fail("a mail is not read");
	buf_free(&report);
}

/* The signature made last stands first. */
static void
verify_both(struct bench *b)
{
	struct dkim_signatures all;
	struct dkim_judgement j;

	if (dkim_signatures_read(buf_span(&b->mail), NOW_S, &b->arena, &all,
		NULL) != E_OK ||
	    all.n != KINDS)
		bench_fail("signatures are not read");
	for (size_t i = 0; i < KINDS; i++) {
		struct span txt = buf_span(&b->signers[KINDS - 1 - i].record);

		if (dkim_verify(&all, &all.v[i], (struct span_list){ &txt, 1 },
			&j) != E_OK ||
		    j.fault != DKIM_FAULT_NONE)
			bench_fail("a signature does not verify");
	}
}

static void
read_mail(struct bench *b)
{
	arena_reset(&b->arena);
	if (crlf_is_missing(buf_span(&b->mail)))
		bench_fail("a mail has bare line ends");
	decode_parts(b);
	verify_both(b);
}

/* How many a second of the processor. */
static double
rate(struct bench *b, void (*what)(struct bench *))
{
	int64_t start = cpu_self_ns(), now;
	unsigned n = 0;

	do {
		what(b);
		n++;
		now = cpu_self_ns();
	} while (now - start < ROUND_NS);
	return n * (double)NS_PER_S / (double)(now - start);
}

int
main(void)
{
	struct rounds limit = { .n = 0 }, ours = { .n = 0 };
	struct bench b;

	make_bench(&b);
	for (int i = 0; i < ROUNDS; i++) {
		rounds_add(&limit, rate(&b, verify_alone));
		rounds_add(&ours, rate(&b, read_mail));
	}
	figure_print(&(struct figure){ .name = "mail.two_signatures",
	    .value = rounds_median(&ours),
	    .unit = "mails/s",
	    .limit = rounds_median(&limit),
	    .ratio = rounds_ratio(&ours, &limit),
	    .kind = GOAL_VALUE_AT_LEAST,
	    .goal = 1500 });
	free_bench(&b);
	return 0;
}
