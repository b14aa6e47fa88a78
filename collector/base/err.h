/* base/err.h -- one error type for every function that can fail. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* What went wrong, by what the caller can do about it. */
enum err {
	E_OK = 0,
	E_NOMEM,     /* out of memory */
	E_SYNTAX,    /* the input is malformed */
	E_RANGE,     /* the input is past a named ceiling */
	E_ABSENT,    /* what was asked for is not there */
	E_EXISTS,    /* what was to be made is there already */
	E_DENIED,    /* not permitted */
	E_IO,	     /* a system call failed */
	E_FULL,	     /* no space left */
	E_BUSY,	     /* somebody else holds it: try again */
	E_AWAY,	     /* the store cannot be reached: try again */
	E_CONFLICT,  /* somebody else changed it: start over from what is there
		      */
	E_UNCERTAIN, /* a write that may have happened: read it back */
	E_DAMAGED, /* what is stored cannot be read: a person has to mend it */
	E_VERSION, /* written by a newer program, or not ours at all */
	E_USAGE,   /* command line or configuration */
};

#define WHY_MAX 512

/* One line for a person beside the code. Starts as { { 0 } }; the first
 * reason set stays, so that the cause is not covered by what followed. */
struct why {
	char text[WHY_MAX];
};

/* Set the reason unless there is one; why may be NULL. Returns e. */
enum err why_set(struct why *why, enum err e, const char *fmt, ...)
    PRINTF(3, 4);

/* The same with ": " and the text of errno appended. Returns what errno means:
 * E_FULL, E_DENIED, E_ABSENT, E_EXISTS, E_NOMEM, E_BUSY, E_RANGE or else E_IO.
 */
enum err why_errno(struct why *why, const char *fmt, ...) PRINTF(2, 3);

/* Constant lower-case words for e: "out of memory". */
const char *err_text(enum err e);

#endif
