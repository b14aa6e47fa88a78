/* net/txt_answer.h -- what came of one lookup, of TXT records or others, and
 * whether it is to be believed. Pure. */
#ifndef NET_TXT_ANSWER_H
#define NET_TXT_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

/* Ceilings of one answer: one past them is as good as none. */
#define TXT_RECORDS_MAX 100
#define TXT_BYTES_MAX 16384 /* of all records */

/* IANA's numbers. */
enum dns_type {
	DNS_A = 1,
	DNS_CNAME = 5,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_TLSA = 52,
};

enum txt_outcome {
	TXT_FOUND,
	/* The name does not exist, or has no such record. */
	TXT_NONE,
	/* Not known this time: no answer, SERVFAIL, or not to be believed. */
	TXT_FAILED,
	/* The resolver was closed first. */
	TXT_ABANDONED,
};

enum dnssec {
	DNSSEC_UNKNOWN, /* not validated, or no answer */
	DNSSEC_INSECURE,
	DNSSEC_SECURE,
	DNSSEC_BOGUS,
};

/* "unknown", "insecure", "secure", "bogus". */
const char *dnssec_text(enum dnssec);

struct txt_answer {
	enum txt_outcome outcome;
	/* With TXT_FOUND, at least one: untrusted bytes, the strings of each
	 * record joined, in no order. Of other types the data of each. */
	struct span_list txts;
	/* With TXT_FOUND, if the name that was asked for is an alias: what it
	 * is one of at last, without the final dot. Of the peer. */
	struct span alias_of;
	enum dnssec dnssec;
	int64_t ttl_s;	 /* of TXT_FOUND and TXT_NONE, else 0 */
	struct span why; /* one line for a person unless TXT_FOUND; may quote
			    the peer */
};

struct ub_result;

/* Read libunbound's answer into *ret. validated: it had trust anchors. The
 * records are in the arena, ret->why is in *why, which starts empty, and
 * ret->alias_of in libunbound's. */
void txt_answer_read(const struct ub_result *, bool validated, struct arena *,
    struct why *why, struct txt_answer *ret);

#endif
