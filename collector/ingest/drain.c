#include "ingest/drain.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* While nothing comes: how often that is told. */
#define IDLE_MS 200
/* The drain's own: it does nothing but end a wait. */
#define INTERRUPT SIGUSR1
/* So many in so long is no burst any more. */
#define BUSY_DATAGRAMS 4096
#define BUSY_NS (50 * NS_PER_MS)
/* From one note of losses to the next. */
#define NOTE_NS (IDLE_MS * NS_PER_MS)
/* So many in so long is a clump: the next one comes before a sleeper is woken,
 * and a queue of ten is full before that. */
#define CLUMP_DATAGRAMS 8
#define CLUMP_NS NS_PER_MS
/* Looked for the next one behind a clump. */
#define LOOK_NS (5 * NS_PER_MS)
/* At real-time priority nobody has a processor for more than 95 % of a second
 * (sched_rt_runtime_us): who looks all the time is stopped for the 50 ms that
 * are left. So in a long burst each look has a pause, between clumps. */
#define LONG_BURST_NS (400 * NS_PER_MS)
#define BETWEEN_BURSTS_NS (100 * NS_PER_MS)
#define REST_QUIET_NS NS_PER_MS
#define REST_NS (3 * NS_PER_MS / 10)
/* Taken after being asked to stop: more than any queue holds, while senders who
 * go on do not keep it from ending. */
#define LAST_DATAGRAMS 65536

struct drain {
	struct drain_options options;
	pthread_t thread;
	atomic_bool stop;
	bool unnoted;	  /* losses since noted_ns */
	int64_t noted_ns; /* monotonic */
	atomic_bool preferred;
	bool busy;
	unsigned since_mark; /* datagrams since mark_ns */
	int64_t mark_ns;     /* monotonic */
	bool may_look;	     /* senders have a processor meanwhile */
	unsigned in_clump;   /* datagrams since clump_ns */
	int64_t clump_ns;    /* monotonic */
	int64_t look_ns;     /* monotonic: until when to look for the next */
	int64_t burst_ns; /* monotonic: when the first of these clumps came */
	char *scratch;	  /* for datagrams that the journal has no room for */
};

struct arrival {
	size_t length;
	bool cut;	 /* past DATAGRAM_MAX */
	bool unwritable; /* gone: the disk failed under the slot's page */
	uint32_t uid;
};

/* Only room for the credentials: descriptors that a sender encloses are closed
 * by the kernel for want of space. */
union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(struct ucred))];
};

static bool
sender_uid(struct msghdr *msg, uint32_t *ret)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL;
	     c = CMSG_NXTHDR(msg, c)) {
		struct ucred cred;

		if (c->cmsg_level != SOL_SOCKET ||
		    c->cmsg_type != SCM_CREDENTIALS)
			continue;
		memcpy(&cred, CMSG_DATA(c), sizeof(cred));
		*ret = cred.uid;
		return true;
	}
	return false;
}

enum received {
	RECEIVED,
	NOTHING, /* not now, or, without MSG_DONTWAIT, not for IDLE_MS */
	SHUT,	 /* and never again */
};

static enum received
receive(int fd, char *to, int flags, struct arrival *ret)
{
	struct iovec iov = { to, DATAGRAM_MAX };
	union control control;
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(fd, &msg, flags | MSG_CMSG_CLOEXEC);

	if (n < 0 && errno != EFAULT)
		return NOTHING;
	*ret = (struct arrival){
		.length = n < 0 ? 0 : (size_t)n,
		.cut = (msg.msg_flags & MSG_TRUNC) != 0,
		.unwritable = n < 0,
		.uid = RECORD_UID_UNKNOWN,
	};
	/* Every datagram has credentials; what has none is the end, told to who
	 * waits on a socket that was shut. */
	if (n >= 0 && !sender_uid(&msg, &ret->uid) && n == 0)
		return SHUT;
	return RECEIVED;
}

static bool
is_allowed(const struct drain_options *o, uint32_t uid)
{
	for (size_t i = 0; i < o->nallow_uids; i++)
		if (o->allow_uids[i] == uid)
			return true;
	return o->nallow_uids == 0;
}

static void
take_in(struct drain *d, const struct arrival *a, bool in_slot)
{
	struct journal *j = d->options.journal;
	enum loss loss = NLOSSES;

	if (a->unwritable)
		loss = LOSS_DISCARDED;
	else if (!is_allowed(&d->options, a->uid))
		loss = LOSS_DENIED;
	else if (a->cut)
		loss = LOSS_OVERSIZE;
	else if (a->length == 0)
		loss = LOSS_EMPTY;
	else if (!in_slot)
		loss = LOSS_DISCARDED;
	if (loss == NLOSSES) {
		journal_publish(j, a->length, a->uid);
		return;
	}
	if (in_slot)
		journal_forget(j, a->length);
	journal_lose(j, loss);
	d->unnoted = true;
}

static enum received
drain_one(struct drain *d, int flags)
{
	char *slot = journal_slot(d->options.journal);
	struct arrival a;
	enum received r = receive(d->options.fd,
	    slot == NULL ? d->scratch : slot, flags, &a);

	if (r == RECEIVED)
		take_in(d, &a, slot != NULL);
	return r;
}

/* Losses are written down together, but soon. */
static void
note_losses(struct drain *d)
{
	int64_t now_ns;

	if (!d->unnoted)
		return;
	now_ns = clock_mono_ns(d->options.clock);
	if (now_ns - d->noted_ns < NOTE_NS)
		return;
	journal_note_losses(d->options.journal);
	d->noted_ns = now_ns;
	d->unnoted = false;
}

static bool
stopped(const struct drain *d)
{
	return atomic_load_explicit(&d->stop, memory_order_relaxed);
}

/* What the kernel has accepted nobody else may ever take. */
static void
drain_last(struct drain *d)
{
	for (unsigned i = 0;
	     i < LAST_DATAGRAMS && drain_one(d, MSG_DONTWAIT) == RECEIVED; i++)
		continue;
	journal_note_losses(d->options.journal);
}

static int
set_policy(pthread_t thread, int policy)
{
	struct sched_param least = { .sched_priority = sched_get_priority_min(
					 policy) };

	return pthread_setschedparam(thread, policy, &least);
}

/* Real-time priority is for bursts. While datagrams keep coming fast it would
 * have the drain woken for each of them, at three times the cost, and leave the
 * rest of the machine what it does not use. */
static void
note_pace(struct drain *d, enum received r)
{
	int64_t now_ns;
	bool busy;

	d->since_mark += r == RECEIVED;
	if (r == RECEIVED && d->since_mark < BUSY_DATAGRAMS)
		return;
	now_ns = clock_mono_ns(d->options.clock);
	busy = r == RECEIVED && now_ns - d->mark_ns < BUSY_NS;
	d->mark_ns = now_ns;
	d->since_mark = 0;
	if (busy == d->busy)
		return;
	d->busy = busy;
	if (atomic_load(&d->preferred))
		(void)set_policy(pthread_self(),
		    busy ? SCHED_OTHER : SCHED_FIFO);
}

static void
note_clump(struct drain *d)
{
	int64_t now_ns;

	if (++d->in_clump < CLUMP_DATAGRAMS)
		return;
	now_ns = clock_mono_ns(d->options.clock);
	if (now_ns - d->clump_ns > BETWEEN_BURSTS_NS)
		d->burst_ns = now_ns;
	if (d->may_look && now_ns - d->clump_ns < CLUMP_NS)
		d->look_ns = now_ns + LOOK_NS;
	d->clump_ns = now_ns;
	d->in_clump = 0;
}

static void
rest(void)
{
	(void)nanosleep(&(const struct timespec){ 0, REST_NS }, NULL);
}

static enum received
look(struct drain *d)
{
	const int64_t begun_ns = clock_mono_ns(d->options.clock);
	bool may_rest = begun_ns - d->burst_ns >= LONG_BURST_NS;
	int64_t now_ns = begun_ns;
	enum received r = NOTHING;

	while (r == NOTHING && now_ns < d->look_ns && !stopped(d)) {
		if (may_rest && now_ns - begun_ns >= REST_QUIET_NS) {
			rest();
			may_rest = false;
		}
		r = drain_one(d, MSG_DONTWAIT);
		now_ns = clock_mono_ns(d->options.clock);
	}
	return r;
}

/* In a lasting flood sleeping is cheaper, and others have work to do. */
static enum received
drain_next(struct drain *d)
{
	enum received r = d->busy ? NOTHING : look(d);

	if (r == NOTHING)
		r = drain_one(d, 0);
	if (r == RECEIVED)
		note_clump(d);
	return r;
}

/* One system call a datagram: the next one often comes before the last is dealt
 * with, and then there is nothing to ask for in between. */
static void *
run(void *arg)
{
	struct drain *d = arg;
	int64_t before_ns = clock_wall_ns(d->options.clock);
	enum received r = NOTHING;

	while (!stopped(d) && r != SHUT) {
		r = drain_next(d);
		note_pace(d, r);
		if (r == NOTHING) {
			journal_idle(d->options.journal, before_ns);
			before_ns = clock_wall_ns(d->options.clock);
		}
		note_losses(d);
	}
	drain_last(d);
	return NULL;
}

/* Where it waits it does so for IDLE_MS at most. */
static enum err
make_waiting(int fd, struct why *why)
{
	struct timeval idle = { .tv_usec = IDLE_MS * 1000 };
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof(idle)) != 0)
		return why_errno(why, "socket");
	return E_OK;
}

static void
ignore(int signal_number)
{
	(void)signal_number;
}

/* A signal ends the wait; if it comes just before, IDLE_MS do. */
static enum err
let_interrupt(struct why *why)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = ignore;
	if (sigaction(INTERRUPT, &action, NULL) != 0)
		return why_errno(why, "sigaction");
	return E_OK;
}

enum err
drain_start(const struct drain_options *options, struct drain **ret,
    struct why *why)
{
	struct drain *d = calloc(1, sizeof(*d));
	enum err e;

	if (d == NULL || (d->scratch = malloc(DATAGRAM_MAX)) == NULL) {
		free(d);
		return why_set(why, E_NOMEM, "out of memory");
	}
	d->options = *options;
	d->may_look = sysconf(_SC_NPROCESSORS_ONLN) > 1;
	atomic_init(&d->stop, false);
	d->unnoted = true; /* perhaps by who was here before */
	e = make_waiting(options->fd, why);
	if (e == E_OK)
		e = let_interrupt(why);
	if (e == E_OK && pthread_create(&d->thread, NULL, run, d) != 0)
		e = why_set(why, E_IO, "cannot start the drain thread");
	if (e != E_OK) {
		free(d->scratch);
		free(d);
		return e;
	}
	*ret = d;
	return E_OK;
}

enum err
drain_prefer(struct drain *d, struct why *why)
{
	int error = set_policy(d->thread, SCHED_FIFO);

	if (error != 0) {
		errno = error;
		return why_errno(why, "pthread_setschedparam");
	}
	atomic_store(&d->preferred, true);
	return E_OK;
}

void
drain_stop(struct drain *d)
{
	if (d == NULL)
		return;
	atomic_store(&d->stop, true);
	(void)pthread_kill(d->thread, INTERRUPT);
	(void)pthread_join(d->thread, NULL);
	free(d->scratch);
	free(d);
}
