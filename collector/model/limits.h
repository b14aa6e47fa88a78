/* model/limits.h -- every ceiling on what comes from outside, in one list. */
#ifndef MODEL_LIMITS_H
#define MODEL_LIMITS_H

/* -- a datagram (docs/datagram.md) -- */

/* Bytes. SO_SNDBUF's default of 212,992 less the kernel's 32: the largest that
 * a sender can send without raising it. */
#define DATAGRAM_MAX 212960
#define DATAGRAM_DEPTH_MAX                                \
	8 /* arrays and objects in each other; v1 needs 5 \
	   */
#define DATAGRAM_POLICIES_MAX 64
/* Over all policies; what is past it is left out and marked. */
#define DATAGRAM_DETAILS_MAX 1024
#define DATAGRAM_STRINGS_MAX 16384

/* -- one text in a session, in bytes: longer ones are cut and marked -- */

#define DOMAIN_TEXT_MAX 255
#define RECORD_TEXT_MAX 4096
#define HELO_TEXT_MAX 1024
#define REASON_TEXT_MAX 256
#define INFO_TEXT_MAX 1024
/* All strings of a policy together. RFC 8461 s3.3 lets a sender stop reading an
 * MTA-STS policy at 64 KB. */
#define POLICY_TEXT_MAX 65536

/* -- a TLSRPT record (s3) -- */

#define RUA_MAX                                                      \
	8 /* URIs kept, the rest is ignored: s3 asks for one success \
	   */
#define URI_TEXT_MAX 2000

/* -- the envelope sender of our mails: local "+" UUID "-" attempt, which is a
 * local part of at most 64 bytes (RFC 5321 s4.5.3.1.1) -- */

#define BOUNCE_ATTEMPT_MAX 99999
#define BOUNCE_LOCAL_MAX 21    /* 64 - 1 - 36 - 1 - 5 */
#define BOUNCE_ADDRESS_MAX 211 /* "local@domain": 254 - 1 - 36 - 1 - 5 */

/* -- a mail that comes to us -- */

#define MIME_HEADER_MAX 131072 /* bytes of the headers of all its parts */
#define MIME_FIELDS_MAX 1000   /* in all of them */
#define MIME_PARTS_MAX 64
#define MIME_DEPTH_MAX 8 /* parts in each other */
/* That the value of a parameter is cut into (RFC 2231 s3). */
#define MIME_SECTIONS_MAX 32

/* -- a report of somebody else: what is past a ceiling is left out and noted,
 * but for bytes and depth, past which it is refused -- */

#define INCOMING_BYTES_MAX (20 * 1024 * 1024) /* of its JSON */
#define INCOMING_DEPTH_MAX 32		      /* the RFC's needs 5 */
#define INCOMING_POLICIES_MAX 1000
#define INCOMING_DETAILS_MAX 100000 /* of all policies */
#define INCOMING_STRINGS_MAX 16384  /* of all policies */
#define INCOMING_TEXT_MAX 1024	    /* bytes of any other text */

/* -- distinct things a day. Past a ceiling sessions are counted under a coarser
 * name (docs/architecture.md, "Bounded"), never dropped. -- */

#define DAY_THINGS_MAX 4000000	       /* of all kinds together */
#define DAY_DOMAINS_MAX 1000000	       /* policy domains */
#define DOMAIN_RECORDS_MAX 16	       /* rua sets of a domain */
#define RECORD_POLICIES_MAX 512	       /* policies of a rua set */
#define POLICY_DETAILS_MAX 4096	       /* failure details of a policy */
#define REPORT_POLICY_DETAILS_MAX 1000 /* the same in one report */
#define REPORT_DETAILS_MAX 10000       /* of all policies of a report */

#endif
