#include "alert/message.h"

#include "base/clock.h"
#include "base/escape.h"
#include "codec/mail_field.h"
#include "codec/quoted_printable.h"
#include "model/address.h"

/* -- what a person reads -- */

static void
add_line(struct buf *out, const char *head, struct span text)
{
	if (text.len == 0)
		return;
	buf_addf(out, "  %s: ", head);
	escape_terminal(out, text);
	buf_addc(out, '\n');
}

static void
add_alert(struct buf *out, const struct alert *a)
{
	const struct finding *f = &a->finding;
	char first[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE], at[TIME_TEXT_SIZE];

	day_text(f->first_day, first);
	day_text(f->last_day, last);
	time_text(a->made_s, at);
	buf_addf(out, "%s %s: ", finding_severity_text(f->severity),
	    alert_event_text(a->event));
	escape_terminal(out, f->kind);
	buf_addf(out, "\n  %s, %s\n", alert_event_sentence(a->event), at);
	add_line(out, "domain", f->domain);
	add_line(out, "subject", f->subject);
	buf_addf(out, "  seen from %s to %s\n", first, last);
	buf_addf(out, "  %s (confidence %s)\n",
	    finding_conclusion_sentence(f->conclusion),
	    finding_confidence_text(f->confidence));
	if (a->event != ALERT_TEST) {
		buf_adds(out, "  more: tlsrpt finding show ");
		escape_terminal(out, f->id);
		buf_addc(out, '\n');
	}
	buf_addc(out, '\n');
}

static void
add_text(const struct alert_message *m, struct buf *out)
{
	for (size_t i = 0; i < m->nalerts; i++)
		add_alert(out, &m->alerts[i]);
	if (m->left_out > 0)
		buf_addf(out,
		    "There were %llu more than could wait: see tlsrpt finding "
		    "list.\n",
		    (unsigned long long)m->left_out);
}

/* -- the header -- */

static void
add_subject(const struct alert_message *m, struct buf *out)
{
	struct mail_field field = mail_field_begin(out, "Subject");
	struct buf text = BUF_INIT(4096);
	struct span rest;

	alert_message_subject(m, &text);
	rest = buf_span(&text);
	while (rest.len > 0)
		mail_field_word(&field, span_until(&rest, ' '));
	mail_field_end(&field);
	buf_free(&text);
}

static void
add_date(int64_t now_s, struct buf *out)
{
	struct mail_field field = mail_field_begin(out, "Date");

	mail_field_date(&field, now_s);
	mail_field_end(&field);
}

static void
add_enclosed(struct buf *out, const char *name, struct span text)
{
	struct mail_field field = mail_field_begin(out, name);

	mail_field_enclosed(&field, "<", text, ">");
	mail_field_end(&field);
}

/* Sent again it has the same Message-ID: who has it already can tell. */
static void
add_message_id(const struct alert_mail *mail, struct buf *out)
{
	struct buf id = BUF_INIT(1024);

	buf_addf(&id, "%.*s@%.*s", SPAN_ARG(mail->message->id),
	    SPAN_ARG(address_host(mail->from)));
	add_enclosed(out, "Message-ID", buf_span(&id));
	buf_free(&id);
}

void
alert_message_mail(const struct alert_mail *mail, struct buf *out)
{
	struct buf text = BUF_INIT(ALERT_MESSAGE_MAX);

	add_enclosed(out, "From", mail->from);
	add_enclosed(out, "To", mail->to);
	add_subject(mail->message, out);
	add_date(mail->now_s, out);
	add_message_id(mail, out);
	/* RFC 3834 s5: nobody answers it by program. */
	mail_field_add(out, "Auto-Submitted", SPAN_LIT("auto-generated"));
	mail_field_add(out, "MIME-Version", SPAN_LIT("1.0"));
	mail_field_add(out, "Content-Type",
	    SPAN_LIT("text/plain;charset=utf-8"));
	mail_field_add(out, "Content-Transfer-Encoding",
	    SPAN_LIT("quoted-printable"));
	buf_adds(out, "\r\n");
	add_text(mail->message, &text);
	if (text.err == E_OK)
		quoted_printable_encode(buf_span(&text), out);
	else
		out->err = text.err;
	buf_free(&text);
}
