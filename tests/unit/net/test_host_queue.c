#include "support/test.h"

#include <string.h>

#include "net/host_queue.h"

struct letter {
	struct host_item item; /* first */
	char name;
};

/* Everything that may start now, in order. */
static const char *
start_all(struct host_queue *q)
{
	static char got[32];
	struct host_item *item;
	size_t n = 0;

	while ((item = host_queue_start(q)) != NULL)
		got[n++] = ((struct letter *)item)->name;
	got[n] = '\0';
	return got;
}

/* "a1": letter a waits for host 1. */
static void
push_all(struct host_queue *q, struct letter *letters, const char *spec)
{
	for (size_t i = 0; spec[2 * i] != '\0'; i++) {
		char host[2] = { spec[2 * i + 1], '\0' };

		letters[i].name = spec[2 * i];
		assert_ok(host_queue_push(q, host, &letters[i].item));
	}
}

static void
end_all(struct host_queue *q, struct letter *letters, size_t n)
{
	for (size_t i = 0; i < n; i++)
		host_queue_end(q, &letters[i].item);
}

static void
test_hosts_take_turns(void **state)
{
	struct letter letters[6];
	struct host_queue q;

	(void)state;
	host_queue_init(&q, 10, 10);
	push_all(&q, letters, "a1b1c1d2e2f3");
	assert_string_equal("adfbec", start_all(&q));
	assert_null(host_queue_start(&q));
	end_all(&q, letters, 6);
}

static void
test_a_host_has_its_limit(void **state)
{
	struct letter letters[6];
	struct host_queue q;

	(void)state;
	host_queue_init(&q, 2, 10);
	push_all(&q, letters, "a1b1c1d1e2f2");
	assert_string_equal("aebf", start_all(&q));
	host_queue_end(&q, &letters[1].item);
	assert_string_equal("c", start_all(&q));
	host_queue_end(&q, &letters[4].item);
	assert_string_equal("", start_all(&q));
	host_queue_end(&q, &letters[0].item);
	assert_string_equal("d", start_all(&q));
	end_all(&q, letters + 2, 2);
	host_queue_end(&q, &letters[5].item);
	assert_null(host_queue_start(&q));
}

static void
test_all_have_a_limit(void **state)
{
	struct letter letters[4];
	struct host_queue q;

	(void)state;
	host_queue_init(&q, 2, 3);
	push_all(&q, letters, "a1b2c3d4");
	assert_string_equal("abc", start_all(&q));
	host_queue_end(&q, &letters[1].item);
	assert_string_equal("d", start_all(&q));
	host_queue_end(&q, &letters[0].item);
	end_all(&q, letters + 2, 2);
}

static void
test_a_host_comes_again(void **state)
{
	struct letter letters[2];
	struct host_queue q;

	(void)state;
	host_queue_init(&q, 1, 1);
	for (int i = 0; i < 3; i++) {
		push_all(&q, letters, "a1b2");
		assert_string_equal("a", start_all(&q));
		host_queue_end(&q, &letters[0].item);
		assert_string_equal("b", start_all(&q));
		host_queue_end(&q, &letters[1].item);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts_take_turns),
		cmocka_unit_test(test_a_host_has_its_limit),
		cmocka_unit_test(test_all_have_a_limit),
		cmocka_unit_test(test_a_host_comes_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
