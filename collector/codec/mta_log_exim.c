/* codec/mta_log_exim.c -- lines of Exim's main log. */
#include "base/ascii.h"
#include "codec/mta_log.h"

#define TIME_LEN (sizeof("2026-03-02 12:00:00 ") - 1)

/* Why nothing was sent, in Exim's own words, which stand first. */
static const struct mta_word reasons[] = {
	MTA_WORD("a TLS session is required, but the server did not offer",
	    NOT_OFFERED),
	MTA_WORD("a TLS session is required, but an attempt to start TLS",
	    HANDSHAKE),
	MTA_WORD("TLS session: (certificate verification failed)",
	    NOT_VERIFIED),
	MTA_WORD("TLS session: ", HANDSHAKE),
	MTA_WORD("failure while setting up TLS session", HANDSHAKE),
};

/* "CV=yes" is a good certificate that nothing demanded, unless the option
 * tls_verify_hosts did, which the line does not tell. */
static const struct mta_word verdicts[] = {
	MTA_WORD("dane", VERIFIED),
	MTA_WORD("yes", UNCLAIMED),
};

/* -- what stands in front -- */

/* "1abcde-000123-AB", or since Exim 4.97 "1abcde-00000000123-ABCD". */
static bool
take_id(struct span *s, struct span *ret)
{
	struct span rest = *s, id = span_until(&rest, ' ');
	size_t dashes = 0;

	for (size_t i = 0; i < id.len; i++) {
		dashes += id.p[i] == '-';
		if (id.p[i] != '-' && !ascii_is_alnum(id.p[i]))
			return false;
	}
	if ((id.len != 16 && id.len != 23) || dashes != 2 || id.p[6] != '-')
		return false;
	*ret = id;
	*s = rest;
	return true;
}

/* By syslog a line may have Exim's own time as well; either may have the number
 * of the process. */
static struct span
after_front(const struct mta_log_head *head)
{
	struct span s = head->message;

	if (head->program.len > 0 && s.len > TIME_LEN && s.p[4] == '-' &&
	    s.p[7] == '-' && s.p[TIME_LEN - 1] == ' ')
		s = span_skip(s, TIME_LEN);
	if (s.len > 0 && s.p[0] == '[')
		(void)span_until(&s, ' ');
	return s;
}

/* -- fields -- */

/* Up to a blank; what is in quotes may have some. */
static struct span
take_word(struct span *s)
{
	struct span word;
	bool quoted = false;
	size_t n = 0;

	for (; n < s->len && (quoted || s->p[n] != ' '); n++) {
		if (s->p[n] == '"')
			quoted = !quoted;
		else if (quoted && s->p[n] == '\\' && n + 1 < s->len)
			n++;
	}
	word = span_head(*s, n);
	*s = span_skip(*s, n < s->len ? n + 1 : n);
	return word;
}

/* A ":" at the end of a word has the reason behind it. */
static bool
take_colon(struct span *word)
{
	if (word->len == 0 || word->p[word->len - 1] != ':')
		return false;
	word->len--;
	return true;
}

/* A filter of one's own, as ports are seldom logged. */
static bool
is_here(struct span ip)
{
	return span_take(&ip, SPAN_LIT("127.")) || span_eq(ip, SPAN_LIT("::1"));
}

/* "[192.0.2.1]" with ":25" if it is logged, and "*" on a connection that was
 * used before. False: it is no address of an MX host. */
static bool
read_ip(struct span word, struct mta_line *ret)
{
	if (!span_take(&word, SPAN_LIT("[")))
		return false;
	ret->peer_ip = span_until(&word, ']');
	return !is_here(ret->peer_ip) &&
	    (!span_take(&word, SPAN_LIT(":")) ||
		span_eq(span_until(&word, '*'), SPAN_LIT("25")));
}

static void
read_verdict(struct span word, struct mta_line *ret)
{
	enum tls_seen tls = mta_log_word(word, MTA_WORDS(verdicts));

	if (tls == 0)
		return;
	ret->tls = tls == TLS_SEEN_VERIFIED ? TLS_SEEN_UNCLAIMED : tls;
	ret->demands = tls == TLS_SEEN_VERIFIED;
}

/* Up to the reason, if there is one, or to what the server wrote. False: there
 * was no session. */
static bool
read_fields(struct span *s, struct mta_line *ret)
{
	bool ends = false;

	while (s->len > 0 && !ends) {
		struct span word = take_word(s);

		if (span_take(&word, SPAN_LIT("H="))) {
			ret->mx_host = word;
			word = take_word(s);
			ends = take_colon(&word);
			if (!read_ip(word, ret))
				return false;
			continue;
		}
		ends = take_colon(&word);
		if (span_take(&word, SPAN_LIT("X=")))
			ret->tls = TLS_SEEN_ENCRYPTED;
		else if (span_take(&word, SPAN_LIT("CV=")))
			read_verdict(word, ret);
		else if (span_take(&word, SPAN_LIT("DN=")) ||
		    span_take(&word, SPAN_LIT("C=")))
			ends = true;
	}
	return ret->mx_host.len > 0 && ret->peer_ip.len > 0;
}

/* "=> a@b R=dnslookup T=remote_smtp H=host [ip] X=… CV=no DN=… C=…". Further
 * recipients of a delivery have "->". */
static void
read_delivery(struct span s, struct mta_line *ret)
{
	struct span flag = span_until(&s, ' ');
	enum tls_seen reason;

	ret->is_sent = span_eq(flag, SPAN_LIT("=>"));
	if (!ret->is_sent && !span_eq(flag, SPAN_LIT("==")) &&
	    !span_eq(flag, SPAN_LIT("**")))
		return;
	ret->domain = mta_log_domain(take_word(&s));
	if (!read_fields(&s, ret))
		return;
	reason = mta_log_word(s, MTA_WORDS(reasons));
	if (!ret->is_sent && reason != 0)
		ret->tls = reason;
	ret->kind = MTA_LINE_DELIVERY;
}

/* "TLS session failure: delivering unencrypted to host [ip] (not in …)", since
 * Exim 4.9x with the failure in brackets and "H=" before the host. */
static void
read_clear(struct span s, struct mta_line *ret)
{
	static const struct span before = { "delivering unencrypted to ", 26 };
	const char *at = memmem(s.p, s.len, before.p, before.len);

	if (!span_take(&s, SPAN_LIT("TLS session")) || at == NULL)
		return;
	s = span_skip(s, (size_t)(at - s.p) + before.len);
	(void)span_take(&s, SPAN_LIT("H="));
	ret->mx_host = span_until(&s, ' ');
	if (!read_ip(span_until(&s, ' '), ret))
		return;
	ret->tls = TLS_SEEN_HANDSHAKE;
	ret->kind = MTA_LINE_FAILED;
}

void
mta_log_exim(const struct mta_log_head *head, struct mta_line *ret)
{
	struct span s = after_front(head);

	if (head->program.len > 0 &&
	    !span_eq(span_head(head->program, 4), SPAN_LIT("exim")))
		return;
	if (!take_id(&s, &ret->queue_id))
		return;
	ret->link = ret->queue_id;
	read_clear(s, ret);
	if (ret->kind == MTA_LINE_OTHER)
		read_delivery(s, ret);
}
