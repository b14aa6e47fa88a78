#include "codec/mail_write.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "base/clock.h"
#include "codec/mail_field.h"
#include "codec/mail_text.h"
#include "codec/quoted_printable.h"
#include "model/address.h"

#define LINE_MAX_BYTES 78 /* RFC 5322 s2.1.1: SHOULD */
#define NOW_MAX day_end_s(DAY_MAX)

/* "=_" is nowhere in the parts: base64 has "=" only at its end and no "_", and
 * text is quoted-printable as soon as it has a "=". */
#define BOUNDARY "=_tlsrpt_report"

/* -- what may stand in a header -- */

/* s5.3: id-left "@" id-right. */
static void
make_message_id(const struct report_summary *s, struct buf *out)
{
	buf_add(out, s->id);
	if (!span_has(s->id, '@')) {
		buf_addc(out, '@');
		buf_add(out, address_host(s->contact));
	}
}

/* In quotes and as a file's name. */
static bool
is_file_name(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_printable(s.p[i]) ||
		    ascii_is_one_of(s.p[i], " \"\\/"))
			return false;
	return s.len > 0 && s.len <= MAIL_FILE_NAME_MAX;
}

static enum err
refuse(const char *what, struct span s, struct why *why)
{
	return why_set(why, E_SYNTAX, "\"%.*s\" is no %s for a mail",
	    SPAN_ARG(span_head(s, 100)), what);
}

static enum err
check(const struct report_mail *m, struct span message_id, struct why *why)
{
	if (!address_host_is_valid(m->domain))
		return refuse("domain", m->domain, why);
	if (!address_is_valid(m->from))
		return refuse("sender", m->from, why);
	if (!address_is_valid(m->to))
		return refuse("recipient", m->to, why);
	if (!address_is_valid(m->summary->contact))
		return refuse("contact-info", m->summary->contact, why);
	if (!address_is_valid(message_id))
		return refuse("report-id", m->summary->id, why);
	if (!is_file_name(m->file_name))
		return refuse("file name", m->file_name, why);
	if (m->now_s < 0 || m->now_s > NOW_MAX)
		return why_set(why, E_SYNTAX, "a mail of no known time");
	return E_OK;
}

/* -- the header -- */

static void
add_from(const struct report_mail *m, struct buf *out)
{
	struct mail_field f = mail_field_begin(out, "From");

	mail_field_display_name(&f, m->summary->organization);
	mail_field_enclosed(&f, "<", m->from, ">");
	mail_field_end(&f);
}

/* s5.3: its words and their order. */
static void
add_subject(const struct report_mail *m, struct span message_id,
    struct buf *out)
{
	struct mail_field f = mail_field_begin(out, "Subject");

	mail_field_word(&f, SPAN_LIT("Report"));
	mail_field_word(&f, SPAN_LIT("Domain:"));
	mail_field_word(&f, m->domain);
	mail_field_word(&f, SPAN_LIT("Submitter:"));
	mail_field_word(&f, address_host(m->summary->contact));
	mail_field_word(&f, SPAN_LIT("Report-ID:"));
	mail_field_enclosed(&f, "<", message_id, ">");
	mail_field_end(&f);
}

static void
add_date(const struct report_mail *m, struct buf *out)
{
	struct mail_field f = mail_field_begin(out, "Date");

	mail_field_date(&f, m->now_s);
	mail_field_end(&f);
}

static void
add_message_id(struct span message_id, struct buf *out)
{
	struct mail_field f = mail_field_begin(out, "Message-ID");

	mail_field_enclosed(&f, "<", message_id, ">");
	mail_field_end(&f);
}

static void
add_content_type(struct buf *out)
{
	struct mail_field f = mail_field_begin(out, "Content-Type");

	mail_field_word(&f, SPAN_LIT("multipart/report;"));
	mail_field_word(&f, SPAN_LIT("report-type=\"tlsrpt\";"));
	mail_field_word(&f, SPAN_LIT("boundary=\"" BOUNDARY "\""));
	mail_field_end(&f);
}

static void
add_header(const struct report_mail *m, struct span message_id, struct buf *out)
{
	add_from(m, out);
	mail_field_add(out, "To", m->to);
	add_subject(m, message_id, out);
	add_date(m, out);
	add_message_id(message_id, out);
	/* s5.3: MUST be there, the latter being contact-info's domain. */
	mail_field_add(out, "TLS-Report-Domain", m->domain);
	mail_field_add(out, "TLS-Report-Submitter",
	    address_host(m->summary->contact));
	/* s3: delivered whatever TLS says, and so RFC 8689 s3. */
	mail_field_add(out, "TLS-Required", SPAN_LIT("No"));
	/* RFC 3834 s5: nobody answers it by program. */
	mail_field_add(out, "Auto-Submitted", SPAN_LIT("auto-generated"));
	mail_field_add(out, "MIME-Version", SPAN_LIT("1.0"));
	add_content_type(out);
	buf_adds(out, "\r\n");
}

/* -- the parts -- */

/* Such text is sent as it is. */
static bool
is_plain(struct span text)
{
	size_t column = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == '\n')
			column = 0;
		else if (!ascii_is_printable(text.p[i]) || text.p[i] == '=' ||
		    ++column > LINE_MAX_BYTES)
			return false;
	}
	return true;
}

static void
add_lines(struct span text, struct buf *out)
{
	while (text.len > 0) {
		buf_add(out, span_until(&text, '\n'));
		buf_adds(out, "\r\n");
	}
}

static void
add_text(struct span text, struct buf *out)
{
	bool plain = is_plain(text);

	mail_field_add(out, "Content-Type",
	    SPAN_LIT("text/plain; charset=utf-8"));
	mail_field_add(out, "Content-Transfer-Encoding",
	    plain ? SPAN_LIT("7bit") : SPAN_LIT("quoted-printable"));
	buf_adds(out, "\r\n");
	if (plain)
		add_lines(text, out);
	else
		quoted_printable_encode(text, out);
	/* RFC 2046 s5.1.1: this one belongs to the boundary. */
	buf_adds(out, "\r\n");
}

/* The name is not split as RFC 2231 has it, though its line may be longer than
 * 78 bytes: many who take reports apart do not know that. */
static void
add_named(struct buf *out, const char *name, const char *value,
    const char *parameter, struct span file_name)
{
	struct mail_field f = mail_field_begin(out, name);

	mail_field_word(&f, span_str(value));
	mail_field_enclosed(&f, parameter, file_name, "\"");
	mail_field_end(&f);
}

static void
add_attachment(const struct report_mail *m, struct buf *out)
{
	add_named(out, "Content-Type",
	    m->is_gzip ? "application/tlsrpt+gzip;"
		       : "application/tlsrpt+json;",
	    "name=\"", m->file_name);
	add_named(out, "Content-Disposition", "attachment;", "filename=\"",
	    m->file_name);
	mail_field_add(out, "Content-Transfer-Encoding", SPAN_LIT("base64"));
	buf_adds(out, "\r\n");
	base64_encode_lines(m->body, out);
}

static enum err
write_mail(const struct report_mail *m, struct span message_id, struct buf *out)
{
	struct buf text = BUF_INIT(MAIL_TEXT_MAX);

	mail_text(m, &text);
	add_header(m, message_id, out);
	buf_adds(out, "--" BOUNDARY "\r\n");
	add_text(buf_span(&text), out);
	buf_adds(out, "--" BOUNDARY "\r\n");
	add_attachment(m, out);
	buf_adds(out, "--" BOUNDARY "--\r\n");
	if (text.err != E_OK && out->err == E_OK)
		out->err = text.err;
	buf_free(&text);
	return out->err;
}

enum err
mail_write(const struct report_mail *m, struct buf *out, struct why *why)
{
	struct buf message_id = BUF_INIT(3 * SUMMARY_TEXT_MAX);
	enum err e;

	make_message_id(m->summary, &message_id);
	e = message_id.err;
	if (e == E_OK)
		e = check(m, buf_span(&message_id), why);
	if (e == E_OK)
		e = write_mail(m, buf_span(&message_id), out);
	buf_free(&message_id);
	return e == E_OK ? E_OK : why_set(why, e, "%s", err_text(e));
}
