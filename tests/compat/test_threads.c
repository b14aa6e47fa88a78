/* Threads and processes that send at once, each with objects of its own. */
#include "support/test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "receiver.h"
#include "tlsrpt.h"

#define SENDERS 8
#define EACH 100       /* datagrams a sender */
#define LOST_EACH 2000 /* where nobody reads */

struct sender {
	const char *socket_name;
	struct tlsrpt_connection_t *con; /* NULL: opens one a datagram */
	int number, datagrams, failed;
};

/* Long enough to make the buffer grow, and all of one letter, so that bytes of
 * another would show. */
static void
make_text(char ret[3000], int number)
{
	memset(ret, 'A' + number, 2999);
	ret[2999] = '\0';
}

static int
send_one(struct sender *s, int nth)
{
	struct tlsrpt_connection_t *con = s->con;
	struct tlsrpt_dr_t *dr;
	char domain[32], text[3000];
	int error = 0;

	(void)snprintf(domain, sizeof(domain), "%d.%d", s->number, nth);
	make_text(text, s->number);
	if (con == NULL && (error = tlsrpt_open(&con, s->socket_name)) != 0)
		return error;
	error = tlsrpt_init_delivery_request(&dr, con, domain, "v=TLSRPTv1");
	if (error == 0) {
		(void)tlsrpt_init_policy(dr, TLSRPT_POLICY_STS, NULL);
		(void)tlsrpt_add_mx_host_pattern(dr, "mx");
		(void)tlsrpt_add_policy_string(dr, text);
		(void)tlsrpt_finish_policy(dr, TLSRPT_FINAL_SUCCESS);
		error = tlsrpt_finish_delivery_request(&dr);
	}
	if (s->con == NULL)
		(void)tlsrpt_close(&con);
	return error;
}

/* Asserts are for the first thread only. */
static void *
send_all(void *argument)
{
	struct sender *s = argument;

	for (int i = 0; i < s->datagrams; i++)
		if (send_one(s, i) != 0)
			s->failed++;
	return NULL;
}

/* Each datagram of each sender comes once, whole, and in its sender's order. */
static void
take_all(struct receiver *r)
{
	int next[SENDERS] = { 0 };
	char text[3000], want[4000];

	for (int i = 0; i < SENDERS * EACH; i++) {
		struct span got = receiver_take(r);
		int number;

		if (sscanf(got.p, "{\"dpv\": \"1\",\"d\": \"%d.", &number) != 1)
			fail_msg("not a datagram: %.100s", got.p);
		assert_in_range(number, 0, SENDERS - 1);
		make_text(text, number);
		(void)snprintf(want, sizeof(want),
		    "{\"dpv\": \"1\",\"d\": \"%d.%d\",\"pr\": \"v=TLSRPTv1\","
		    "\"policies\":[{\"policy-type\":2,\"policy-string\":"
		    "[\"%s\"],\"mx-host\":[\"mx\"],\"t\":0,\"f\":0}]}",
		    number, next[number]++, text);
		assert_span(want, got);
	}
	receiver_assert_empty(r);
}

static void
start(pthread_t *threads, struct sender *senders, const char *socket_name,
    int datagrams)
{
	for (int i = 0; i < SENDERS; i++) {
		senders[i] = (struct sender){ .socket_name = socket_name,
			.number = i,
			.datagrams = datagrams };
		assert_int_equal(0,
		    pthread_create(&threads[i], NULL, send_all, &senders[i]));
	}
}

static void
join(pthread_t *threads)
{
	for (int i = 0; i < SENDERS; i++)
		assert_int_equal(0, pthread_join(threads[i], NULL));
}

/* A send that waits for room loses nothing, however short the queue. */
static void
test_threads_that_wait_lose_nothing(void **state)
{
	uint64_t before = tlsrpt_datagrams_lost();
	struct sender senders[SENDERS];
	pthread_t threads[SENDERS];
	struct receiver r;

	(void)state;
	receiver_open(&r);
	tlsrpt_set_blocking();
	start(threads, senders, r.path, EACH);
	take_all(&r);
	join(threads);
	tlsrpt_set_nonblocking();
	for (int i = 0; i < SENDERS; i++)
		assert_int_equal(0, senders[i].failed);
	assert_int_equal(before, tlsrpt_datagrams_lost());
	receiver_close(&r);
}

static void
test_threads_count_every_loss(void **state)
{
	uint64_t before = tlsrpt_datagrams_lost();
	struct sender senders[SENDERS];
	pthread_t threads[SENDERS];

	(void)state;
	start(threads, senders, "/nonexistent/tlsrpt.sock", LOST_EACH);
	join(threads);
	for (int i = 0; i < SENDERS; i++)
		assert_int_equal(LOST_EACH, senders[i].failed);
	assert_int_equal(before + SENDERS * LOST_EACH, tlsrpt_datagrams_lost());
}

/* An MTA that opens first and forks then. */
static void
test_processes_share_a_connection_opened_before(void **state)
{
	struct tlsrpt_connection_t *con;
	pid_t children[SENDERS];
	struct receiver r;
	int status;

	(void)state;
	receiver_open(&r);
	assert_int_equal(0, tlsrpt_open(&con, r.path));
	tlsrpt_set_blocking();
	for (int i = 0; i < SENDERS; i++) {
		struct sender s = { .con = con,
			.number = i,
			.datagrams = EACH };

		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] == 0) {
			(void)send_all(&s);
			_exit(s.failed == 0 ? 0 : 1);
		}
	}
	take_all(&r);
	for (int i = 0; i < SENDERS; i++) {
		assert_int_equal(children[i], waitpid(children[i], &status, 0));
		assert_int_equal(0, status);
	}
	tlsrpt_set_nonblocking();
	assert_int_equal(0, tlsrpt_close(&con));
	receiver_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_processes_share_a_connection_opened_before),
		cmocka_unit_test(test_threads_that_wait_lose_nothing),
		cmocka_unit_test(test_threads_count_every_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
