/* mta.h -- a connection to a receiver and one delivery request on it, for
 * cmocka's setup and teardown. */
#ifndef TESTS_COMPAT_MTA_H
#define TESTS_COMPAT_MTA_H

#include "receiver.h"
#include "tlsrpt.h"

struct mta {
	struct receiver r;
	struct tlsrpt_connection_t *con;
	struct tlsrpt_dr_t *dr; /* NULL until begun, and after the finish */
};

int mta_setup(void **state);
int mta_teardown(void **state);

#define MTA_DOMAIN "a.example"
#define MTA_RECORD "v=TLSRPTv1;rua=mailto:r@a.example"
/* Each call must succeed. mta_begin is for MTA_DOMAIN and MTA_RECORD. */
void mta_begin(struct mta *);
void mta_finish(struct mta *);
/* A whole request, with one policy of type 9. */
void mta_send_least(struct mta *);

/* What the request of mta_begin sends in front of its policies, and the whole
 * of mta_send_least. */
#define MTA_HEAD                                                          \
	"{\"dpv\": \"1\",\"d\": \"" MTA_DOMAIN "\",\"pr\": \"" MTA_RECORD \
	"\",\"policies\":["
#define MTA_LEAST MTA_HEAD "{\"policy-type\":9,\"t\":0,\"f\":0}]}"

#endif
