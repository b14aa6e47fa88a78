#include "report/report_mail.h"

#include "codec/destination.h"
#include "codec/dkim_sign.h"
#include "codec/gzip.h"
#include "codec/lines.h"
#include "codec/mail_write.h"
#include "codec/report_summary.h"

#define JSON_MAX ((size_t)64 * 1024 * 1024)

/* -- may it be signed -- */

/* s3: DKIM's d=, From, contact-info and TLS-Report-Submitter are one domain, or
 * a receiver could not tell who vouches for the report. */
static enum err
check(const struct report_mail_options *o, const struct report_row *r,
    struct why *why)
{
	struct span name = r->file_name;
	struct span submitter = span_until(&name, '!');

	if (o->keys->n == 0)
		return why_set(why, E_ABSENT,
		    "report.dkim_keys names no key, and a mail must be signed");
	if (!span_eq(submitter, span_str(o->config->report_submitter)))
		return why_set(why, E_ABSENT,
		    "the report is of submitter %.*s, mails are now signed by "
		    "%s",
		    SPAN_ARG(submitter), o->config->report_submitter);
	return E_OK;
}

static enum err
mailbox_of(struct span uri, struct span *ret, struct why *why)
{
	struct destination to;
	enum err e = destination_parse(uri, &to, why);

	if (e == E_OK && to.kind != DESTINATION_MAIL)
		e = why_set(why, E_SYNTAX, "the destination is no mailbox");
	if (e == E_OK)
		*ret = to.address;
	return e;
}

/* -- the message -- */

static enum err
read_summary(struct span gzip, struct arena *texts, struct report_summary *ret,
    struct why *why)
{
	struct buf json = BUF_INIT(JSON_MAX);
	enum err e = gzip_expand(gzip, &json);

	if (e != E_OK)
		(void)why_set(why, e, "the report: %s", err_text(e));
	else
		e = report_summary_read(buf_span(&json), texts, ret, why);
	buf_free(&json);
	return e;
}

static struct span
from_of(const struct config *c)
{
	return span_str(
	    c->report_from[0] == '\0' ? c->report_contact : c->report_from);
}

static enum err
write_plain(const struct report_mail_options *o, const struct report_row *r,
    struct span to, struct buf *out, struct why *why)
{
	struct arena texts = ARENA_INIT(SUMMARY_ARENA_MAX);
	struct report_summary summary;
	enum err e = read_summary(r->body, &texts, &summary, why);

	if (e == E_OK)
		e = mail_write(
		    &(const struct report_mail){
			.domain = r->domain,
			.from = from_of(o->config),
			.to = to,
			.file_name = r->file_name,
			.body = r->body,
			.is_gzip = true,
			.now_s = o->now_s,
			.summary = &summary,
		    },
		    out, why);
	arena_free(&texts);
	return e;
}

/* -- the signatures -- */

static enum err
note_key(const struct report_mail_options *o, const struct signing_key *key,
    struct buf *keys)
{
	struct buf line = BUF_INIT(2 * DKIM_RECORD_MAX);
	enum err e;

	buf_addf(&line, "%.*s._domainkey.%s ", SPAN_ARG(key->selector),
	    o->config->report_submitter);
	buf_add(&line, buf_span(&key->record));
	if ((e = line.err) == E_OK)
		lines_join(keys,
		    (struct span_list){ &(struct span){ line.p, line.len },
			1 });
	buf_free(&line);
	return e == E_OK ? keys->err : e;
}

static enum err
sign_one(const struct report_mail_options *o, const struct signing_key *key,
    struct span plain, struct buf *out, struct buf *keys, struct why *why)
{
	const struct dkim_signing signing = {
		.domain = span_str(o->config->report_submitter),
		.selector = key->selector,
		.now_s = o->now_s,
	};
	enum err e = dkim_sign(key->key, &signing, plain, out, why);

	return e == E_OK ? note_key(o, key, keys) : e;
}

enum err
report_mail_write(const struct report_mail_options *o,
    const struct report_row *r, struct span uri, struct buf *ret_message,
    struct buf *ret_keys, struct why *why)
{
	struct buf plain = BUF_INIT(ret_message->max);
	struct span to;
	enum err e = check(o, r, why);

	if (e == E_OK)
		e = mailbox_of(uri, &to, why);
	if (e == E_OK)
		e = write_plain(o, r, to, &plain, why);
	for (size_t i = 0; e == E_OK && i < o->keys->n; i++)
		e = sign_one(o, &o->keys->v[i], buf_span(&plain), ret_message,
		    ret_keys, why);
	buf_add(ret_message, buf_span(&plain));
	if (e == E_OK)
		e = ret_message->err;
	buf_free(&plain);
	return e;
}
