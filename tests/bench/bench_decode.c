/* bench_decode.c -- a datagram's bytes to a session whose meaning is checked.
 * The limit is our own reader that looks at nothing but JSON's grammar; jansson
 * is there to show what a tree for each datagram would cost. */
#include <jansson.h>

#include "codec/datagram_read.h"
#include "codec/json_read.h"
#include "corpus.h"
#include "measure.h"

#define DATAGRAMS 100000
#define DOMAINS 1000
#define ROUNDS 9
#define JANSSON_EVERY 10

static void
read_grammar(struct span datagram, struct arena *arena)
{
	struct json_reader j;

	arena_reset(arena);
	json_read_begin(&j, datagram, arena, JSON_DEPTH_MAX, true);
	json_read_skip(&j);
	if (json_read_end(&j, NULL) != E_OK)
		bench_fail("a datagram is not JSON");
}

static void
read_meaning(struct span datagram, struct arena *arena)
{
	struct session session;
	enum counter refused;

	arena_reset(arena);
	if (datagram_read(datagram, arena, &session, &refused, NULL) != E_OK)
		bench_fail("a datagram is refused");
}

static void
read_tree(struct span datagram, struct arena *arena)
{
	json_t *tree = json_loadb(datagram.p, datagram.len, 0, NULL);

	(void)arena;
	if (tree == NULL)
		bench_fail("jansson refuses a datagram");
	json_decref(tree);
}

/* Nanoseconds each, over every so many-th datagram. */
static double
time_each(const struct corpus *c, size_t every, struct arena *arena,
    void (*read)(struct span, struct arena *))
{
	int64_t start = mono_ns();
	size_t n = 0;

	for (size_t i = 0; i < c->n; i += every, n++)
		read(c->v[i], arena);
	return (double)(mono_ns() - start) / (double)n;
}

int
main(void)
{
	struct corpus c;
	struct arena arena = ARENA_INIT(DATAGRAM_ARENA_MAX);
	struct rounds grammar = { .n = 0 }, meaning = { .n = 0 },
		      tree = { .n = 0 };

	corpus_make(&c, DATAGRAMS, DOMAINS, 1);
	for (int i = 0; i < ROUNDS; i++) {
		rounds_add(&grammar, time_each(&c, 1, &arena, read_grammar));
		rounds_add(&meaning, time_each(&c, 1, &arena, read_meaning));
		rounds_add(&tree,
		    time_each(&c, JANSSON_EVERY, &arena, read_tree));
	}
	figure_print(&(struct figure){ "decode.datagram",
	    rounds_median(&meaning), "ns", rounds_median(&grammar),
	    rounds_ratio(&meaning, &grammar), GOAL_VALUE_AT_MOST, 700 });
	figure_print(&(struct figure){ "decode.jansson", rounds_median(&tree),
	    "ns", rounds_median(&grammar), rounds_ratio(&tree, &grammar),
	    GOAL_NONE, 0 });
	arena_free(&arena);
	corpus_free(&c);
	return 0;
}
