/* codec/mta_log_postfix.c -- lines of Postfix's smtp(8) and tlsproxy(8). */
#include "codec/mta_log.h"

/* -- words -- */

/* How Postfix grades a connection. "Trusted" is a certificate chain and no
 * name: nobody knows whose. */
static const struct mta_word grades[] = {
	MTA_WORD("Verified TLS connection ", UNCLAIMED),
	MTA_WORD("Trusted TLS connection ", ENCRYPTED),
	MTA_WORD("Untrusted TLS connection ", ENCRYPTED),
	MTA_WORD("Anonymous TLS connection ", ENCRYPTED),
};

/* Why nothing was sent, in smtp(8)'s own words: what a server says stands
 * behind "host NAME said: ". */
static const struct mta_word reasons[] = {
	MTA_WORD("(TLS is required, but was not offered by host ", NOT_OFFERED),
	MTA_WORD("(TLS is required, but host ", REFUSED),
	MTA_WORD("(Cannot start TLS: handshake failure", HANDSHAKE),
	MTA_WORD("(Server certificate not ", NOT_VERIFIED),
};

/* failure_type of a TLSRPT line. */
static const struct mta_word failures[] = {
	MTA_WORD("starttls_not_supported", REFUSED),
	MTA_WORD("validation_failure, failure_reason=tls-handshake-failure",
	    HANDSHAKE),
	MTA_WORD("certificate_", NOT_VERIFIED),
	MTA_WORD("validation_failure", NOT_VERIFIED),
	MTA_WORD("sts_", NOT_VERIFIED),
};

/* Levels that demand a verified server, as Postfix 3.11 names them in the line
 * of a delivery. */
static const struct span verifying[] = {
	{ "verify", 6 },
	{ "secure", 6 },
	{ "fingerprint", 11 },
	{ "dane", 4 },
	{ "dane-only", 9 },
};

#define NVERIFYING (sizeof(verifying) / sizeof(verifying[0]))

/* -- lines about a host -- */

static void
read_tls(struct span s, struct mta_line *ret)
{
	enum tls_seen tls = mta_log_word(s, MTA_WORDS(grades));

	if (tls == 0)
		return;
	(void)span_until(&s, ' ');
	s = span_skip(s, sizeof("TLS connection ") - 1);
	if (!span_take(&s, SPAN_LIT("reused to ")) &&
	    !span_take(&s, SPAN_LIT("established to ")))
		return;
	if (!mta_log_peer(&s, &ret->mx_host, &ret->peer_ip))
		return;
	ret->tls = tls;
	ret->kind = MTA_LINE_TLS;
}

static void
read_reported(struct span s, struct mta_line *ret)
{
	bool failed;

	if (!span_take(&s, SPAN_LIT("TLSRPT: status=")))
		return;
	failed = span_take(&s, SPAN_LIT("failure"));
	if (!failed && !span_take(&s, SPAN_LIT("success")))
		return;
	if (!span_take(&s, SPAN_LIT(", domain=")))
		return;
	ret->domain = span_until(&s, ',');
	if (!span_take(&s, SPAN_LIT(" receiving_mx=")) ||
	    !mta_log_peer(&s, &ret->mx_host, &ret->peer_ip))
		return;
	if (failed && span_take(&s, SPAN_LIT(", failure_type=")))
		ret->tls = mta_log_word(s, MTA_WORDS(failures));
	ret->kind = MTA_LINE_REPORTED;
}

/* -- deliveries -- */

/* Behind "to=<". Before Postfix 3.5, or with info_log_address_format=internal,
 * addresses stand there without quotes, and strangers choose what is in them;
 * servers choose what is behind "(". Only what all that leaves one way to read
 * is read. */
#define AFTER_ADDRESS SPAN_LIT(">, relay=")
#define AFTER_FORWARDED SPAN_LIT(">, orig_to=<")
/* syslog(3) may cut lines at 1024: an address that long hides the rest. */
#define WHOLE_MAX 900

/* What stands behind the addresses, in this order. */
enum field {
	FIELD_RELAY,
	FIELD_CONN_USE,
	FIELD_DELAY,
	FIELD_DELAYS,
	FIELD_TLS,
	FIELD_DSN,
	NFIELDS
};

static const struct {
	struct span name;
	bool is_needed;
} fields[NFIELDS] = {
	[FIELD_RELAY] = { { ">, relay=", 9 }, true },
	[FIELD_CONN_USE] = { { " conn_use=", 10 }, false },
	[FIELD_DELAY] = { { " delay=", 7 }, true },
	[FIELD_DELAYS] = { { " delays=", 8 }, false },
	[FIELD_TLS] = { { " tls=", 5 }, false },
	[FIELD_DSN] = { { " dsn=", 5 }, false },
};

struct tail {
	struct span values[NFIELDS], status;
	struct span reply; /* with its "(" */
};

/* No value has these, and each address has one of them at its end. */
static bool
is_value(struct span s)
{
	return s.len > 0 && !span_has(s, ' ') && !span_has(s, '@') &&
	    !span_has(s, '<') && !span_has(s, '>') && !span_has(s, '(');
}

static bool
take_tail(struct span *s, struct tail *ret)
{
	*ret = (struct tail){ .reply = SPAN_NONE };
	for (size_t i = 0; i < NFIELDS; i++) {
		if (span_take(s, fields[i].name)) {
			ret->values[i] = span_until(s, ',');
			if (!is_value(ret->values[i]))
				return false;
		} else if (fields[i].is_needed) {
			return false;
		}
	}
	if (!span_take(s, SPAN_LIT(" status=")))
		return false;
	ret->status = span_until(s, ' ');
	ret->reply = *s;
	return is_value(ret->status) && s->len > 0 && s->p[0] == '(';
}

/* How often what stands there does; ret_at is where it does first. */
static size_t
count(struct span s, struct span what, size_t *ret_at)
{
	struct span rest = s;
	const char *at;
	size_t n = 0;

	while (rest.len > 0 &&
	    (at = memmem(rest.p, rest.len, what.p, what.len)) != NULL) {
		if (n++ == 0)
			*ret_at = (size_t)(at - s.p);
		rest = span_skip(s, (size_t)(at - s.p) + 1);
	}
	return n;
}

/* How many ways there are to read it; ret is the first. */
static size_t
find_tail(struct span s, struct span *ret_addresses, struct tail *ret)
{
	struct span rest = s, at;
	size_t n = 0, next = 0;
	struct tail tail;

	for (; count(rest, AFTER_ADDRESS, &next) > 0;
	     rest = span_skip(rest, next + 1)) {
		at = span_skip(rest, next);
		if (!take_tail(&at, &tail) || n++ > 0)
			continue;
		*ret_addresses = span_head(s, s.len - rest.len + next);
		*ret = tail;
	}
	return n;
}

/* "host[ip]:25". Another port is a filter of one's own, or a smarthost. */
static bool
read_relay(struct span relay, struct mta_line *ret)
{
	return mta_log_peer(&relay, &ret->mx_host, &ret->peer_ip) &&
	    span_eq(relay, SPAN_LIT(":25"));
}

/* "secure", "!secure" (not reached), "secure?" (not known), "dane:encrypt" (the
 * second, in place of the first). */
static void
read_level(struct span level, struct mta_line *ret)
{
	struct span instead = level, name = span_until(&instead, ':');

	if (span_eq(level, SPAN_LIT("none")))
		ret->tls = TLS_SEEN_OFF;
	if (span_eq(instead, SPAN_LIT("none")))
		ret->tls = TLS_SEEN_NONE;
	if (instead.len > 0)
		return;
	if (name.len > 0 && name.p[name.len - 1] == '?')
		name.len--;
	for (size_t i = 0; i < NVERIFYING; i++)
		ret->demands = ret->demands || span_eq(name, verifying[i]);
}

static void
read_status(const struct tail *tail, struct mta_line *ret)
{
	enum tls_seen reason = mta_log_word(tail->reply, MTA_WORDS(reasons));

	ret->is_sent = span_eq(tail->status, SPAN_LIT("sent"));
	if (!ret->is_sent && reason != 0)
		ret->tls = reason;
}

/* "05F: to=<a@b>, orig_to=<c@d>, relay=host[ip]:25, delay=0.1, …, tls=may,
 * dsn=2.0.0, status=sent (250 ok)". */
static void
read_delivery(struct span s, struct mta_line *ret)
{
	struct span addresses = SPAN_NONE;
	bool is_whole = s.len < WHOLE_MAX;
	struct tail tail = { .reply = SPAN_NONE };
	size_t ways, at;

	ret->queue_id = span_until(&s, ':');
	if (!span_take(&s, SPAN_LIT(" to=<")))
		return;
	ways = is_whole ? find_tail(s, &addresses, &tail) : SIZE_MAX;
	if (ways > 1)
		ret->kind = MTA_LINE_UNCLEAR;
	if (ways != 1 || !read_relay(tail.values[FIELD_RELAY], ret))
		return;
	if (count(addresses, AFTER_FORWARDED, &at) > 0)
		addresses = span_head(addresses, at);
	ret->domain = mta_log_domain(addresses);
	read_level(tail.values[FIELD_TLS], ret);
	read_status(&tail, ret);
	ret->kind = MTA_LINE_DELIVERY;
}

/* -- whose line it is -- */

/* "postfix/smtp", "postfix-out/relay/smtp": the last word of two or more. */
static struct span
service_of(struct span program)
{
	struct span word = span_until(&program, '/');

	if (program.len == 0 ||
	    !span_eq(span_head(word, 7), SPAN_LIT("postfix")))
		return SPAN_NONE;
	while (program.len > 0)
		word = span_until(&program, '/');
	return word;
}

void
mta_log_postfix(const struct mta_log_head *head, struct mta_line *ret)
{
	struct span service = service_of(head->program);

	/* What tlsproxy(8) says of a connection smtp(8) repeats, but for
	 * this. */
	if (span_eq(service, SPAN_LIT("tlsproxy"))) {
		read_reported(head->message, ret);
		return;
	}
	if (!span_eq(service, SPAN_LIT("smtp")))
		return;
	ret->link = head->pid;
	read_tls(head->message, ret);
	if (ret->kind == MTA_LINE_OTHER)
		read_reported(head->message, ret);
	if (ret->kind == MTA_LINE_OTHER)
		read_delivery(head->message, ret);
}
