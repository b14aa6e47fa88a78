/* support/one_answer.h -- a server on 127.0.0.1 that says the same to each who
 * connects, whatever he says, and then nothing any more. */
#ifndef TESTS_SUPPORT_ONE_ANSWER_H
#define TESTS_SUPPORT_ONE_ANSWER_H

#include <pthread.h>
#include <stdint.h>

#include "base/span.h"

struct one_answer {
	int fd;
	uint16_t port;
	struct span answer; /* stays the caller's */
	pthread_t thread;
};

void one_answer_start(struct one_answer *, struct span answer);
void one_answer_stop(struct one_answer *);

#endif
