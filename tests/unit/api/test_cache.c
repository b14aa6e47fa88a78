#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/cache.h"

#define AGE_NS 1000
#define BYTES_MAX 4000

static struct api_cache *cache;

static int
open_cache(int64_t age_ns)
{
	return api_cache_open(&(const struct api_cache_options){ .age_ns =
								     age_ns,
				  .bytes_max = BYTES_MAX },
		   &cache, NULL) != E_OK;
}

static int
set_up(void **state)
{
	(void)state;
	return open_cache(AGE_NS);
}

static int
tear_down(void **state)
{
	(void)state;
	api_cache_close(cache);
	return 0;
}

static struct api_key
key(unsigned n)
{
	return (struct api_key){ .b = { (unsigned char)n,
				     (unsigned char)(n >> 8) } };
}

/* Where it is; of API_HERE the body's first byte instead. */
static int
find(unsigned n, int64_t now_ns, struct api_job *job)
{
	struct api_answer a = { .body = BUF_INIT(BYTES_MAX) };
	const struct api_key k = key(n);
	enum api_place place = api_cache_find(cache, &k, now_ns, job, &a);
	int ret = (int)place;

	if (place == API_HERE || place == API_RENEW) {
		assert_int_equal(200, a.status);
		assert_string_equal("application/json", a.content_type);
		assert_string_equal("\"tag\"", a.etag);
		assert_string_equal("file.csv", a.file_name);
		if (place == API_HERE)
			ret = a.body.p[0];
	}
	buf_free(&a.body);
	return ret;
}

static void
keep(unsigned n, int64_t since_ns, char first, size_t len,
    struct api_jobs *waiting)
{
	struct api_answer a = { .body = BUF_INIT(BYTES_MAX),
		.status = 200,
		.content_type = "application/json",
		.file_name = "file.csv",
		.etag = "\"tag\"" };
	const struct api_key k = key(n);

	while (a.body.len < len)
		buf_addc(&a.body, first);
	api_cache_keep(cache, &k, since_ns, &a, waiting);
	buf_free(&a.body);
}

static void
test_one_makes_it_and_others_wait(void **state)
{
	struct api_job first, second, third;
	struct api_jobs waiting;

	(void)state;
	assert_int_equal(API_MAKE, find(1, 0, &first));
	assert_int_equal(API_WAIT, find(1, 10, &second));
	assert_int_equal(API_MAKE, find(2, 10, &first));
	assert_int_equal(API_WAIT, find(1, 20, &third));
	keep(1, 0, 'a', 10, &waiting);
	assert_ptr_equal(&second, STAILQ_FIRST(&waiting));
	assert_ptr_equal(&third, STAILQ_NEXT(&second, next));
	assert_null(STAILQ_NEXT(&third, next));
	assert_int_equal('a', find(1, 30, &second));
	keep(2, 0, 'b', 10, &waiting);
	assert_true(STAILQ_EMPTY(&waiting));
}

static void
test_nobody_waits_for_what_is_renewed(void **state)
{
	struct api_jobs waiting;
	struct api_job job;

	(void)state;
	assert_int_equal(API_MAKE, find(1, 0, &job));
	keep(1, 0, 'a', 10, &waiting);
	assert_int_equal('a', find(1, AGE_NS / 2 - 1, &job));
	assert_int_equal(API_RENEW, find(1, AGE_NS / 2, &job));
	assert_int_equal('a', find(1, AGE_NS / 2, &job));
	assert_int_equal('a', find(1, AGE_NS - 1, &job));
	assert_int_equal(API_WAIT, find(1, AGE_NS, &job));
	keep(1, AGE_NS / 2, 'b', 10, &waiting);
	assert_ptr_equal(&job, STAILQ_FIRST(&waiting));
	assert_int_equal('b', find(1, AGE_NS - 1, &job));
}

static void
test_none_is_older_than_the_age(void **state)
{
	struct api_jobs waiting;
	struct api_job job;

	(void)state;
	assert_int_equal(API_MAKE, find(1, 0, &job));
	keep(1, 0, 'a', 10, &waiting);
	assert_int_equal(API_MAKE, find(1, AGE_NS, &job));
	assert_int_equal(API_WAIT, find(1, AGE_NS, &job));
	keep(1, AGE_NS, 'b', 10, &waiting);
}

static void
test_what_failed_is_made_again(void **state)
{
	const struct api_key k = key(1);
	struct api_job first, second;
	struct api_jobs waiting;

	(void)state;
	assert_int_equal(API_MAKE, find(1, 0, &first));
	assert_int_equal(API_WAIT, find(1, 1, &second));
	api_cache_give_up(cache, &k, &waiting);
	assert_ptr_equal(&second, STAILQ_FIRST(&waiting));
	assert_int_equal(API_MAKE, find(1, 2, &second));
	keep(1, 2, 'b', 10, &waiting);
	/* What is there is kept where it could not be made anew. */
	assert_int_equal(API_RENEW, find(1, 2 + AGE_NS / 2, &first));
	api_cache_give_up(cache, &k, &waiting);
	assert_int_equal(API_RENEW, find(1, 3 + AGE_NS / 2, &first));
	assert_int_equal('b', find(1, 3 + AGE_NS / 2, &second));
	api_cache_give_up(cache, &k, &waiting);
}

/* Nine bodies of 500 bytes do not fit into 4,000. */
static void
test_the_last_used_stay(void **state)
{
	struct api_jobs waiting;
	struct api_job job;

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		assert_int_equal(API_MAKE, find(i, 0, &job));
		keep(i, 0, 'a', 500, &waiting);
	}
	assert_int_equal('a', find(0, 1, &job));
	assert_int_equal(API_MAKE, find(8, 1, &job));
	keep(8, 1, 'a', 500, &waiting);
	assert_int_equal('a', find(0, 2, &job));
	assert_int_equal(API_MAKE, find(1, 2, &job));
	keep(1, 2, 'a', BYTES_MAX / 4 + 1, &waiting);
	assert_int_equal(API_MAKE, find(1, 2, &job));
	keep(1, 2, 'a', BYTES_MAX / 4, &waiting);
	assert_int_equal('a', find(1, 2, &job));
}

static void
test_a_thousand_questions_are_not_all_kept(void **state)
{
	struct api_jobs waiting;
	struct api_job job;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		assert_int_equal(API_MAKE, find(i, 0, &job));
		keep(i, 0, 'a', 1, &waiting);
	}
	assert_int_equal('a', find(999, 1, &job));
	assert_int_equal('a', find(1000 - 256 + 1, 1, &job));
	assert_int_equal(API_MAKE, find(0, 1, &job));
	keep(0, 1, 'a', 1, &waiting);
}

static void
test_without_an_age_each_is_made(void **state)
{
	struct api_jobs waiting;
	struct api_job job;

	(void)state;
	api_cache_close(cache);
	assert_int_equal(0, open_cache(0));
	for (int i = 0; i < 2; i++)
		assert_int_equal(API_MAKE, find(1, 0, &job));
	for (int i = 0; i < 2; i++) {
		keep(1, 0, 'a', 10, &waiting);
		assert_true(STAILQ_EMPTY(&waiting));
	}
	assert_int_equal(API_MAKE, find(1, 0, &job));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_one_makes_it_and_others_wait),
		TEST(test_nobody_waits_for_what_is_renewed),
		TEST(test_none_is_older_than_the_age),
		TEST(test_what_failed_is_made_again),
		TEST(test_the_last_used_stay),
		TEST(test_a_thousand_questions_are_not_all_kept),
		TEST(test_without_an_age_each_is_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
