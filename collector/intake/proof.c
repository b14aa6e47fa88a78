#include "intake/proof.h"

#include "base/clock.h"
#include "codec/crlf.h"
#include "codec/from_domain.h"
#include "codec/mail_date.h"

/* For a header of MIME_HEADER_MAX bytes and its signatures, with room. */
#define ARENA_MAX ((size_t)4 << 20)
#define LINES_MAX ((size_t)128 << 20)

/* -- when it was received -- */

/* The uppermost Received, which the last server put there; else Date. -1:
 * neither tells. */
static int64_t
told_time(const struct mime_header *h)
{
	static const char *const names[] = { "Received", "Date" };
	int64_t s;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct mime_field *f = mime_field(h, names[i]);

		if (f != NULL && mail_date_read(f->value, &s) == E_OK)
			return s;
	}
	return -1;
}

/* What comes out of a file or a mailbox may have lain there for years: then it
 * is the mail that tells. One that lies about it gets no more than that a
 * signature, made by its own key, has not expired. */
static int64_t
receipt_time(const struct receipt_facts *f, struct span message)
{
	const int64_t received_s = f->received_ns / NS_PER_S;
	struct arena arena = ARENA_INIT(ARENA_MAX);
	struct mime mail;
	int64_t s = -1;

	if (f->way != RECEIPT_FILE && f->way != RECEIPT_IMAP)
		return received_s;
	if (mime_parse(message, &arena, &mail, NULL) == E_OK)
		s = told_time(&mail.v[0].header);
	arena_free(&arena);
	return s >= 0 && s < received_s ? s : received_s;
}

/* -- what our mail server found -- */

static bool
is_results(const struct mime_field *f)
{
	return span_eq_nocase(f->name, SPAN_LIT("Authentication-Results"));
}

/* The uppermost ones that stand together: what is below them others may have
 * put there. */
static struct mime_header
top_results(const struct mime_header *h)
{
	size_t from = 0, to;

	while (from < h->n && !is_results(&h->v[from]))
		from++;
	to = from;
	while (to < h->n && is_results(&h->v[to]))
		to++;
	return (
	    struct mime_header){ from == to ? NULL : h->v + from, to - from };
}

static enum err
read_results(struct proof *p, const struct list *ids)
{
	const struct mime_header top = top_results(&p->signatures.header);
	enum err e = E_ABSENT;

	for (size_t i = 0; i < ids->n && e == E_ABSENT; i++)
		e = auth_results_read(&top, span_str(ids->v[i]), &p->arena,
		    &p->results);
	p->has_results = e == E_OK;
	return e == E_ABSENT ? E_OK : e;
}

/* -- signatures -- */

static enum err
with_line_ends(struct proof *p, struct span message, struct span *ret)
{
	*ret = message;
	if (!crlf_is_missing(message))
		return E_OK;
	crlf_add(message, &p->lines);
	*ret = buf_span(&p->lines);
	return p->lines.err;
}

/* The arena is as large as the header may be: what is past it is the mail's
 * fault. */
static enum err
read_signatures(struct proof *p, struct span message, int64_t received_s)
{
	enum err e = dkim_signatures_read(message, received_s, &p->arena,
	    &p->signatures, NULL);

	if (e != E_RANGE && e != E_NOMEM)
		return e;
	p->signatures = (struct dkim_signatures){ .left_out = 1 };
	return E_OK;
}

static enum err
note_keys(struct proof *p, struct keys *keys)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < p->signatures.n; i++) {
		const struct dkim_signature *sig = &p->signatures.v[i];

		p->judgements[i] = dkim_verify_without_answer(sig);
		if (sig->key_name.len > 0)
			e = keys_add(keys, sig->key_name);
	}
	return e;
}

enum err
proof_read(const struct receipt_facts *f, struct span message,
    const struct list *authserv_ids, int64_t now_s, struct keys *keys,
    struct proof *ret)
{
	const int64_t received_s = receipt_time(f, message);
	struct span lines = message;
	enum err e;

	*ret = (struct proof){ .arena = ARENA_INIT(ARENA_MAX),
		.lines = BUF_INIT(LINES_MAX),
		.from = SPAN_LIT(""),
		.age_s = now_s > received_s ? now_s - received_s : 0 };
	e = with_line_ends(ret, message, &lines);
	if (e == E_OK)
		e = read_signatures(ret, lines, received_s);
	if (e == E_OK)
		e = from_domain(&ret->signatures.header, &ret->arena,
		    &ret->from);
	if (e == E_OK || e == E_ABSENT)
		e = read_results(ret, authserv_ids);
	return e == E_OK ? note_keys(ret, keys) : e;
}

enum err
proof_judge(struct proof *p, const struct keys *keys)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < p->signatures.n; i++) {
		const struct dkim_signature *sig = &p->signatures.v[i];
		const struct key *key = keys_find(keys, sig->key_name);

		if (key == NULL || key->outcome == TXT_FAILED)
			continue;
		p->dnssec[i] = key->dnssec;
		e = dkim_verify(&p->signatures, sig, key->txts,
		    &p->judgements[i]);
	}
	return e;
}

void
proof_free(struct proof *p)
{
	arena_free(&p->arena);
	buf_free(&p->lines);
}
