#include "deliver/http_answer.h"

#include <stddef.h>

/* s5.4 wants "typically 200 or 201" from a receiver and leaves all others to
 * the sender's policy. What is not here may pass: 408, 425, 429 (RFC 9110 s15,
 * RFC 8470 s5.2, RFC 6585 s4), 5xx, and what nobody has heard of. */
static const struct {
	long from, to;
	enum delivery_verdict verdict;
} answers[] = {
	{ 200, 299, VERDICT_ACCEPTED },
	/* A stranger's answer does not choose whom else we talk to. */
	{ 300, 399, VERDICT_GIVE_UP },
	{ 400, 401, VERDICT_GIVE_UP }, /* Bad Request, Unauthorized */
	{ 403, 405, VERDICT_GIVE_UP }, /* Forbidden, Not Found, Method */
	{ 410, 411, VERDICT_GIVE_UP }, /* Gone, Length Required */
	{ 413, 413, VERDICT_GIVE_UP }, /* Content Too Large */
	{ 415, 415, VERDICT_GIVE_UP }, /* Unsupported Media Type */
	{ 422, 422, VERDICT_GIVE_UP }, /* Unprocessable Content */
};

enum delivery_verdict
http_answer_verdict(long status)
{
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		if (status >= answers[i].from && status <= answers[i].to)
			return answers[i].verdict;
	return VERDICT_RETRY;
}
