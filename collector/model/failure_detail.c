#include "model/failure_detail.h"

struct failure_detail
failure_detail_fold(const struct failure_detail *d, enum detail_level level)
{
	struct failure_detail folded = *d;

	if (level >= DETAIL_NO_HELO)
		folded.helo = folded.info = SPAN_LIT("");
	if (level >= DETAIL_NO_REASON)
		folded.reason = SPAN_LIT("");
	if (level >= DETAIL_TYPE)
		folded.sending_ip = folded.receiving_ip = folded.mx_hostname =
		    SPAN_LIT("");
	return folded;
}

int
failure_detail_cmp(const struct failure_detail *a,
    const struct failure_detail *b)
{
	int c = (a->type > b->type) - (a->type < b->type);

	if (c == 0)
		c = span_cmp(a->sending_ip, b->sending_ip);
	if (c == 0)
		c = span_cmp(a->mx_hostname, b->mx_hostname);
	if (c == 0)
		c = span_cmp(a->receiving_ip, b->receiving_ip);
	if (c == 0)
		c = span_cmp(a->reason, b->reason);
	if (c == 0)
		c = span_cmp(a->helo, b->helo);
	return c == 0 ? span_cmp(a->info, b->info) : c;
}
