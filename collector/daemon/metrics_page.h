/* daemon/metrics_page.h -- the text that /metrics answers with. */
#ifndef DAEMON_METRICS_PAGE_H
#define DAEMON_METRICS_PAGE_H

#include <stdbool.h>

#include "base/buf.h"
#include "model/inbox_class.h"
#include "model/levels.h"
#include "store/store_finding.h"

/* What was looked up in the store some seconds ago. */
struct metrics_store {
	bool answers;	     /* if not, there is nothing else */
	uint64_t waiting;    /* deliveries that are not done */
	int64_t oldest_s;    /* when the oldest of them was queued; 0: none */
	int64_t collectors;  /* that days wait for */
	int64_t watermark_s; /* the least of theirs */
	uint64_t findings[FINDING_SEVERITIES]; /* that are open */
	uint64_t open_days;		       /* that are over */
	int64_t day;	    /* the last that is closed and added up; 0: none */
	struct levels sent; /* its sessions */
	uint64_t inbox[INBOX_CLASSES + 1], inbox_bytes[INBOX_CLASSES + 1];
};

/* All of it; counts and processes as they are now. out->err tells whether it
 * had room. */
void metrics_page(const struct metrics_store *, struct buf *out);

#endif
