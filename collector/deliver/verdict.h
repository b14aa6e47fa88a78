/* deliver/verdict.h -- what came of an attempt to deliver a report. */
#ifndef DELIVER_VERDICT_H
#define DELIVER_VERDICT_H

enum delivery_verdict {
	VERDICT_ACCEPTED,
	VERDICT_RETRY,	 /* deliver/retry.h says when */
	VERDICT_GIVE_UP, /* the same report would be refused again */
};

#endif
