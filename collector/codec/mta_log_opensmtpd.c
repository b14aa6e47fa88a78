/* codec/mta_log_opensmtpd.c -- lines of OpenSMTPD's smtpd(8). The name of a
 * host in them is that of its address in DNS, which need not be the MX host's.
 */
#include "base/ascii.h"
#include "codec/mta_log.h"

#define SESSION_LEN 16

static bool
take_session(struct span *s, struct span *ret)
{
	struct span rest = *s, id = span_until(&rest, ' ');

	if (id.len != SESSION_LEN)
		return false;
	for (size_t i = 0; i < id.len; i++)
		if (ascii_hex_value(id.p[i]) < 0)
			return false;
	*ret = id;
	*s = rest;
	return true;
}

/* -- connections -- */

static bool
ends_with_smtp_port(struct span address)
{
	return address.len > 3 &&
	    span_eq(span_skip(address, address.len - 3), SPAN_LIT(":25"));
}

/* "address=smtp+notls://192.0.2.1:25 host=name": a filter of one's own has
 * another port, or speaks LMTP. */
static void
read_connecting(struct span s, struct mta_line *ret)
{
	struct span scheme = span_until(&s, ':');

	ret->kind = MTA_LINE_ELSEWHERE;
	if (!ends_with_smtp_port(span_until(&s, ' ')))
		return;
	if (span_eq(scheme, SPAN_LIT("smtp+notls"))) {
		ret->kind = MTA_LINE_FAILED;
		ret->tls = TLS_SEEN_OFF;
	} else if (span_eq(scheme, SPAN_LIT("smtp")) ||
	    span_eq(scheme, SPAN_LIT("smtp+tls"))) {
		ret->kind = MTA_LINE_OTHER;
	}
}

static void
read_downgrade(struct span s, struct mta_line *ret)
{
	if (!span_take(&s, SPAN_LIT("smtp-out: Error on session ")))
		return;
	ret->link = span_until(&s, ':');
	if (!span_take(&s, SPAN_LIT(" opportunistic TLS failed, downgrading")))
		return;
	ret->tls = TLS_SEEN_HANDSHAKE;
	ret->kind = MTA_LINE_FAILED;
}

/* -- deliveries -- */

static bool
take_bracketed(struct span *s, struct span name, struct span *ret)
{
	if (!span_take(s, name) || !span_take(s, SPAN_LIT("<")))
		return false;
	*ret = span_until(s, '>');
	return span_take(s, SPAN_LIT(" "));
}

/* Text in quotes. */
static bool
take_quoted(struct span *s, struct span name, struct span *ret)
{
	if (!span_take(s, name) || !span_take(s, SPAN_LIT("\"")))
		return false;
	*ret = span_until(s, '"');
	return true;
}

/* "192.0.2.1 (name)", "192.0.2.1 (<unknown>)", "192.0.2.1". */
static void
read_relay(struct span relay, struct mta_line *ret)
{
	ret->peer_ip = span_until(&relay, ' ');
	ret->mx_host = ret->peer_ip;
	if (span_take(&relay, SPAN_LIT("(")) && !span_has(relay, '<'))
		ret->mx_host = span_until(&relay, ')');
}

/* "evpid=… from=<a@b> to=<c@d> rcpt=<-> source="…" relay="…" delay=1s
 * result="Ok" stat="…"". */
static void
read_delivery(struct span s, struct mta_line *ret)
{
	struct span from, to, rcpt, source, relay, result;

	if (!span_take(&s, SPAN_LIT("evpid=")))
		return;
	ret->queue_id = span_until(&s, ' ');
	if (!take_bracketed(&s, SPAN_LIT("from="), &from) ||
	    !take_bracketed(&s, SPAN_LIT("to="), &to) ||
	    !take_bracketed(&s, SPAN_LIT("rcpt="), &rcpt) ||
	    !take_quoted(&s, SPAN_LIT("source="), &source) ||
	    !take_quoted(&s, SPAN_LIT(" relay="), &relay) ||
	    !span_take(&s, SPAN_LIT(" delay=")))
		return;
	(void)span_until(&s, ' ');
	if (!take_quoted(&s, SPAN_LIT("result="), &result))
		return;
	ret->domain = mta_log_domain(to);
	read_relay(relay, ret);
	ret->is_sent = span_eq(result, SPAN_LIT("Ok"));
	ret->kind = MTA_LINE_DELIVERY;
}

static void
read_session(struct span s, struct mta_line *ret)
{
	if (span_take(&s, SPAN_LIT("connecting address="))) {
		read_connecting(s, ret);
	} else if (span_take(&s, SPAN_LIT("tls ciphers="))) {
		ret->tls = TLS_SEEN_ENCRYPTED;
		ret->kind = MTA_LINE_TLS;
	} else if (span_take(&s, SPAN_LIT("error reason=STARTTLS rejected"))) {
		ret->tls = TLS_SEEN_REFUSED;
		ret->kind = MTA_LINE_FAILED;
	} else if (span_take(&s, SPAN_LIT("delivery "))) {
		read_delivery(s, ret);
	}
}

void
mta_log_opensmtpd(const struct mta_log_head *head, struct mta_line *ret)
{
	struct span s = head->message;

	if (!span_eq(head->program, SPAN_LIT("smtpd")))
		return;
	if (!take_session(&s, &ret->link))
		read_downgrade(s, ret);
	else if (span_take(&s, SPAN_LIT("mta ")))
		read_session(s, ret);
	ret->is_session = true;
}
