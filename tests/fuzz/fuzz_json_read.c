/* Our JSON reader and jansson take the same texts and find the same values. */
#include "fuzz/fuzz.h"

#include <stdio.h>

#include "fuzz/json_tree.h"

/* Passing over a value looks at it as closely as taking it. */
static void
check_skip(struct span text, bool repair, enum err taken)
{
	struct arena scratch = ARENA_INIT((size_t)64 << 20);
	struct json_reader j;

	json_read_begin(&j, text, &scratch, JSON_DEPTH_MAX, repair);
	json_read_skip(&j);
	assert(json_read_end(&j, NULL) == taken);
	arena_free(&scratch);
}

/* What is valid needs no repair and stays the same with it. */
static void
check_repair(struct span text)
{
	struct json_tree t;
	json_t *strict, *repaired;
	enum err e = json_tree_read(text, false, &t, &strict);
	enum err with_repair = json_tree_read(text, true, &t, &repaired);
	char *a, *b;

	check_skip(text, false, e);
	check_skip(text, true, with_repair);
	if (e == E_OK) {
		assert(with_repair == E_OK);
		a = json_tree_dump(strict);
		b = json_tree_dump(repaired);
		assert(strcmp(a, b) == 0);
		free(a);
		free(b);
	}
	json_decref(strict);
	json_decref(repaired);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	const char *difference = json_tree_compare(text);

	if (difference != NULL) {
		(void)fprintf(stderr, "%s\n", difference);
		abort();
	}
	check_repair(text);
	return 0;
}
