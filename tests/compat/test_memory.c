/* The program's own malloc and free, and each allocation failing in turn. */
#include "support/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mta.h"

/* Exported by libtlsrpt 0.5, declared in no header of it. */
extern void *(*tlsrpt_malloc)(size_t size);
extern void (*tlsrpt_free)(void *ptr);

/* Put in front of each block: the C library's free would not know the address,
 * nor our_free the C library's. */
#define MARK_BYTES 16
#define MARK "libtlsrpt's own"

static int allocations, live;
static size_t largest; /* bytes asked for at once */
static int failing;    /* the how manyth allocation fails; 0: none */

static void *
our_malloc(size_t size)
{
	char *p;

	if (size > largest)
		largest = size;
	if (++allocations == failing)
		return NULL;
	p = malloc(MARK_BYTES + size);
	assert_non_null(p);
	memcpy(p, MARK, MARK_BYTES);
	/* Nothing may count on zeroes. */
	memset(p + MARK_BYTES, 0xa5, size);
	live++;
	return p + MARK_BYTES;
}

static void
our_free(void *ptr)
{
	char *p = ptr;

	if (p == NULL)
		return;
	assert_memory_equal(p - MARK_BYTES, MARK, MARK_BYTES);
	live--;
	free(p - MARK_BYTES);
}

static int
setup(void **state)
{
	allocations = live = failing = 0;
	tlsrpt_set_malloc_and_free(our_malloc, our_free);
	return mta_setup(state);
}

static int
teardown(void **state)
{
	int result;

	failing = 0;
	result = mta_teardown(state);
	tlsrpt_set_malloc_and_free(NULL, NULL);
	return result;
}

/* -- a session of many parts -- */

struct session {
	const char *domain, *text;
	bool stop_at_error; /* and cancel, as Postfix does */
	int first, last;    /* errors: of the first call, of the last */
};

static bool
note(struct session *s, int error)
{
	if (s->first == 0)
		s->first = error;
	return s->first != 0 && s->stop_at_error;
}

static int
add_failure(struct session *s, struct tlsrpt_dr_t *dr)
{
	return tlsrpt_add_delivery_request_failure(dr, TLSRPT_TLSA_INVALID,
	    "192.0.2.1", "mx.a.example", s->text, "192.0.2.2", "more", "why");
}

static bool
add_policy(struct session *s, struct tlsrpt_dr_t *dr)
{
	return note(s, tlsrpt_init_policy(dr, TLSRPT_POLICY_STS, s->text)) ||
	    note(s, tlsrpt_add_policy_string(dr, s->text)) ||
	    note(s, tlsrpt_add_mx_host_pattern(dr, s->text)) ||
	    note(s, add_failure(s, dr)) ||
	    note(s, tlsrpt_finish_policy(dr, TLSRPT_FINAL_FAILURE));
}

/* Not in the order in which the parts stand in the datagram. */
static bool
add_policy_backwards(struct session *s, struct tlsrpt_dr_t *dr)
{
	return note(s, tlsrpt_init_policy(dr, TLSRPT_POLICY_TLSA, NULL)) ||
	    note(s, add_failure(s, dr)) ||
	    note(s, tlsrpt_add_mx_host_pattern(dr, s->text)) ||
	    note(s, tlsrpt_add_policy_string(dr, s->text)) ||
	    note(s, tlsrpt_finish_policy(dr, TLSRPT_FINAL_SUCCESS));
}

static void
run(struct session *s, const char *socket_name)
{
	struct tlsrpt_connection_t *con;
	struct tlsrpt_dr_t *dr;
	bool stopped;

	s->first = s->last = 0;
	(void)note(s, tlsrpt_open(&con, socket_name));
	assert_int_equal(s->first != 0, con == NULL);
	if (con == NULL)
		return;
	(void)note(s,
	    tlsrpt_init_delivery_request(&dr, con, s->domain, MTA_RECORD));
	assert_int_equal(s->first != 0, dr == NULL);
	if (dr != NULL) {
		stopped = add_policy_backwards(s, dr) || add_policy(s, dr);
		s->last = stopped ? tlsrpt_cancel_delivery_request(&dr)
				  : tlsrpt_finish_delivery_request(&dr);
		(void)note(s, s->last);
		assert_null(dr);
	} else {
		s->last = s->first;
	}
	assert_int_equal(0, tlsrpt_close(&con));
	assert_null(con);
}

/* -- tests -- */

static char text[3000];

static int
fill_text(void **state)
{
	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	return 0;
}

static void
test_the_program_s_functions_are_used(void **state)
{
	struct session s = { .domain = "a.example", .text = text };
	struct mta *m = *state;
	int before = live;

	allocations = 0;
	assert_ptr_equal(our_malloc, tlsrpt_malloc);
	assert_ptr_equal(our_free, tlsrpt_free);
	run(&s, m->r.path);
	assert_int_equal(0, s.last);
	/* A connection, a request, and a text that had to grow. */
	assert_true(allocations > 2);
	assert_int_equal(before, live);
	(void)receiver_take(&m->r);
}

static void
test_null_is_the_c_library_s(void **state)
{
	struct session s = { .domain = "a.example", .text = text };
	struct mta *m = *state;

	/* What is open was allocated by ours. */
	assert_int_equal(0, tlsrpt_close(&m->con));
	allocations = 0;
	tlsrpt_set_malloc_and_free(NULL, NULL);
	run(&s, m->r.path);
	assert_int_equal(0, s.last);
	assert_int_equal(0, allocations);
	(void)receiver_take(&m->r);
}

/* Performance of a usual session: its text has room in the request. */
static void
test_a_usual_session_takes_two_allocations(void **state)
{
	struct session s = { .domain = "a.example", .text = "mx.a.example" };
	struct mta *m = *state;

	allocations = 0;
	run(&s, m->r.path);
	assert_int_equal(0, s.last);
	assert_int_equal(2, allocations);
	(void)receiver_take(&m->r);
}

static void
assert_failed_without_memory(struct session *s, struct mta *m, int before)
{
	assert_int_not_equal(0, s->first);
	assert_int_equal(0, tlsrpt_error_code_is_internal(s->first));
	assert_int_equal(ENOMEM, tlsrpt_errno_from_error_code(s->first));
	if (s->last != 0)
		assert_int_equal(s->first, s->last);
	assert_int_equal(before, live);
	receiver_assert_empty(&m->r);
}

static void
test_each_allocation_may_fail(void **state)
{
	struct mta *m = *state;

	for (int stop = 0; stop <= 1; stop++) {
		struct session s = { .domain = "a.example",
			.text = text,
			.stop_at_error = stop == 1 };
		int before = live;

		for (int n = 1;; n++) {
			allocations = 0;
			failing = n;
			run(&s, m->r.path);
			if (allocations < n)
				break;
			assert_failed_without_memory(&s, m, before);
			if (n == 1)
				assert_int_equal(41000 + ENOMEM, s.first);
			if (n == 2)
				assert_int_equal(42000 + ENOMEM, s.first);
		}
		/* None failed any more: it was sent. */
		assert_int_equal(0, s.first);
		(void)receiver_take(&m->r);
		receiver_assert_empty(&m->r);
	}
}

/* The domain gets longer by a byte until each call was the one that found no
 * room. Blocks 31 to 37 are initdr, init policy, string, mx, finish policy,
 * failure, finishdr. */
static void
test_the_code_says_which_call_had_no_memory(void **state)
{
	static const struct session short_one = { .domain = text,
		.text = "mx.a.example" };
	struct mta *m = *state;
	int before = live, seen[50] = { 0 };

	for (size_t n = 1; n < sizeof(text); n++) {
		struct session s = short_one;

		text[n] = '\0';
		allocations = 0;
		failing = 3;
		run(&s, m->r.path);
		text[n] = 'x';
		if (s.first != 0) {
			assert_failed_without_memory(&s, m, before);
			seen[s.first / 1000]++;
		} else {
			(void)receiver_take(&m->r);
		}
	}
	text[sizeof(text) - 1] = '\0';
	for (int block = 31; block <= 37; block++) {
		if (seen[block] == 0)
			fail_msg("no error of block %d000", block);
	}
}

/* A text from outside may not fill the memory of an MTA, if it must fail in the
 * end: no socket takes a datagram of so many bytes. */
#define MOST_BYTES ((size_t)4 << 20)

static void
test_a_text_may_not_fill_the_memory(void **state)
{
	size_t n = MOST_BYTES + 1;
	char *huge = malloc(n + 1);
	struct session s = { .domain = "a.example", .text = huge };
	struct mta *m = *state;
	int before = live;

	assert_non_null(huge);
	memset(huge, 'x', n);
	huge[n] = '\0';
	largest = 0;
	run(&s, m->r.path);
	assert_int_equal(13000 + EMSGSIZE, s.first);
	assert_int_equal(13000 + EMSGSIZE, s.last);
	assert_true(largest <= MOST_BYTES);
	assert_int_equal(before, live);
	s.domain = huge;
	run(&s, m->r.path);
	assert_int_equal(13000 + EMSGSIZE, s.first);
	assert_true(largest <= MOST_BYTES);
	assert_int_equal(before, live);
	free(huge);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_program_s_functions_are_used),
		TEST(test_null_is_the_c_library_s),
		TEST(test_a_usual_session_takes_two_allocations),
		TEST(test_each_allocation_may_fail),
		TEST(test_the_code_says_which_call_had_no_memory),
		TEST(test_a_text_may_not_fill_the_memory),
	};

	return cmocka_run_group_tests(tests, fill_text, NULL);
}
