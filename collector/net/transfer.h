/* net/transfer.h -- one transfer and the group that it belongs to, a group for
 * each client; of the clients of this folder alone. */
#ifndef NET_TRANSFER_H
#define NET_TRANSFER_H

#include <curl/curl.h>
#include <sys/queue.h>

#include "net/host_queue.h"
#include "net/transfers.h"

struct transfer_group;

struct transfer {
	struct host_item item;	   /* first */
	LIST_ENTRY(transfer) next; /* among the refused or the started */
	struct transfer_group *group;
	STAILQ_ENTRY(transfer) finished;
	int64_t begin_by_ns; /* monotonic; 0: at any time */
	bool is_late;	     /* that has passed before it could be started */
	CURLcode code;	     /* of one that has finished */
};

LIST_HEAD(transfer_list, transfer);

/* How one kind of transfer differs from others. */
struct transfer_kind {
	/* Have a thread carry it out and call transfers_finish in the end.
	 * From any thread. E_NOMEM. */
	enum err (*start)(struct transfer *);
	/* Say what came of it: how curl ended it, or that it was given up. The
	 * next is its free. */
	void (*tell)(struct transfer *, CURLcode);
	void (*abandon)(struct transfer *);
	void (*free)(struct transfer *);
};

struct transfer_group {
	LIST_ENTRY(transfer_group) next;
	struct transfers *all;
	const struct transfer_kind *kind;
	struct host_queue queue;
	struct transfer_list refused, started;
	size_t pending;
	bool closing;
};

/* The limits are those of host_queue, for this group alone: none has to wait
 * for another. */
void transfers_join(struct transfers *, struct transfer_group *,
    const struct transfer_kind *, size_t per_host, size_t total);

/* None is started any more. */
void transfers_stop(struct transfer_group *);

/* What is pending is told: what is refused as refused, what has finished as
 * that, the rest is abandoned. It was stopped, and none goes on in another
 * thread. */
void transfers_leave(struct transfer_group *);

/* Take one on, which from now on is freed by its kind. E_NOMEM: it is still the
 * caller's. */
MUST_CHECK enum err transfers_add(struct transfer_group *, struct transfer *,
    const char *host, struct why *why);

/* The same for one that is told without being started. */
void transfers_refuse(struct transfer_group *, struct transfer *);

/* From any thread: one that was started has ended, and its place is another's.
 */
void transfers_finish(struct transfer *, CURLcode);

#endif
