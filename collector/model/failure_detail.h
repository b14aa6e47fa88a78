/* model/failure_detail.h -- one entry of "failure-details", s4.4. */
#ifndef MODEL_FAILURE_DETAIL_H
#define MODEL_FAILURE_DETAIL_H

#include "base/span.h"
#include "model/result_type.h"

/* Absent texts have len 0. */
struct failure_detail {
	enum result_type type;
	struct span sending_ip;	  /* sending-mta-ip */
	struct span mx_hostname;  /* receiving-mx-hostname */
	struct span helo;	  /* receiving-mx-helo */
	struct span receiving_ip; /* receiving-ip */
	struct span info;	  /* additional-information, a URI */
	struct span reason;	  /* failure-reason-code */
};

/* How much of a detail is left where there are too many different ones. The
 * result type always stays. */
enum detail_level {
	DETAIL_WHOLE,
	DETAIL_NO_HELO,
	DETAIL_NO_REASON,
	DETAIL_TYPE, /* not even addresses */
};

struct failure_detail failure_detail_fold(const struct failure_detail *,
    enum detail_level);

/* By all fields in turn. */
int failure_detail_cmp(const struct failure_detail *,
    const struct failure_detail *);

#endif
