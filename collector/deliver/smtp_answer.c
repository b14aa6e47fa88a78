#include "deliver/smtp_answer.h"

#include <sys/wait.h>
#include <sysexits.h>

enum delivery_verdict
smtp_answer_exit(int wait_status)
{
	if (!WIFEXITED(wait_status))
		return VERDICT_RETRY;
	switch (WEXITSTATUS(wait_status)) {
	case EX_OK:
		return VERDICT_ACCEPTED;
	case EX_USAGE: /* an address that it does not take as an argument */
	case EX_DATAERR:
	case EX_NOUSER:
	case EX_NOHOST:
		return VERDICT_GIVE_UP;
	default:
		return VERDICT_RETRY;
	}
}

enum delivery_verdict
smtp_answer_reply(int code)
{
	if (code >= 200 && code <= 299)
		return VERDICT_ACCEPTED;
	return code >= 500 && code <= 599 ? VERDICT_GIVE_UP : VERDICT_RETRY;
}
