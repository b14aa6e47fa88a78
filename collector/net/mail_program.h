/* net/mail_program.h -- hands a message to a sendmail program, as Postfix, Exim
 * and msmtp have one. */
#ifndef NET_MAIL_PROGRAM_H
#define NET_MAIL_PROGRAM_H

#include "base/program.h"

/* Nothing of it has to stay after the call. */
struct mail_program_call {
	/* The program's absolute path, what the operator wants before our
	 * arguments, NULL. */
	const char *const *command;
	struct span sender; /* of the envelope; empty: the null sender <> */
	struct span recipient;
	struct span message; /* copied; lines may end in CRLF or LF */
	int64_t timeout_ns;
};

/* Run "COMMAND -i -f SENDER -- RECIPIENT" with the message as its input. Lines
 * end in LF there: no sendmail program minds, and whoever sends it on makes
 * them CRLF again. E_SYNTAX an address that model/address.h does not take, else
 * as program_start. */
MUST_CHECK enum err mail_program_start(const struct mail_program_call *,
    int64_t now_ns, struct program **ret, struct why *why);

#endif
