#include "codec/mta_join.h"

#include <stdlib.h>

#include "base/siphash.h"
#include "codec/ip.h"
#include "model/domain.h"
#include "model/limits.h"

#define WAYS 8 /* links with one hash, the oldest of which goes */
#define BUCKETS (MTA_JOIN_LINKS / WAYS)
#define KEY_PARTS 4
#define NAMES_MAX ((size_t)16 * 1024)
#define NAME_RAW_MAX 1024 /* a line may be as long as it likes */

struct text {
	size_t len;
	char p[DOMAIN_TEXT_MAX + 1];
};

/* What is known of one connection: of a process, which has one at a time, of a
 * session or of a mail. */
struct link {
	uint64_t key;  /* 0: free */
	uint64_t used; /* by the line with that number */
	int64_t at_s;
	struct text mx_host, peer_ip; /* empty: not told yet */
	struct text reported; /* the domain of the datagram that was sent */
	bool has_datagram;
	bool is_elsewhere;
	bool is_clear;	       /* it is said that no TLS is used now */
	enum tls_seen tls;     /* that is up; 0: not told */
	enum tls_seen failure; /* what kept it from being used; 0: nothing */
	/* Told of already, with that mail and domain. */
	bool is_told;
	struct text queue_id, domain;
};

struct mta_join {
	struct link *links;
	uint64_t lines;
	struct arena names;
};

/* The line with its names in one spelling. */
struct named {
	const struct mta_line *line;
	struct span domain, mx_host, peer_ip;
	char ip[IP_TEXT_SIZE];
};

struct mta_join *
mta_join_new(void)
{
	struct mta_join *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return NULL;
	j->names = ARENA_INIT(NAMES_MAX);
	j->links = calloc(MTA_JOIN_LINKS, sizeof(*j->links));
	if (j->links == NULL) {
		free(j);
		return NULL;
	}
	return j;
}

void
mta_join_free(struct mta_join *j)
{
	if (j == NULL)
		return;
	arena_free(&j->names);
	free(j->links);
	free(j);
}

/* -- texts -- */

static void
text_set(struct text *t, struct span s)
{
	t->len = s.len < sizeof(t->p) ? s.len : sizeof(t->p);
	if (t->len > 0)
		memcpy(t->p, s.p, t->len);
}

static struct span
text_span(const struct text *t)
{
	return (struct span){ t->p, t->len };
}

static enum err
name_of(struct mta_join *j, struct span raw, struct span *ret)
{
	bool repaired;

	if (raw.len > 0)
		return domain_canonical(span_head(raw, NAME_RAW_MAX), &j->names,
		    ret, &repaired);
	*ret = SPAN_LIT("");
	return E_OK;
}

static enum err
name_line(struct mta_join *j, const struct mta_line *line, struct named *ret)
{
	enum err e;

	arena_reset(&j->names);
	ret->line = line;
	ret->peer_ip = (struct span){ ret->ip,
		ip_canonical(line->peer_ip, ret->ip) };
	e = name_of(j, line->domain, &ret->domain);
	return e == E_OK ? name_of(j, line->mx_host, &ret->mx_host) : e;
}

/* -- links -- */

static size_t
add_key(char *key, size_t at, struct span s)
{
	s = span_head(s, DOMAIN_TEXT_MAX);
	if (s.len > 0)
		memcpy(key + at, s.p, s.len);
	key[at + s.len] = '\n';
	return at + s.len + 1;
}

static uint64_t
key_of(const struct named *n, bool by_names)
{
	char key[KEY_PARTS * (DOMAIN_TEXT_MAX + 1)];
	size_t len = add_key(key, 0, n->line->host);
	uint64_t hash;

	if (by_names) {
		len = add_key(key, len, n->domain);
		len = add_key(key, len, n->mx_host);
		len = add_key(key, len, n->peer_ip);
	} else {
		len = add_key(key, len, SPAN_LIT("link"));
		len = add_key(key, len, n->line->link);
	}
	hash = siphash_table(key, len);
	return hash == 0 ? 1 : hash;
}

/* NULL: there is none. */
static struct link *
find_link(struct mta_join *j, uint64_t key)
{
	struct link *bucket = &j->links[key % BUCKETS * WAYS];

	for (size_t i = 0; i < WAYS; i++)
		if (bucket[i].key == key)
			return &bucket[i];
	return NULL;
}

static struct link *
make_link(struct mta_join *j, uint64_t key)
{
	struct link *bucket = &j->links[key % BUCKETS * WAYS];
	struct link *oldest = find_link(j, key);

	if (oldest != NULL)
		return oldest;
	oldest = bucket;
	for (size_t i = 1; i < WAYS; i++)
		if (bucket[i].used < oldest->used)
			oldest = &bucket[i];
	*oldest = (struct link){ .key = key };
	return oldest;
}

/* A new connection, of the line's time. */
static void
renew(struct link *l, const struct named *n)
{
	*l = (struct link){ .key = l->key,
		.used = l->used,
		.at_s = n->line->time_s };
	text_set(&l->mx_host, n->mx_host);
	text_set(&l->peer_ip, n->peer_ip);
}

static bool
is_same_host(const struct link *l, const struct named *n)
{
	if (n->peer_ip.len == 0 || l->peer_ip.len == 0)
		return true;
	return span_eq(text_span(&l->peer_ip), n->peer_ip) &&
	    span_eq(text_span(&l->mx_host), n->mx_host);
}

static bool
is_over(const struct link *l, int64_t now_s)
{
	return now_s > l->at_s + MTA_JOIN_LASTS_S;
}

/* -- sessions -- */

static enum err
tell(const struct link *l, const struct named *n, enum tls_seen tls,
    bool went_on, mta_session_fn *fn, void *arg)
{
	const struct mta_session s = {
		.time_s = n->line->time_s,
		.mta = span_head(n->line->host, DOMAIN_TEXT_MAX),
		.queue_id = span_head(n->line->queue_id, MTA_QUEUE_ID_MAX),
		.domain = l->has_datagram ? text_span(&l->reported) : n->domain,
		.mx_host = n->mx_host,
		.peer_ip = n->peer_ip,
		.tls = tls,
		.level = tls_seen_level(tls, went_on),
		.has_datagram = l->has_datagram,
	};

	if (s.domain.len == 0 || s.mx_host.len == 0 || s.peer_ip.len == 0)
		return E_OK;
	return fn(arg, &s);
}

/* The MTA went on to another host after a failure: no delivery tells of this
 * one, but the datagram's line has all that it takes. */
static enum err
tell_failure(const struct link *l, mta_session_fn *fn, void *arg)
{
	/* That line does not tell whether STARTTLS was there. */
	enum tls_seen tls = l->failure == TLS_SEEN_REFUSED
	    ? TLS_SEEN_NOT_OFFERED
	    : l->failure;
	const struct mta_line line = { .time_s = l->at_s };
	const struct named n = { .line = &line,
		.mx_host = text_span(&l->mx_host),
		.peer_ip = text_span(&l->peer_ip) };

	if (l->is_told || !l->has_datagram || l->failure == 0)
		return E_OK;
	return tell(l, &n, tls, false, fn, arg);
}

/* What TLS there was; 0: nobody can tell, and nothing was sent either. */
static enum tls_seen
judge(const struct link *l, const struct mta_line *d)
{
	enum tls_seen up = d->tls == TLS_SEEN_ENCRYPTED ||
		d->tls == TLS_SEEN_UNCLAIMED
	    ? d->tls
	    : l->tls;

	if (d->tls != 0 && up != d->tls && d->tls != TLS_SEEN_NONE)
		return d->tls;
	if (d->tls == TLS_SEEN_NONE || (l->is_clear && l->failure != 0))
		return l->failure == 0 ? TLS_SEEN_NONE : l->failure;
	if (up == TLS_SEEN_UNCLAIMED && d->demands)
		return TLS_SEEN_VERIFIED;
	if (up != 0)
		return up;
	if (!d->is_sent || l->failure == TLS_SEEN_REFUSED)
		return l->failure;
	return TLS_SEEN_NOT_TOLD;
}

/* Whether mail was sent, or could have been. */
static bool
went_on(const struct link *l, const struct mta_line *d, enum tls_seen tls)
{
	if (tls == TLS_SEEN_NOT_OFFERED || tls == TLS_SEEN_REFUSED ||
	    tls == TLS_SEEN_HANDSHAKE || tls == TLS_SEEN_NOT_VERIFIED)
		return d->is_sent || d->tls == TLS_SEEN_NONE ||
		    (l->is_clear && tls != TLS_SEEN_REFUSED);
	return true;
}

/* -- lines -- */

static enum err
take_tls(struct link *l, const struct named *n, mta_session_fn *fn, void *arg)
{
	enum err e = E_OK;

	if (l->is_told || l->tls != 0 || is_over(l, n->line->time_s) ||
	    !is_same_host(l, n)) {
		e = tell_failure(l, fn, arg);
		renew(l, n);
	}
	if (l->peer_ip.len == 0)
		text_set(&l->peer_ip, n->peer_ip);
	l->tls = n->line->tls;
	l->is_clear = false;
	return e;
}

static enum err
take_reported(struct link *l, const struct named *n, mta_session_fn *fn,
    void *arg)
{
	enum err e = E_OK;

	if (l->is_told || l->has_datagram || is_over(l, n->line->time_s) ||
	    !is_same_host(l, n)) {
		e = tell_failure(l, fn, arg);
		renew(l, n);
	}
	l->has_datagram = true;
	l->failure = n->line->tls;
	text_set(&l->reported, n->domain);
	return e;
}

static void
take_failed(struct link *l, const struct named *n)
{
	if (l->is_told || is_over(l, n->line->time_s) || !is_same_host(l, n))
		renew(l, n);
	if (l->failure == 0)
		l->failure = n->line->tls;
	l->tls = 0;
	l->is_clear = true;
}

/* A report that another process made of this session: it is used up. */
static void
fetch_report(struct mta_join *j, struct link *l, const struct named *n)
{
	struct link *report = find_link(j, key_of(n, true));

	if (report == NULL || report->is_told ||
	    is_over(report, n->line->time_s))
		return;
	report->is_told = true;
	l->has_datagram = true;
	l->failure = report->failure;
	text_set(&l->reported, text_span(&report->reported));
}

/* A mail to two domains takes two connections, unless both have one next hop,
 * as a datagram tells. */
static bool
is_same_mail(const struct link *l, const struct named *n)
{
	return span_eq(text_span(&l->queue_id),
		   span_head(n->line->queue_id, MTA_QUEUE_ID_MAX)) &&
	    (l->has_datagram || span_eq(text_span(&l->domain), n->domain));
}

/* The delivery's connection is another than the link's. */
static bool
is_another(const struct link *l, const struct named *n)
{
	return is_over(l, n->line->time_s) || !is_same_host(l, n) ||
	    (l->is_told && !n->line->is_session && !is_same_mail(l, n));
}

static enum err
take_delivery(struct mta_join *j, struct link *l, const struct named *n,
    mta_session_fn *fn, void *arg)
{
	enum tls_seen tls;
	enum err e = E_OK;

	if (l->is_elsewhere)
		return E_OK;
	if (is_another(l, n)) {
		e = tell_failure(l, fn, arg);
		renew(l, n);
	}
	if (!l->has_datagram && !l->is_told)
		fetch_report(j, l, n);
	/* Another recipient of the same mail. */
	if (e != E_OK ||
	    (l->is_told &&
		(l->has_datagram || span_eq(text_span(&l->domain), n->domain))))
		return e;
	if ((tls = judge(l, n->line)) == 0)
		return E_OK;
	text_set(&l->mx_host, n->mx_host);
	text_set(&l->peer_ip, n->peer_ip);
	text_set(&l->queue_id, span_head(n->line->queue_id, MTA_QUEUE_ID_MAX));
	text_set(&l->domain, n->domain);
	l->is_told = true;
	return tell(l, n, tls, went_on(l, n->line, tls), fn, arg);
}

enum err
mta_join_take(struct mta_join *j, const struct mta_line *line,
    mta_session_fn *fn, void *arg)
{
	struct named n;
	struct link *l;
	enum err e;

	if (line->kind == MTA_LINE_OTHER)
		return E_OK;
	if ((e = name_line(j, line, &n)) != E_OK)
		return e;
	l = make_link(j, key_of(&n, line->link.len == 0));
	l->used = ++j->lines;
	switch (line->kind) {
	case MTA_LINE_TLS:
		return take_tls(l, &n, fn, arg);
	case MTA_LINE_REPORTED:
		return take_reported(l, &n, fn, arg);
	case MTA_LINE_FAILED:
		take_failed(l, &n);
		break;
	case MTA_LINE_ELSEWHERE:
		renew(l, &n);
		l->is_elsewhere = true;
		break;
	case MTA_LINE_DELIVERY:
		return take_delivery(j, l, &n, fn, arg);
	case MTA_LINE_UNCLEAR:
		e = tell_failure(l, fn, arg);
		renew(l, &n);
		return e;
	case MTA_LINE_OTHER:
		break;
	}
	return E_OK;
}
