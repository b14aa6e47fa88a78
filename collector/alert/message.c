#include "alert/message.h"

#include "base/ascii.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "codec/json_write.h"

#define TEXT_MAX ((size_t)64 * 1024)
#define SUBJECT_WORD_MAX 100 /* bytes */

/* -- JSON -- */

static void
put_text(struct json_out *out, const char *key, struct span text)
{
	struct buf repaired = BUF_INIT(TEXT_MAX);

	utf8_repair(text, &repaired);
	json_out_text(out, key, buf_span(&repaired));
	buf_free(&repaired);
}

static void
put_time(struct json_out *out, const char *key, int64_t s)
{
	char text[TIME_TEXT_SIZE];

	time_text(s, text);
	json_out_text(out, key, span_str(text));
}

static void
put_day(struct json_out *out, const char *key, int64_t day)
{
	char text[DAY_TEXT_SIZE];

	day_text(day, text);
	json_out_text(out, key, span_str(text));
}

static void
put_alert(struct json_out *out, const struct alert *a)
{
	const struct finding *f = &a->finding;

	json_out_object(out, NULL);
	json_out_text(out, "id", a->id);
	json_out_text(out, "event", span_str(alert_event_text(a->event)));
	put_time(out, "time", a->made_s);
	json_out_text(out, "finding-id", f->id);
	json_out_text(out, "kind", f->kind);
	put_text(out, "domain", f->domain);
	put_text(out, "subject", f->subject);
	json_out_text(out, "severity",
	    span_str(finding_severity_text(f->severity)));
	json_out_text(out, "conclusion",
	    span_str(finding_conclusion_text(f->conclusion)));
	json_out_text(out, "confidence",
	    span_str(finding_confidence_text(f->confidence)));
	put_day(out, "first-seen", f->first_day);
	put_day(out, "last-seen", f->last_day);
	json_out_end(out);
}

enum err
alert_message_json(const struct alert_message *m, struct buf *ret)
{
	struct json_out *out = json_out_new();
	enum err e;

	if (out == NULL)
		return E_NOMEM;
	json_out_object(out, NULL);
	json_out_int(out, "version", 1);
	json_out_text(out, "id", m->id);
	json_out_array(out, "alerts");
	for (size_t i = 0; i < m->nalerts; i++)
		put_alert(out, &m->alerts[i]);
	json_out_end(out);
	json_out_count(out, "left-out", m->left_out);
	json_out_end(out);
	e = json_out_finish(out, JSON_COMPACT_STYLE, ret);
	json_out_free(out);
	return e;
}

/* -- one line -- */

/* Of outside bytes: nothing that ends the line, or begins another word. */
static void
add_word(struct buf *out, struct span text)
{
	text = span_head(text, SUBJECT_WORD_MAX);
	for (size_t i = 0; i < text.len; i++)
		buf_addc(out,
		    ascii_is_printable(text.p[i]) && text.p[i] != ' '
			? text.p[i]
			: '?');
}

static void
add_one(const struct alert *a, struct buf *out)
{
	const struct finding *f = &a->finding;

	buf_addf(out, " %s %s ", finding_severity_text(f->severity),
	    alert_event_text(a->event));
	add_word(out, f->kind);
	if (f->domain.len > 0) {
		buf_adds(out, " at ");
		add_word(out, f->domain);
	}
}

static void
add_many(const struct alert_message *m, struct buf *out)
{
	const uint64_t n = m->nalerts + m->left_out;
	size_t of[SEVERITY_CRITICAL + 1] = { 0 };

	for (size_t i = 0; i < m->nalerts; i++)
		if (m->alerts[i].finding.severity >= SEVERITY_INFO &&
		    m->alerts[i].finding.severity <= SEVERITY_CRITICAL)
			of[m->alerts[i].finding.severity]++;
	buf_addf(out, " %llu alerts", (unsigned long long)n);
	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--)
		if (of[s] > 0)
			buf_addf(out, ", %zu %s", of[s],
			    finding_severity_text(s));
}

void
alert_message_subject(const struct alert_message *m, struct buf *out)
{
	buf_adds(out, "[tlsrpt]");
	if (m->nalerts == 1 && m->left_out == 0)
		add_one(&m->alerts[0], out);
	else
		add_many(m, out);
}
