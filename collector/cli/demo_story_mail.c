#include "cli/demo_story_mail.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/siphash.h"
#include "cli/demo_folder.h"
#include "codec/dkim_sign.h"
#include "codec/gzip.h"
#include "codec/mail_field.h"
#include "codec/mail_write.h"
#include "codec/report_name.h"
#include "codec/report_write.h"

#define REPORT_MAX 16384
#define PEM_MAX 256
#define FIELD_MAX 1024
#define WAY_S 20 /* of a mail */
#define AHEAD_DAYS 365
#define FORGED_TIMES 10
#define SELECTOR SPAN_LIT("reports")
#define STRANGER "stranger.example"

/* -- keys -- */

/* PKCS #8 of an Ed25519 key, up to its 32 bytes: RFC 8410. */
static const char pkcs8[] = "\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70"
			    "\x04\x22\x04\x20";

static const char *
signer(enum story_reporter_name name)
{
	return name == STORY_ALL ? STRANGER : story_sender(name)->domain;
}

/* Made from the name alone, as nobody else relies on it. */
static enum err
make_key(const char *domain, struct dkim_key **ret, struct why *why)
{
	struct buf key = BUF_INIT(PEM_MAX), pem = BUF_INIT(PEM_MAX);
	enum err e;

	buf_add(&key, (struct span){ pkcs8, sizeof(pkcs8) - 1 });
	for (uint64_t i = 0; i < 4; i++)
		buf_add_u64(&key,
		    siphash(&(const struct siphash_key){ i, i }, domain,
			strlen(domain), 1, 3));
	buf_adds(&pem, "-----BEGIN PRIVATE KEY-----\n");
	base64_encode(buf_span(&key), &pem);
	buf_adds(&pem, "\n-----END PRIVATE KEY-----\n");
	e = key.err == E_OK ? pem.err : key.err;
	e = e == E_OK ? dkim_key_parse(buf_span(&pem), ret, why)
		      : why_set(why, e, "%s", err_text(e));
	buf_free(&key);
	buf_free(&pem);
	return e;
}

enum err
story_keys_make(struct story_keys *ret, struct why *why)
{
	enum err e = E_OK;

	*ret = (struct story_keys){ { NULL } };
	for (size_t i = 0; e == E_OK && i < STORY_REPORTERS; i++)
		e = make_key(signer((enum story_reporter_name)i), &ret->v[i],
		    why);
	return e;
}

void
story_keys_free(struct story_keys *k)
{
	for (size_t i = 0; i < STORY_REPORTERS; i++)
		dkim_key_free(k->v[i]);
}

/* -- the report -- */

static enum err
write_json(const struct story_post *p, struct story_report *r, struct buf *out)
{
	story_tell(p->about,
	    p->what == STORY_AHEAD ? p->day + AHEAD_DAYS : p->day, r);
	for (size_t i = 0; p->what == STORY_FORGED && i < r->report.npolicies;
	     i++)
		r->policies[i].succeeded *= FORGED_TIMES;
	return report_write(&r->report, out);
}

static enum err
write_post(const struct story_post *p, struct buf *out)
{
	struct buf json = BUF_INIT(REPORT_MAX);
	struct story_report r;
	enum err e = write_json(p, &r, &json);

	if (e == E_OK)
		e = gzip_compress(buf_span(&json), out);
	buf_free(&json);
	return e;
}

/* -- the mail, as it was sent -- */

/* The file: whole and packed, or the half of it as it is. */
static enum err
attach(const struct story_post *p, const struct story_report *r,
    struct span json, struct buf *body, struct buf *name)
{
	report_name(name, r->report.reporter.submitter, r->report.domain,
	    r->report.day, r->report.id);
	if (p->what != STORY_CUT)
		return gzip_compress(json, body);
	name->len -= strlen(".gz");
	buf_add(body, span_head(json, json.len / 2));
	return body->err;
}

static enum err
write_sent(const struct story_post *p, struct buf *out, struct why *why)
{
	struct buf json = BUF_INIT(REPORT_MAX), body = BUF_INIT(REPORT_MAX),
		   name = BUF_INIT(MAIL_FILE_NAME_MAX);
	struct arena arena = ARENA_INIT(SUMMARY_ARENA_MAX);
	struct report_summary summary;
	struct story_report r;
	enum err e = write_json(p, &r, &json);

	if (e == E_OK)
		e = report_summary_read(buf_span(&json), &arena, &summary, why);
	if (e == E_OK)
		e = attach(p, &r, buf_span(&json), &body, &name);
	if (e == E_OK)
		e = mail_write(
		    &(const struct report_mail){
			.domain = r.report.domain,
			.from = r.report.reporter.contact,
			.to = SPAN_LIT(DEMO_RUA),
			.file_name = buf_span(&name),
			.body = buf_span(&body),
			.is_gzip = p->what != STORY_CUT,
			.now_s = p->received_s - WAY_S,
			.summary = &summary,
		    },
		    out, why);
	arena_free(&arena);
	buf_free(&json);
	buf_free(&body);
	buf_free(&name);
	return e;
}

/* -- what is put above it on its way -- */

static enum story_reporter_name
who_signs(const struct story_post *p)
{
	return p->what == STORY_FORGED ? STORY_ALL : p->about->reporter;
}

static bool
is_signed(const struct story_post *p)
{
	return story_sender(p->about->reporter)->way == STORY_SIGNED;
}

static const char *
result_of(const struct story_post *p)
{
	if (!is_signed(p))
		return "dkim=none";
	return p->what == STORY_NO_KEY ? "dkim=temperror"
	    : p->what == STORY_FOOTER  ? "dkim=fail"
				       : "dkim=pass";
}

static void
add_results(const struct story_post *p, struct buf *out)
{
	struct mail_field f = mail_field_begin(out, "Authentication-Results");

	mail_field_word(&f, SPAN_LIT(DEMO_MAIL_SERVER ";"));
	mail_field_word(&f, span_str(result_of(p)));
	if (is_signed(p)) {
		mail_field_enclosed(&f,
		    "header.d=", span_str(signer(who_signs(p))), "");
		mail_field_enclosed(&f, "header.s=", SELECTOR, "");
	}
	mail_field_end(&f);
}

static void
add_received(const struct story_post *p, struct buf *out)
{
	const struct story_sender *s = story_sender(p->about->reporter);
	struct mail_field f = mail_field_begin(out, "Received");

	mail_field_word(&f, SPAN_LIT("from"));
	mail_field_enclosed(&f, "mta.", span_str(signer(who_signs(p))), "");
	mail_field_enclosed(&f,
	    strchr(s->ip, ':') == NULL ? "([" : "([IPv6:", span_str(s->ip),
	    "])");
	mail_field_word(&f, SPAN_LIT("by"));
	mail_field_word(&f, SPAN_LIT(DEMO_MAIL_SERVER));
	mail_field_word(&f, SPAN_LIT("with"));
	mail_field_word(&f, SPAN_LIT("ESMTPS;"));
	mail_field_date(&f, p->received_s);
	mail_field_end(&f);
}

static enum err
add_signature(const struct story_keys *keys, const struct story_post *p,
    struct span sent, struct buf *out, struct why *why)
{
	const enum story_reporter_name who = who_signs(p);

	if (!is_signed(p))
		return E_OK;
	return dkim_sign(keys->v[who],
	    &(const struct dkim_signing){
		.domain = span_str(signer(who)),
		.selector = SELECTOR,
		.now_s = p->received_s - WAY_S,
	    },
	    sent, out, why);
}

static enum err
write_mail(const struct story_keys *keys, const struct story_post *p,
    struct buf *out, struct why *why)
{
	struct buf sent = BUF_INIT(MAIL_MAX);
	enum err e = write_sent(p, &sent, why);

	add_results(p, out);
	add_received(p, out);
	if (e == E_OK)
		e = add_signature(keys, p, buf_span(&sent), out, why);
	buf_add(out, buf_span(&sent));
	if (p->what == STORY_FOOTER)
		buf_adds(out, "-- \r\nThe list of the postmasters\r\n");
	buf_free(&sent);
	return e == E_OK ? out->err : e;
}

enum err
story_write(const struct story_keys *keys, const struct story_post *p,
    struct buf *out, struct why *why)
{
	enum err e = story_sender(p->about->reporter)->way == STORY_POSTED
	    ? write_post(p, out)
	    : write_mail(keys, p, out, why);

	return e == E_OK ? E_OK : why_set(why, e, "%s", err_text(e));
}
