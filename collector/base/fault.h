/* base/fault.h -- what fails again and again is logged when it begins, when
 * it becomes a failure of another kind, and when it ends. */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include "base/err.h"

struct fault {
	const char *what;  /* does not work: a constant text for the log */
	const char *again; /* it works again: the same; NULL: "works again" */
	enum err kind;	   /* of the last attempt */
	unsigned failed;   /* attempts in a row */
};

/* What came of an attempt. A damaged store is said as such, whatever does not
 * work for it. why is not looked at for E_OK. */
void fault_note(struct fault *, enum err, const struct why *why);

#endif
