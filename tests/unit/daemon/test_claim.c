/* Who is taken for the collector, with a clock of its own; SQLite. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "daemon/claim.h"

#define WALL_NS (INT64_C(1795300000) * NS_PER_S)

struct fixture {
	char folder[256], copy[300], url[300];
	struct clock clock;
	int64_t mono_ns;
	struct store *store;
	struct position first;
};

/* One tlsrptd in a folder. */
struct one {
	struct fixture *f;
	struct identity *identity;
	struct claim *claim;
	struct position at;
};

static int64_t
wall(const struct clock *c)
{
	(void)c;
	return WALL_NS;
}

static int64_t
mono(const struct clock *c)
{
	return ((struct fixture *)c->arg)->mono_ns;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct store_schema schema;

	assert_non_null(f);
	support_mkdtemp(f->folder);
	(void)snprintf(f->url, sizeof(f->url), "sqlite:%s/store.db", f->folder);
	(void)snprintf(f->copy, sizeof(f->copy), "%s/copy", f->folder);
	f->clock = (struct clock){ wall, mono, 0, f };
	f->first = (struct position){ uuid_new(WALL_NS), 1, 0 };
	assert_ok(store_make(f->url, &f->store, NULL));
	assert_ok(store_migrate(f->store, 0, &schema, NULL));
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->store);
	support_rmdir(f->folder);
	free(f);
	return 0;
}

static struct one
start(struct fixture *f, const char *folder)
{
	struct one one = { .f = f };

	assert_ok(identity_open(folder, &f->clock, &one.identity, NULL));
	assert_ok(claim_new(one.identity, &f->clock, &one.claim, NULL));
	return one;
}

static void
end(struct one *one)
{
	claim_free(one->claim);
	identity_free(one->identity);
}

static enum err
make(struct one *one)
{
	return claim_make(one->claim, one->f->store, SPAN_LIT("mx1"),
	    &one->f->first, &one->at, NULL);
}

/* A heartbeat at the time. */
static enum err
beat(struct one *one, int64_t now_s)
{
	const struct flush flush = {
		.collector = *claim_collector(one->claim),
		.claim = claim_text(one->claim),
		.from = one->at,
		.to = one->at,
		.now_s = now_s,
	};

	return store_flush(one->f->store, &flush, NULL);
}

/* Another folder with what the first has now. */
static void
copy_folder(struct fixture *f)
{
	char command[1024];

	(void)snprintf(command, sizeof(command),
	    "mkdir -p '%s' && cp '%s/collector-id' '%s/'", f->copy, f->folder,
	    f->copy);
	assert_int_equal(0, system(command));
}

static void
test_the_same_folder_goes_on_at_once(void **state)
{
	struct fixture *f = *state;
	struct one one = start(f, f->folder);

	assert_ok(make(&one));
	for (int i = 0; i < 5; i++) {
		end(&one);
		one = start(f, f->folder);
		assert_ok(make(&one));
		assert_ok(beat(&one, i));
	}
	end(&one);
}

static void
test_one_that_is_silent_is_followed(void **state)
{
	struct fixture *f = *state;
	struct one one = start(f, f->folder), two;

	assert_ok(make(&one));
	copy_folder(f);
	two = start(f, f->copy);
	assert_err(E_BUSY, make(&two));
	f->mono_ns += 60 * NS_PER_S; /* two of its heartbeats */
	assert_err(E_BUSY, make(&two));
	f->mono_ns += 60 * NS_PER_S;
	assert_ok(make(&two));
	assert_err(E_CONFLICT, beat(&one, 1));
	claim_doubt(one.claim);
	assert_err(E_CONFLICT, make(&one));
	end(&one);
	end(&two);
}

static void
test_one_that_ended_is_followed_at_once(void **state)
{
	struct fixture *f = *state;
	struct one one = start(f, f->folder), two;

	assert_ok(make(&one));
	claim_end(one.claim, f->store);
	end(&one);
	copy_folder(f);
	two = start(f, f->copy);
	assert_ok(make(&two));
	end(&two);
}

static void
test_one_that_runs_is_not(void **state)
{
	struct fixture *f = *state;
	struct one one = start(f, f->folder), two;

	assert_ok(make(&one));
	copy_folder(f);
	two = start(f, f->copy);
	assert_err(E_BUSY, make(&two));
	assert_ok(beat(&one, 30));
	assert_err(E_CONFLICT, make(&two));
	f->mono_ns += 1000 * NS_PER_S;
	assert_err(E_CONFLICT, make(&two));
	end(&two);
	/* Nor by another start, when the first has ended. */
	claim_end(one.claim, f->store);
	two = start(f, f->copy);
	assert_err(E_CONFLICT, make(&two));
	assert_ok(
	    store_collector_forget(f->store, claim_collector(two.claim), NULL));
	assert_ok(make(&two));
	end(&one);
	end(&two);
}

static void
test_a_store_that_was_put_back(void **state)
{
	struct fixture *f = *state;
	struct one one = start(f, f->folder);
	char command[1024];

	assert_ok(make(&one));
	end(&one);
	(void)snprintf(command, sizeof(command),
	    "cd '%s' && for n in store.db*; do cp $n old-$n; done", f->folder);
	store_close(f->store);
	assert_int_equal(0, system(command));
	assert_ok(store_open(f->url, &f->store, NULL));
	for (int i = 0; i < 3; i++) {
		one = start(f, f->folder);
		assert_ok(make(&one));
		end(&one);
	}
	store_close(f->store);
	(void)snprintf(command, sizeof(command),
	    "cd '%s' && for n in old-*; do mv $n ${n#old-}; done", f->folder);
	assert_int_equal(0, system(command));
	assert_ok(store_open(f->url, &f->store, NULL));
	one = start(f, f->folder);
	assert_ok(make(&one));
	end(&one);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_same_folder_goes_on_at_once),
		TEST(test_one_that_is_silent_is_followed),
		TEST(test_one_that_ended_is_followed_at_once),
		TEST(test_one_that_runs_is_not),
		TEST(test_a_store_that_was_put_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
