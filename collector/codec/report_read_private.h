/* codec/report_read_private.h -- a report while it is read: for report_read*.c
 * only. */
#ifndef CODEC_REPORT_READ_PRIVATE_H
#define CODEC_REPORT_READ_PRIVATE_H

#include "codec/json_read.h"
#include "codec/report_read.h"

enum key {
	KEY_NONE,
	/* report */
	KEY_ORGANIZATION,
	KEY_CONTACT,
	KEY_ID,
	KEY_RANGE,
	KEY_POLICIES,
	KEY_METADATA,
	/* date-range */
	KEY_START,
	KEY_END,
	/* element of policies */
	KEY_POLICY,
	KEY_SUMMARY,
	KEY_DETAILS,
	/* policy */
	KEY_POLICY_TYPE,
	KEY_POLICY_STRING,
	KEY_POLICY_DOMAIN,
	KEY_MX_HOST,
	/* summary */
	KEY_SUCCEEDED,
	KEY_FAILED,
	/* failure detail */
	KEY_RESULT_TYPE,
	KEY_SENDING_IP,
	KEY_MX_HOSTNAME,
	KEY_HELO,
	KEY_RECEIVING_IP,
	KEY_SESSIONS,
	KEY_INFO,
	KEY_REASON,
};

/* Each list ends with KEY_NONE. Names are in the order in which they mostly
 * come; behind those of s4.4 are the ones that reporters took for them. */
struct name {
	struct span text;
	enum key key;
	bool misspelt;
};

#define NAME(s, key)                                      \
	{                                                 \
		{ "" s, sizeof(s) - 1 }, KEY_##key, false \
	}
#define MISSPELT(s, key)                                 \
	{                                                \
		{ "" s, sizeof(s) - 1 }, KEY_##key, true \
	}
#define NAMES_END                            \
	{                                    \
		{ NULL, 0 }, KEY_NONE, false \
	}

#define MEMOS 12 /* members of a failure detail that are remembered */

struct memo {
	struct json_memo json;
	enum key key;
};

struct incoming_reader {
	struct json_reader json;
	struct arena *arena;
	struct incoming_report *report;
	/* Of all policies, against their ceilings. */
	size_t listed_policies, listed_details, nstrings;
	size_t policies_cap;
	bool is_report; /* something was found that makes it one */
	struct memo memos[MEMOS];
};

void incoming_note(struct incoming_reader *, enum report_note);
void incoming_fail_memory(struct incoming_reader *);

/* The next member of these names that has not been there yet; others are
 * passed over. seen: a bit for each key. */
bool incoming_member(struct incoming_reader *, const struct name *names,
    unsigned *seen, enum key *ret);
/* The same for objects that are mostly written alike: *place is the number of
 * the member, at first 0. All of a report have the same names. */
bool incoming_member_alike(struct incoming_reader *, const struct name *names,
    unsigned *place, unsigned *seen, enum key *ret);

/* Values. What is of another type is noted and passed over: a text is then
 * SPAN_NONE. Numbers are taken as text. */
void incoming_pass_over(struct incoming_reader *);
struct span incoming_whole_text(struct incoming_reader *);
struct span incoming_text(struct incoming_reader *); /* INCOMING_TEXT_MAX */
void incoming_name(struct incoming_reader *, struct span *ret);
void incoming_address(struct incoming_reader *, struct span *ret);
void incoming_info(struct incoming_reader *, struct span *ret);
void incoming_count(struct incoming_reader *, struct incoming_count *ret);

/* The one spelling of a name. */
void incoming_make_name(struct incoming_reader *, struct span text,
    struct span *ret);

/* v, or a larger copy, with room for one more than its n elements of size
 * bytes; *cap is what it has room for, 0 at first. A large report has one long
 * list, so it grows fast. NULL: out of memory. */
void *incoming_grow(struct incoming_reader *, void *v, size_t n, size_t *cap,
    size_t size);

/* The value of "policies". */
void incoming_policies(struct incoming_reader *);

#endif
