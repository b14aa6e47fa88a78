#include "intake/imap_poll.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "intake/imap_facts.h"
#include "intake/imap_known.h"

#define FACTS_MAX ((size_t)512 * 1024) /* of the arena of one message */
#define COMMAND_MAX 4096

/* A message of the batch. */
struct item {
	struct imap_poll *poll;
	struct imap_message message;
	size_t bytes; /* that the sink has; 0: it was not given them */
	enum {
		ITEM_UNKNOWN, /* the server said nothing of it */
		ITEM_WAITS,
		ITEM_PUT, /* the sink has it */
		ITEM_TAKEN,
		ITEM_NOT_TAKEN,
		ITEM_FAILED, /* this time */
		ITEM_REFUSED,
	} is;
	struct uuid id;
};

struct imap_poll {
	struct imap_poll_options options;
	struct imap_state state;
	uint32_t uid_validity; /* of the last look; 0: none */
	struct imap_known known;
	struct imap_marking marking;

	/* Of one look. */
	struct buf lines, body;
	uint32_t *uids;
	size_t nuids;
	unsigned strikes;
	size_t ntaken;
	struct why unmarked; /* why not; the first of the look */

	pthread_mutex_t lock; /* over pending, and item.is from PUT on */
	pthread_cond_t told;
	size_t pending;
	struct item items[IMAP_BATCH];
	size_t nitems;
};

static enum err
ask(struct imap_poll *p, const char *command, struct why *why)
{
	const struct imap_link *link = &p->options.link;
	enum err e;

	buf_clear(&p->lines);
	e = link->ask(link->arg, command, &p->lines, why);
	imap_state_read(&p->state, buf_span(&p->lines));
	return e;
}

/* These are of the server or of us, and no message is to blame. */
static bool
ends_look(enum err e)
{
	return e == E_BUSY || e == E_DENIED || e == E_NOMEM || e == E_FULL;
}

/* -- the mailbox -- */

static void
begin(struct imap_poll *p)
{
	p->state = IMAP_STATE_INIT;
	p->strikes = 0;
	p->ntaken = p->nuids = 0;
	p->unmarked = (struct why){ { 0 } };
	p->options.link.pin(p->options.link.arg, 0);
}

static enum err
check_state(const struct imap_poll *p, struct why *why)
{
	const struct imap_state *s = &p->state;

	if (s->uid_validity == 0)
		return why_set(why, E_SYNTAX,
		    "the server tells no UIDVALIDITY");
	if (s->is_read_only)
		return why_set(why, E_DENIED, "the mailbox can only be read");
	if (!s->keeps_keywords && !s->keeps_flags &&
	    p->options.taken != IMAP_TAKEN_MOVE)
		return why_set(why, E_DENIED,
		    "the mailbox keeps no flags: have mails moved");
	return E_OK;
}

/* RFC 3501 s2.3.1.1: UIDs of before mean nothing then. */
static void
note_validity(struct imap_poll *p)
{
	uint32_t now = p->state.uid_validity;

	if (p->uid_validity != 0 && p->uid_validity != now) {
		log_info("a mailbox was made anew; what is new there its flags "
			 "tell",
		    LOG_S("mailbox", p->options.name),
		    LOG_I("uidvalidity", now));
		p->known.n = 0;
	}
	p->uid_validity = now;
	p->options.link.pin(p->options.link.arg, now);
}

static enum err
select_mailbox(struct imap_poll *p, struct why *why)
{
	enum err e = ask(p, "NOOP", why);

	if (e == E_OK)
		e = check_state(p, why);
	if (e == E_OK)
		note_validity(p);
	return e;
}

/* -- marks -- */

static enum err
mark(struct imap_poll *p, enum imap_known_as as, const uint32_t *uids, size_t n,
    struct why *why)
{
	return as == IMAP_TAKEN ? imap_mark_taken(&p->marking, uids, n, why)
				: imap_mark_refused(&p->marking, uids, n, why);
}

/* One by one, so that one that cannot be marked is no harm to others; but not
 * all of them where none can. */
static enum err
mark_each(struct imap_poll *p, enum imap_known_as as, const uint32_t *uids,
    size_t n)
{
	enum err e = E_OK;
	size_t marked = 0;

	for (size_t i = 0; i < n && (e == E_OK || e == E_CONFLICT); i++) {
		if (marked == 0 && i == IMAP_STRIKES_MAX)
			break;
		e = mark(p, as, &uids[i], 1, &p->unmarked);
		if (e == E_OK) {
			imap_known_forget(&p->known, uids[i]);
			marked++;
		}
	}
	return e;
}

/* What is known so gets its mark, and is forgotten then. What the server does
 * not mark stays known, and the look goes on. */
static enum err
settle(struct imap_poll *p, enum imap_known_as as, struct why *why)
{
	uint32_t uids[IMAP_KNOWN_MAX];
	size_t n = imap_known_list(&p->known, as, uids, IMAP_KNOWN_MAX);
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < n; i += IMAP_BATCH) {
		size_t some = n - i < IMAP_BATCH ? n - i : IMAP_BATCH;
		struct why own = { { 0 } };

		e = mark(p, as, uids + i, some, &own);
		if (e == E_CONFLICT)
			e = mark_each(p, as, uids + i, some);
		else if (e != E_OK)
			return why_set(why, e, "%s", own.text);
		else
			for (size_t k = 0; k < some; k++)
				imap_known_forget(&p->known, uids[i + k]);
	}
	if (e == E_OK || e == E_CONFLICT)
		return E_OK;
	return why_set(why, e, "%s", p->unmarked.text);
}

static enum err
settle_all(struct imap_poll *p, struct why *why)
{
	enum err e = settle(p, IMAP_TAKEN, why);

	return e == E_OK ? settle(p, IMAP_REFUSED, why) : e;
}

static enum err
check_settled(const struct imap_poll *p, struct why *why)
{
	if (imap_known_has_room(&p->known, IMAP_KNOWN_MAX))
		return E_OK;
	return why_set(why, E_CONFLICT, "mails cannot be marked: %s",
	    p->unmarked.text);
}

/* -- what is new -- */

static int
by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Whatever the server's order; each once. */
static void
sort_uids(struct imap_poll *p)
{
	size_t n = 0;

	if (p->nuids > 0)
		qsort(p->uids, p->nuids, sizeof(p->uids[0]), by_number);
	for (size_t i = 0; i < p->nuids; i++)
		if (n == 0 || p->uids[n - 1] != p->uids[i])
			p->uids[n++] = p->uids[i];
	p->nuids = n;
}

/* Those that failed before come last, those that wait for their mark not at
 * all. */
static enum err
sort_out(struct imap_poll *p, struct why *why)
{
	size_t n = 0, nlate = 0;
	uint32_t *late = calloc(IMAP_KNOWN_MAX, sizeof(*late));

	if (late == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	for (size_t i = 0; i < p->nuids; i++) {
		const struct imap_known_message *m = imap_known_find(&p->known,
		    p->uids[i]);

		if (m == NULL)
			p->uids[n++] = p->uids[i];
		else if (m->as == IMAP_FAILED)
			late[nlate++] = m->uid;
	}
	memcpy(p->uids + n, late, nlate * sizeof(*late));
	p->nuids = n + nlate;
	free(late);
	return E_OK;
}

/* RFC 3501 s6.4.4. The answer is one line, and no longer than libcurl takes. */
static enum err
search(struct imap_poll *p, uint32_t from, struct why *why)
{
	uint32_t to = p->state.messages - from < IMAP_WINDOW
	    ? p->state.messages
	    : from + IMAP_WINDOW - 1;
	struct buf command = BUF_INIT(COMMAND_MAX);
	enum err e;

	buf_addf(&command, "UID SEARCH %u:%u %s", from, to,
	    imap_mark_search(&p->state));
	e = command.err == E_OK
	    ? ask(p, buf_str(&command), why)
	    : why_set(why, command.err, "%s", err_text(command.err));
	buf_free(&command);
	return e == E_OK ? imap_search_read(buf_span(&p->lines), p->uids,
			       IMAP_NEW_MAX, &p->nuids, why)
			 : e;
}

/* No more is looked for than has room. What is removed meanwhile moves others
 * to where was looked before: the next look finds them. */
static enum err
find_new(struct imap_poll *p, bool *ret_more, struct why *why)
{
	uint32_t from = 1;
	enum err e = E_OK;

	while (e == E_OK && from <= p->state.messages &&
	    p->nuids + IMAP_WINDOW <= IMAP_NEW_MAX) {
		e = search(p, from, why);
		if (UINT32_MAX - from < IMAP_WINDOW)
			break;
		from += IMAP_WINDOW;
	}
	if (e != E_OK)
		return e;
	*ret_more = from <= p->state.messages;
	sort_uids(p);
	return sort_out(p, why);
}

/* -- a message -- */

static void
warn(const struct imap_poll *p, const char *what, const struct item *it,
    const struct why *why)
{
	log_warning(what, LOG_S("mailbox", p->options.name),
	    LOG_I("uid", it->message.uid), LOG_WHY(why));
}

static void
refuse(struct imap_poll *p, struct item *it, const struct why *why)
{
	warn(p, "a mail is not taken, and marked so", it, why);
	it->is = ITEM_REFUSED;
	(void)imap_known_note(&p->known, it->message.uid, IMAP_REFUSED);
}

static void
strike(struct imap_poll *p, struct item *it, const struct why *why)
{
	const struct imap_known_message *m = imap_known_note(&p->known,
	    it->message.uid, IMAP_FAILED);

	p->strikes++;
	it->is = ITEM_FAILED;
	if (m != NULL && m->tries >= IMAP_TRIES_MAX)
		refuse(p, it, why);
	else if (m == NULL || m->tries == 1)
		warn(p, "a mail could not be had, and is tried again", it, why);
}

/* A connection that a message breaks is made anew; a server that is away stays
 * so. */
static enum err
blame(struct imap_poll *p, struct item *it, enum err e, struct why *own,
    struct why *why)
{
	if (e == E_ABSENT) {
		it->is = ITEM_NOT_TAKEN;
		return ask(p, "NOOP", why);
	}
	if (ends_look(e))
		return why_set(why, e, "%s", own->text);
	if (e == E_RANGE)
		refuse(p, it, own);
	else
		strike(p, it, own);
	if (e == E_AWAY && (e = ask(p, "NOOP", why)) != E_OK)
		return e;
	if (p->strikes >= IMAP_STRIKES_MAX)
		return why_set(why, E_AWAY, "mails cannot be had: %s",
		    own->text);
	return E_OK;
}

/* By the sink's thread. */
static void
note_outcome(void *arg, enum err e, const struct uuid *id)
{
	struct item *it = arg;
	struct imap_poll *p = it->poll;

	(void)pthread_mutex_lock(&p->lock);
	it->is = e == E_OK ? ITEM_TAKEN : ITEM_FAILED;
	if (e == E_OK)
		it->id = *id;
	p->pending--;
	(void)pthread_cond_signal(&p->told);
	(void)pthread_mutex_unlock(&p->lock);
}

/* When our mail server got it: RFC 3501 s2.3.3. It cannot have been later. */
static int64_t
received_ns(const struct imap_poll *p, const struct imap_message *m)
{
	int64_t now_ns = clock_wall_ns(p->options.clock);

	return m->received_s >= 0 && m->received_s < now_ns / NS_PER_S
	    ? m->received_s * NS_PER_S
	    : now_ns;
}

static enum err
put(struct imap_poll *p, struct item *it, struct why *why)
{
	const struct receipt_sink *sink = p->options.sink;
	struct arena arena = ARENA_INIT(FACTS_MAX);
	struct receipt_facts facts = {
		.way = RECEIPT_IMAP,
		.received_ns = received_ns(p, &it->message),
		.peer = span_head(p->options.name, RECEIPT_TEXT_MAX),
		.is_mail = true,
	};
	enum err e;

	imap_facts_read(buf_span(&p->body), &arena, &facts);
	it->bytes = p->body.len;
	(void)pthread_mutex_lock(&p->lock);
	it->is = ITEM_PUT;
	p->pending++;
	(void)pthread_mutex_unlock(&p->lock);
	e = sink->put(sink->arg, &facts, buf_span(&p->body), note_outcome, it,
	    why);
	arena_free(&arena);
	if (e == E_OK)
		return E_OK;
	(void)pthread_mutex_lock(&p->lock);
	it->is = ITEM_WAITS;
	it->bytes = 0;
	p->pending--;
	(void)pthread_mutex_unlock(&p->lock);
	return e;
}

static enum err
take(struct imap_poll *p, struct item *it, struct why *why)
{
	const struct imap_link *link = &p->options.link;
	struct why own = { { 0 } };
	enum err e;

	if (it->message.has_size &&
	    it->message.bytes > p->options.message_max) {
		(void)why_set(&own, E_RANGE, "it has %llu bytes",
		    (unsigned long long)it->message.bytes);
		refuse(p, it, &own);
		return E_OK;
	}
	buf_clear(&p->body);
	e = link->fetch(link->arg, it->message.uid, &p->body, &own);
	if (e == E_OK)
		e = put(p, it, &own);
	if (e != E_OK)
		return blame(p, it, e, &own, why);
	p->strikes = 0;
	return E_OK;
}

/* -- a batch -- */

static struct item *
find_item(struct imap_poll *p, uint32_t uid)
{
	for (size_t i = 0; i < p->nitems; i++)
		if (p->items[i].message.uid == uid)
			return &p->items[i];
	return NULL;
}

static void
read_messages(struct imap_poll *p)
{
	struct span lines = buf_span(&p->lines);
	struct imap_message m;

	while (imap_message_take(&lines, &m)) {
		struct item *it = find_item(p, m.uid);

		if (it == NULL || it->is != ITEM_UNKNOWN || !m.has_size)
			continue;
		it->message = m;
		it->is = ITEM_WAITS;
	}
}

static enum err
ask_sizes(struct imap_poll *p, const uint32_t *uids, size_t n, struct why *why)
{
	struct buf command = BUF_INIT(COMMAND_MAX);
	enum err e;

	buf_adds(&command, "UID FETCH ");
	imap_mark_add_uids(&command, uids, n);
	buf_adds(&command, " (RFC822.SIZE INTERNALDATE)");
	e = command.err == E_OK
	    ? ask(p, buf_str(&command), why)
	    : why_set(why, command.err, "%s", err_text(command.err));
	buf_free(&command);
	read_messages(p);
	return e;
}

/* One message may spoil the answer for all: they are asked for alone then. Of
 * those that are gone nothing is said. */
static enum err
learn_sizes(struct imap_poll *p, const uint32_t *uids, struct why *why)
{
	struct why own = { { 0 } };
	enum err e = ask_sizes(p, uids, p->nitems, &own);

	if (e == E_OK)
		return E_OK;
	if (ends_look(e) || e == E_ABSENT)
		return why_set(why, e, "%s", own.text);
	e = e == E_AWAY ? ask(p, "NOOP", why) : E_OK;
	for (size_t i = 0; e == E_OK && i < p->nitems; i++) {
		struct item *it = &p->items[i];
		struct why alone = { { 0 } };

		if (it->is == ITEM_UNKNOWN &&
		    (e = ask_sizes(p, &uids[i], 1, &alone)) != E_OK)
			e = blame(p, it, e, &alone, why);
	}
	return e;
}

static void
await_sink(struct imap_poll *p)
{
	(void)pthread_mutex_lock(&p->lock);
	while (p->pending > 0)
		(void)pthread_cond_wait(&p->told, &p->lock);
	(void)pthread_mutex_unlock(&p->lock);
}

static void
tell_taken(struct imap_poll *p, const struct item *it)
{
	char id[UUID_TEXT_SIZE];

	uuid_text(&it->id, id);
	log_info("mail received", LOG_STR("id", id),
	    LOG_S("mailbox", p->options.name), LOG_I("uid", it->message.uid),
	    LOG_I("bytes", it->bytes));
	(void)imap_known_note(&p->known, it->message.uid, IMAP_TAKEN);
	p->ntaken++;
}

/* What the sink says of each: no message is to blame if it failed to keep it,
 * and each that it has is there for good. */
static enum err
collect(struct imap_poll *p, struct why *why)
{
	enum err e = E_OK;

	await_sink(p);
	for (size_t i = 0; i < p->nitems; i++) {
		if (p->items[i].is == ITEM_TAKEN)
			tell_taken(p, &p->items[i]);
		else if (p->items[i].is == ITEM_FAILED && p->items[i].bytes > 0)
			e = why_set(why, E_IO, "the spool could not keep it");
	}
	return e;
}

static enum err
take_batch(struct imap_poll *p, const uint32_t *uids, size_t n, struct why *why)
{
	enum err e, kept, marked;

	p->nitems = n;
	for (size_t i = 0; i < n; i++)
		p->items[i] = (struct item){ .poll = p,
			.message = { .uid = uids[i] } };
	e = learn_sizes(p, uids, why);
	for (size_t i = 0; e == E_OK && i < n; i++)
		if (p->items[i].is == ITEM_WAITS)
			e = take(p, &p->items[i], why);
	kept = collect(p, why);
	marked = settle_all(p, why);
	if (e != E_OK)
		return e;
	return kept != E_OK ? kept : marked;
}

static enum err
take_new(struct imap_poll *p, struct why *why)
{
	enum err e = E_OK;

	for (size_t i = 0; e == E_OK && i < p->nuids; i += IMAP_BATCH) {
		size_t left = p->nuids - i;

		if (!imap_known_has_room(&p->known, IMAP_BATCH))
			break;
		e = take_batch(p, p->uids + i,
		    left < IMAP_BATCH ? left : IMAP_BATCH, why);
	}
	return e;
}

/* -- from outside -- */

enum err
imap_poll_run(struct imap_poll *p, bool *ret_more, struct why *why)
{
	bool more = false;
	enum err e;

	begin(p);
	e = select_mailbox(p, why);
	if (e == E_OK)
		e = settle_all(p, why);
	if (e == E_OK)
		e = find_new(p, &more, why);
	if (e == E_OK)
		e = take_new(p, why);
	if (e == E_OK)
		e = check_settled(p, why);
	if (e == E_OK)
		*ret_more = more && p->ntaken > 0;
	buf_free(&p->lines);
	buf_free(&p->body);
	return e;
}

enum err
imap_poll_open(const struct imap_poll_options *o, struct imap_poll **ret,
    struct why *why)
{
	struct imap_poll *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return why_set(why, E_NOMEM, "out of memory");
	p->options = *o;
	p->marking = (struct imap_marking){ &p->options.link, &p->state,
		o->taken, o->folder };
	p->lines = BUF_INIT(IMAP_ANSWER_MAX);
	p->body = BUF_INIT(o->message_max);
	p->uids = calloc(IMAP_NEW_MAX, sizeof(p->uids[0]));
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_cond_init(&p->told, NULL);
	if (p->uids != NULL) {
		*ret = p;
		return E_OK;
	}
	imap_poll_close(p);
	return why_set(why, E_NOMEM, "out of memory");
}

void
imap_poll_close(struct imap_poll *p)
{
	if (p == NULL)
		return;
	(void)pthread_cond_destroy(&p->told);
	(void)pthread_mutex_destroy(&p->lock);
	free(p->uids);
	free(p);
}
