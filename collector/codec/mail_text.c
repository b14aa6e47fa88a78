#include "codec/mail_text.h"

#include "base/clock.h"
#include "base/escape.h"
#include "model/policy.h"
#include "model/result_type.h"

#define COLUMNS 72
#define PARAGRAPH_MAX ((size_t)1 << 16)

/* Each paragraph is put together in words and then written in lines. */
struct text {
	struct buf *out;
	struct buf words;
};

/* -- paragraphs -- */

static void
add(struct text *t, const char *s)
{
	buf_adds(&t->words, s);
}

/* Something from outside. */
static void
add_shown(struct text *t, struct span s)
{
	escape_terminal(&t->words, s);
}

static void
add_counts(struct text *t, uint64_t succeeded, uint64_t failed)
{
	buf_addf(&t->words, "%llu successful, %llu failed",
	    (unsigned long long)succeeded, (unsigned long long)failed);
}

static size_t
begin_line(struct buf *out, size_t indent)
{
	buf_addf(out, "%*s", (int)indent, "");
	return indent;
}

static void
write_lines(struct buf *out, struct span words, size_t first, size_t others)
{
	size_t column = begin_line(out, first);
	bool blank = false;

	while (words.len > 0) {
		struct span word = span_until(&words, ' ');

		if (word.len == 0)
			continue;
		if (blank && column + 1 + word.len > COLUMNS) {
			buf_addc(out, '\n');
			column = begin_line(out, others);
		} else if (blank) {
			buf_addc(out, ' ');
			column++;
		}
		buf_add(out, word);
		column += word.len;
		blank = true;
	}
	buf_addc(out, '\n');
}

/* first, others: blanks in front of the first line and of the others. */
static void
end_paragraph(struct text *t, size_t first, size_t others)
{
	write_lines(t->out, buf_span(&t->words), first, others);
	if (t->words.err != E_OK && t->out->err == E_OK)
		t->out->err = t->words.err;
	buf_clear(&t->words);
}

static void
add_empty_line(struct text *t)
{
	buf_addc(t->out, '\n');
}

/* -- what it is -- */

static void
write_head(struct text *t, const struct report_mail *m)
{
	add(t, "This is an aggregate report on the TLS security of mail to ");
	add_shown(t, m->domain);
	add(t,
	    " (SMTP TLS Reporting, RFC 8460). It counts the sessions in "
	    "which the mail servers of the reporter could use TLS as the "
	    "policies of the recipient ask for, and those in which they "
	    "could not.");
	end_paragraph(t, 0, 0);
	add_empty_line(t);
}

static void
write_fact(struct text *t, const char *name, struct span value)
{
	add(t, name);
	add(t, " ");
	add_shown(t, value);
	end_paragraph(t, 2, 4);
}

/* The days of a range: its ends are a day's first and last second (s4.1). */
static void
write_days(struct text *t, const struct report_summary *s)
{
	struct span first = span_head(s->start, DAY_TEXT_SIZE - 1);
	struct span last = span_head(s->end, DAY_TEXT_SIZE - 1);

	add(t, "Day (UTC): ");
	add_shown(t, first);
	if (!span_eq(first, last)) {
		add(t, " to ");
		add_shown(t, last);
	}
	end_paragraph(t, 2, 4);
}

static void
write_facts(struct text *t, const struct report_mail *m)
{
	write_fact(t, "Domain:", m->domain);
	write_fact(t, "Reporter:", m->summary->organization);
	write_fact(t, "Contact:", m->summary->contact);
	write_days(t, m->summary);
	write_fact(t, "Report-ID:", m->summary->id);
	add_empty_line(t);
}

/* -- what is in it -- */

static void
write_sums(struct text *t, const struct report_summary *s)
{
	add(t, "Sessions: ");
	add_counts(t, s->succeeded, s->failed);
	if (s->npolicies > 1)
		add(t,
		    ". A session counts once for each policy that was "
		    "applied to it");
	add(t, ".");
	end_paragraph(t, 0, 0);
	add_empty_line(t);
}

static const char *
policy_words(struct span text)
{
	enum policy_type type;

	if (policy_type_from_text(text, &type) != E_OK)
		return "Policy";
	switch (type) {
	case POLICY_TLSA:
		return "DANE policy";
	case POLICY_STS:
		return "MTA-STS policy";
	case POLICY_NO_POLICY_FOUND:
		break;
	}
	return "No policy";
}

static void
write_hosts(struct text *t, const struct policy_summary *p)
{
	if (p->nmx_hosts == 0)
		return;
	add(t, "MX hosts:");
	for (size_t i = 0; i < p->nmx_hosts; i++) {
		add(t, i == 0 ? " " : ", ");
		add_shown(t, p->mx_hosts[i]);
	}
	if (p->more_mx_hosts > 0)
		buf_addf(&t->words, " and %zu more", p->more_mx_hosts);
	end_paragraph(t, 2, 4);
}

static void
write_failure(struct text *t, const struct failure_summary *f)
{
	enum result_type type;

	buf_addf(&t->words, "%llu ", (unsigned long long)f->sessions);
	add_shown(t, f->type);
	if (result_type_from_text(f->type, &type) == E_OK) {
		add(t, ": ");
		add(t, result_type_sentence(type));
	}
	end_paragraph(t, 2, 4);
}

static void
write_failures(struct text *t, const struct policy_summary *p)
{
	for (size_t i = 0; i < p->nfailures; i++)
		write_failure(t, &p->failures[i]);
	if (p->other_failures == 0)
		return;
	buf_addf(&t->words, "%llu of other types",
	    (unsigned long long)p->other_failures);
	end_paragraph(t, 2, 4);
}

static void
write_policy(struct text *t, const struct policy_summary *p)
{
	add(t, policy_words(p->type));
	add(t, " (");
	add_shown(t, p->type);
	add(t, ")");
	if (p->domain.len > 0) {
		add(t, " for ");
		add_shown(t, p->domain);
	}
	add(t, ": ");
	add_counts(t, p->succeeded, p->failed);
	end_paragraph(t, 0, 2);
	write_hosts(t, p);
	write_failures(t, p);
	add_empty_line(t);
}

static void
write_other_policies(struct text *t, const struct report_summary *s)
{
	if (s->nothers == 0)
		return;
	buf_addf(&t->words, "%zu more policies: ", s->nothers);
	add_counts(t, s->others.succeeded, s->others.failed);
	end_paragraph(t, 0, 2);
	write_failures(t, &s->others);
	add_empty_line(t);
}

/* -- why it came -- */

static void
write_tail(struct text *t, const struct report_mail *m)
{
	add(t, "The whole report is in the attachment, as JSON");
	add(t, m->is_gzip ? " compressed with gzip." : ".");
	end_paragraph(t, 0, 0);
	add_empty_line(t);
	add(t, "Why you get this: the TXT record of _smtp._tls.");
	add_shown(t, m->domain);
	add(t, " asks for such reports to be sent to ");
	add_shown(t, m->to);
	add(t,
	    ". Once that address is taken out of the record, they end. A "
	    "program wrote this mail; questions can be sent to ");
	add_shown(t, m->summary->contact);
	add(t, ".");
	end_paragraph(t, 0, 0);
}

void
mail_text(const struct report_mail *m, struct buf *out)
{
	struct text t = { out, BUF_INIT(PARAGRAPH_MAX) };
	const struct report_summary *s = m->summary;

	write_head(&t, m);
	write_facts(&t, m);
	write_sums(&t, s);
	for (size_t i = 0; i < s->npolicies; i++)
		write_policy(&t, &s->policies[i]);
	write_other_policies(&t, s);
	write_tail(&t, m);
	buf_free(&t.words);
}
