#include "ingest/drain.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* While nothing comes: how often that is told. */
#define IDLE_MS 200
/* While datagrams keep coming: after how many losses are written down. */
#define BUSY_DATAGRAMS 4096
/* Taken after being asked to stop: more than any queue holds, while senders who
 * go on do not keep it from ending. */
#define LAST_DATAGRAMS 65536

struct drain {
	struct drain_options options;
	pthread_t thread;
	int stop_fd;
	atomic_bool stop;
	char *scratch; /* for datagrams that the journal has no room for */
};

struct arrival {
	size_t length;
	bool cut;	 /* past DATAGRAM_MAX */
	bool unwritable; /* gone: the disk failed under the slot's page */
	uint32_t uid;
};

static uint32_t
sender_uid(struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL;
	     c = CMSG_NXTHDR(msg, c)) {
		struct ucred cred;

		if (c->cmsg_level != SOL_SOCKET ||
		    c->cmsg_type != SCM_CREDENTIALS)
			continue;
		memcpy(&cred, CMSG_DATA(c), sizeof(cred));
		return cred.uid;
	}
	return RECORD_UID_UNKNOWN;
}

/* Only room for the credentials: descriptors that a sender encloses are closed
 * by the kernel for want of space. */
union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(struct ucred))];
};

/* False: nothing was there. */
static bool
receive(int fd, char *to, struct arrival *ret)
{
	struct iovec iov = { to, DATAGRAM_MAX };
	union control control;
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0 && errno != EFAULT)
		return false;
	*ret = (struct arrival){
		.length = n < 0 ? 0 : (size_t)n,
		.cut = (msg.msg_flags & MSG_TRUNC) != 0,
		.unwritable = n < 0,
		.uid = n < 0 ? RECORD_UID_UNKNOWN : sender_uid(&msg),
	};
	return true;
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
}

/* False: nothing was there. */
static bool
drain_one(struct drain *d)
{
	char *slot = journal_slot(d->options.journal);
	struct arrival a;

	if (!receive(d->options.fd, slot == NULL ? d->scratch : slot, &a))
		return false;
	take_in(d, &a, slot != NULL);
	return true;
}

static bool
stopped(const struct drain *d)
{
	return atomic_load_explicit(&d->stop, memory_order_relaxed);
}

/* Until the queue is empty. */
static void
drain_queue(struct drain *d)
{
	unsigned since_note = 0;

	while (drain_one(d) && !stopped(d)) {
		if (++since_note == BUSY_DATAGRAMS) {
			journal_note_losses(d->options.journal);
			since_note = 0;
		}
	}
}

/* What the kernel has accepted nobody else may ever take. */
static void
drain_last(struct drain *d)
{
	for (unsigned i = 0; i < LAST_DATAGRAMS && drain_one(d); i++)
		continue;
	journal_note_losses(d->options.journal);
}

static void *
run(void *arg)
{
	struct drain *d = arg;
	struct pollfd fds[] = {
		{ .fd = d->options.fd, .events = POLLIN },
		{ .fd = d->stop_fd, .events = POLLIN },
	};

	while (!stopped(d)) {
		int64_t before_ns = clock_wall_ns(d->options.clock);

		drain_queue(d);
		journal_note_losses(d->options.journal);
		if (stopped(d))
			break; /* perhaps with the queue not empty */
		journal_idle(d->options.journal, before_ns);
		(void)poll(fds, 2, IDLE_MS);
	}
	drain_last(d);
	return NULL;
}

enum err
drain_start(const struct drain_options *options, struct drain **ret,
    struct why *why)
{
	struct drain *d = calloc(1, sizeof(*d));

	if (d == NULL || (d->scratch = malloc(DATAGRAM_MAX)) == NULL) {
		free(d);
		return why_set(why, E_NOMEM, "out of memory");
	}
	d->options = *options;
	atomic_init(&d->stop, false);
	d->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (d->stop_fd < 0 || pthread_create(&d->thread, NULL, run, d) != 0) {
		if (d->stop_fd >= 0)
			(void)close(d->stop_fd);
		free(d->scratch);
		free(d);
		return why_set(why, E_IO, "cannot start the drain thread");
	}
	*ret = d;
	return E_OK;
}

enum err
drain_prefer(struct drain *d, struct why *why)
{
	struct sched_param least = { .sched_priority = sched_get_priority_min(
					 SCHED_FIFO) };
	int error = pthread_setschedparam(d->thread, SCHED_FIFO, &least);

	if (error == 0)
		return E_OK;
	errno = error;
	return why_errno(why, "pthread_setschedparam");
}

void
drain_stop(struct drain *d)
{
	uint64_t one = 1;

	ssize_t n;

	if (d == NULL)
		return;
	atomic_store(&d->stop, true);
	n = write(d->stop_fd, &one, sizeof(one)); /* IDLE_MS without it */
	(void)n;
	(void)pthread_join(d->thread, NULL);
	(void)close(d->stop_fd);
	free(d->scratch);
	free(d);
}
