#include "intake/lmtp_session.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "codec/bounce_address.h"
#include "codec/lines.h"
#include "codec/lmtp_path.h"

#define INPUT_MAX 32768
/* With so much unread by the peer it is not listened to. */
#define OUTPUT_PAUSE 8192
#define OUTPUT_MAX (OUTPUT_PAUSE + LMTP_REPLIES_MAX + 256)
#define PEER_SIZE 64
/* For the last reply to be taken. */
#define CLOSE_PATIENCE_NS (5 * NS_PER_S)

static const char put_off_full[] = "452 4.3.1 no room: try again later";
static const char put_off_spent[] =
    "451 4.7.0 this domain has sent enough today: try again later";
static const char put_off[] = "451 4.3.0 not now: try again later";

struct lmtp_session {
	struct lmtp_shared *shared;
	int fd; /* -1: closed */
	char peer[PEER_SIZE];
	int64_t until_ns, heard_ns; /* monotonic */
	bool closing;		    /* once what is left to say is said */
	struct lmtp dialogue;
	struct buf out;
	size_t sent; /* of out */
	struct buf message;
	bool no_room; /* message was given up */
	size_t bytes; /* of the message that the sink has */
	bool waiting; /* for the sink */

	/* By shared->lock. */
	bool said;
	enum err outcome;
	struct uuid id;

	struct span in; /* of input: not looked at yet */
	char input[INPUT_MAX];
};

static int64_t
now_ns(const struct lmtp_session *s)
{
	return clock_mono_ns(s->shared->options->clock);
}

static void
hang_up(struct lmtp_session *s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = -1;
	s->closing = true;
}

static void
close_soon(struct lmtp_session *s)
{
	int64_t until_ns = now_ns(s) + CLOSE_PATIENCE_NS;

	s->closing = true;
	if (s->until_ns > until_ns)
		s->until_ns = until_ns;
}

/* -- the message that is coming in -- */

static void
forget_message(struct lmtp_session *s)
{
	s->shared->held -= s->message.len;
	buf_free(&s->message);
}

/* Buffers double as they grow. */
static bool
has_room(const struct lmtp_shared *shared, size_t more)
{
	return 2 * (shared->held + more) <= shared->options->memory_max;
}

static void
keep(struct lmtp_session *s, struct span piece)
{
	size_t before = s->message.len;

	if (s->no_room)
		return;
	if (has_room(s->shared, piece.len))
		buf_add(&s->message, piece);
	s->no_room = s->message.len != before + piece.len;
	if (s->no_room)
		forget_message(s);
	else
		s->shared->held += piece.len;
}

/* -- what becomes of it -- */

static void
complain(struct lmtp_session *s, enum err e, const struct why *why)
{
	uint64_t left_out;

	if (log_limit_pass(&s->shared->complaints, now_ns(s), &left_out))
		log_warning("mail is put off", LOG_STR("peer", s->peer),
		    LOG_STR("kind", err_text(e)), LOG_WHY(why),
		    LOG_I("left_out", left_out));
}

static void
answer(struct lmtp_session *s, enum err e, const struct why *why)
{
	const char *reply = e == E_FULL ? put_off_full
	    : e == E_BUSY		? put_off_spent
					: put_off;

	complain(s, e, why);
	lmtp_answer(&s->dialogue, span_str(reply), &s->out);
}

static void
answer_taken(struct lmtp_session *s, const struct uuid *id)
{
	char text[UUID_TEXT_SIZE], reply[LMTP_ANSWER_MAX];

	uuid_text(id, text);
	log_info("mail received", LOG_STR("id", text), LOG_STR("peer", s->peer),
	    LOG_S("sender", s->dialogue.sender),
	    LOG_S("recipient", s->dialogue.recipients[0]),
	    LOG_I("recipients", s->dialogue.nrecipients),
	    LOG_I("bytes", s->bytes));
	(void)snprintf(reply, sizeof(reply), "250 2.0.0 %s", text);
	lmtp_answer(&s->dialogue, span_str(reply), &s->out);
}

/* By the sink's thread. The server goes on, and may end, once the lock is
 * released. */
static void
note_outcome(void *arg, enum err e, const struct uuid *id)
{
	struct lmtp_session *s = arg;
	struct lmtp_shared *shared = s->shared;

	(void)pthread_mutex_lock(&shared->lock);
	s->said = true;
	s->outcome = e;
	if (e == E_OK)
		s->id = *id;
	(void)eventfd_write(shared->wake_fd, 1);
	(void)pthread_mutex_unlock(&shared->lock);
}

/* What came back is told by its recipient alone. */
static struct span
find_route(const struct lmtp_session *s)
{
	struct span bounce = s->shared->options->dialogue.bounce, route;
	const struct lmtp *d = &s->dialogue;
	struct bounce_address about;

	for (size_t i = 0; i < d->nrecipients; i++) {
		route = lmtp_path_subaddress(d->recipients[i]);
		if (route.len > 0 &&
		    bounce_address_parse(bounce, d->recipients[i], &about) !=
			E_OK)
			return route;
	}
	return SPAN_LIT("");
}

/* As many whole ones as fit. */
static void
join_recipients(struct lmtp_session *s, struct buf *out)
{
	struct span_list list = { s->dialogue.recipients,
		s->dialogue.nrecipients };

	lines_join(out, list);
	while (out->err == E_RANGE) {
		list.n--;
		buf_clear(out);
		lines_join(out, list);
	}
}

static enum err
put(struct lmtp_session *s, struct why *why)
{
	const struct receipt_sink *sink = s->shared->options->sink;
	struct buf recipients = BUF_INIT(RECEIPT_TEXT_MAX);
	struct receipt_facts facts = {
		.way = RECEIPT_LMTP,
		.received_ns = clock_wall_ns(s->shared->options->clock),
		.peer = span_str(s->peer),
		.route = find_route(s),
		.sender = s->dialogue.sender,
		.is_mail = true,
	};
	enum err e;

	join_recipients(s, &recipients);
	facts.recipient = buf_span(&recipients);
	e = recipients.err != E_OK
	    ? why_set(why, recipients.err, "out of memory")
	    : sink->put(sink->arg, &facts, buf_span(&s->message), note_outcome,
		  s, why);
	buf_free(&recipients);
	return e;
}

static void
hand_over(struct lmtp_session *s)
{
	struct why why = { { 0 } };
	enum err e;

	s->bytes = s->message.len;
	s->said = false;
	s->waiting = true;
	e = s->no_room ? why_set(&why, E_FULL, "too many mails at once")
		       : put(s, &why);
	forget_message(s);
	s->no_room = false;
	if (e != E_OK) {
		s->waiting = false;
		answer(s, e, &why);
	}
}

bool
lmtp_session_collect(struct lmtp_session *s)
{
	const struct why why = { "the spool could not keep it" };
	struct uuid id;
	bool said;
	enum err e;

	if (!s->waiting)
		return false;
	(void)pthread_mutex_lock(&s->shared->lock);
	said = s->said;
	e = s->outcome;
	id = s->id;
	(void)pthread_mutex_unlock(&s->shared->lock);
	if (!said)
		return false;
	s->waiting = false;
	s->heard_ns = now_ns(s);
	if (e == E_OK)
		answer_taken(s, &id);
	else
		answer(s, e, &why);
	return true;
}

/* -- bytes -- */

static size_t
unsent(const struct lmtp_session *s)
{
	return s->out.len - s->sent;
}

static void
take_in(struct lmtp_session *s)
{
	struct span data;

	while (s->in.len > 0 && !s->waiting && !s->closing &&
	    unsent(s) < OUTPUT_PAUSE) {
		s->dialogue.is_full = !has_room(s->shared, 1);
		switch (lmtp_next(&s->dialogue, &s->in, &s->out, &data)) {
		case LMTP_MORE:
			break;
		case LMTP_DATA:
			keep(s, data);
			break;
		case LMTP_VOID:
			forget_message(s);
			s->no_room = false;
			break;
		case LMTP_END:
			hand_over(s);
			break;
		case LMTP_CLOSE:
			close_soon(s);
			break;
		}
	}
}

/* Replies that cannot be made whole cannot be made up for. */
static void
say(struct lmtp_session *s)
{
	ssize_t n = 1;

	if (s->out.err != E_OK)
		hang_up(s);
	while (s->fd >= 0 && n > 0 && unsent(s) > 0) {
		n = send(s->fd, s->out.p + s->sent, unsent(s), MSG_NOSIGNAL);
		if (n > 0) {
			s->sent += (size_t)n;
			s->heard_ns = now_ns(s);
		} else if (errno != EAGAIN && errno != EINTR) {
			hang_up(s);
		}
	}
	if (unsent(s) > 0)
		return;
	buf_clear(&s->out);
	s->sent = 0;
	if (s->closing)
		hang_up(s);
}

static void
hear(struct lmtp_session *s)
{
	ssize_t n = recv(s->fd, s->input, INPUT_MAX, 0);

	if (n > 0) {
		s->in = (struct span){ s->input, (size_t)n };
		s->heard_ns = now_ns(s);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		hang_up(s);
	}
}

void
lmtp_session_run(struct lmtp_session *s, bool is_readable)
{
	if (is_readable && s->in.len == 0 && !s->closing)
		hear(s);
	do {
		take_in(s);
		say(s);
	} while (s->in.len > 0 && !s->waiting && !s->closing && unsent(s) == 0);
}

bool
lmtp_session_wants(const struct lmtp_session *s, int *ret_fd, short *ret_events)
{
	*ret_fd = s->fd;
	*ret_events = unsent(s) > 0 ? POLLOUT : POLLIN;
	return s->fd >= 0 && (unsent(s) > 0 || !s->waiting);
}

/* -- the end -- */

int64_t
lmtp_session_due_ns(const struct lmtp_session *s)
{
	int64_t idle_ns = s->heard_ns + s->shared->options->idle_ns;

	if (s->waiting)
		return INT64_MAX;
	if (s->fd < 0)
		return 0;
	return idle_ns < s->until_ns ? idle_ns : s->until_ns;
}

static void
say_goodbye(struct lmtp_session *s, const char *reply)
{
	buf_adds(&s->out, reply);
	close_soon(s);
	say(s);
}

void
lmtp_session_expire(struct lmtp_session *s)
{
	if (s->closing || unsent(s) > 0)
		hang_up(s);
	else
		say_goodbye(s, "421 4.4.2 that took too long\r\n");
}

void
lmtp_session_dismiss(struct lmtp_session *s)
{
	if (!s->waiting && !s->closing)
		say_goodbye(s, "421 4.3.2 the service ends: try later\r\n");
}

bool
lmtp_session_is_over(const struct lmtp_session *s)
{
	return s->fd < 0 && !s->waiting;
}

/* -- open and close -- */

static void
name_unix_peer(struct lmtp_session *s)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(s->fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0)
		(void)snprintf(s->peer, sizeof(s->peer), "uid %lu",
		    (unsigned long)cred.uid);
}

static void
name_peer(struct lmtp_session *s)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} a = { .any = { .sa_family = AF_UNSPEC } };
	socklen_t len = sizeof(a);
	char host[INET6_ADDRSTRLEN] = "";

	(void)getpeername(s->fd, &a.any, &len);
	if (a.any.sa_family == AF_INET) {
		(void)inet_ntop(AF_INET, &a.in.sin_addr, host, sizeof(host));
		(void)snprintf(s->peer, sizeof(s->peer), "%s:%d", host,
		    ntohs(a.in.sin_port));
	} else if (a.any.sa_family == AF_INET6) {
		(void)inet_ntop(AF_INET6, &a.in6.sin6_addr, host, sizeof(host));
		(void)snprintf(s->peer, sizeof(s->peer), "[%s]:%d", host,
		    ntohs(a.in6.sin6_port));
	} else {
		name_unix_peer(s);
	}
}

enum err
lmtp_session_open(struct lmtp_shared *shared, int fd, struct lmtp_session **ret)
{
	const struct lmtp_server_options *o = shared->options;
	struct lmtp_session *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return E_NOMEM;
	s->shared = shared;
	s->fd = fd;
	s->out = BUF_INIT(OUTPUT_MAX);
	s->message = BUF_INIT(o->dialogue.max_bytes);
	s->heard_ns = now_ns(s);
	s->until_ns = s->heard_ns + o->session_ns;
	name_peer(s);
	lmtp_begin(&s->dialogue, &o->dialogue, &s->out);
	say(s);
	*ret = s;
	return E_OK;
}

void
lmtp_session_close(struct lmtp_session *s)
{
	hang_up(s);
	forget_message(s);
	lmtp_free(&s->dialogue);
	buf_free(&s->out);
	free(s);
}
