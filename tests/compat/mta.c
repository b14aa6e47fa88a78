#include "support/test.h"

#include "mta.h"

#include <stdlib.h>

int
mta_setup(void **state)
{
	struct mta *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	receiver_open(&m->r);
	assert_int_equal(0, tlsrpt_open(&m->con, m->r.path));
	assert_non_null(m->con);
	*state = m;
	return 0;
}

int
mta_teardown(void **state)
{
	struct mta *m = *state;

	if (m->dr != NULL)
		(void)tlsrpt_cancel_delivery_request(&m->dr);
	if (m->con != NULL)
		(void)tlsrpt_close(&m->con);
	receiver_close(&m->r);
	free(m);
	return 0;
}

void
mta_begin(struct mta *m)
{
	assert_null(m->dr);
	assert_int_equal(0,
	    tlsrpt_init_delivery_request(&m->dr, m->con, MTA_DOMAIN,
		MTA_RECORD));
	assert_non_null(m->dr);
}

void
mta_finish(struct mta *m)
{
	assert_int_equal(0, tlsrpt_finish_delivery_request(&m->dr));
	assert_null(m->dr);
}

void
mta_send_least(struct mta *m)
{
	mta_begin(m);
	assert_int_equal(0,
	    tlsrpt_init_policy(m->dr, TLSRPT_NO_POLICY_FOUND, NULL));
	assert_int_equal(0, tlsrpt_finish_policy(m->dr, TLSRPT_FINAL_SUCCESS));
	mta_finish(m);
}
