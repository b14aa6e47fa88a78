/* deliver/http_answer.h -- what an HTTP status says about a report, s5.4.
 * Pure. */
#ifndef DELIVER_HTTP_ANSWER_H
#define DELIVER_HTTP_ANSWER_H

#include "deliver/verdict.h"

/* status as it came: any number, 0 if there was none. */
enum delivery_verdict http_answer_verdict(long status);

#endif
