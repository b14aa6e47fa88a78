/* Order, repetition and case of a policy's strings change no key; a list that
 * was joined for the store splits into itself. The input is a list, a line an
 * element; its first byte says of what type the policy is. */
#include "fuzz/fuzz.h"

#include "base/ascii.h"
#include "codec/canonical.h"
#include "codec/lines.h"

#define LIST_MAX 64
#define SCRATCH_MAX (4 << 20)

static void
check_lines(struct span_list list)
{
	struct arena arena = ARENA_INIT(SCRATCH_MAX);
	struct buf text = BUF_INIT(1 << 20);
	struct span_list back;

	lines_join(&text, list);
	assert(text.err == E_OK);
	assert(lines_equal(buf_span(&text), list));
	assert(lines_split(buf_span(&text), &arena, &back) == E_OK);
	assert(back.n == list.n);
	for (size_t i = 0; i < list.n; i++)
		assert(span_eq(list.v[i], back.v[i]));
	/* One element less is another list. */
	if (list.n > 0)
		assert(!lines_equal(buf_span(&text),
		    (struct span_list){ list.v, list.n - 1 }));
	arena_free(&arena);
	buf_free(&text);
}

static void
add_policy(struct buf *out, enum policy_type type, struct span_list list)
{
	struct arena scratch = ARENA_INIT(SCRATCH_MAX);
	struct policy p = { .type = type, .strings = list };

	assert(canonical_policy(out, &p, &scratch) == E_OK);
	assert(out->err == E_OK);
	arena_free(&scratch);
}

/* Backwards, the first once more, all letters in lower case. */
static struct span_list
disguise(struct span_list list, struct arena *arena)
{
	struct span_list other = {
		arena_alloc(arena, (list.n + 1) * sizeof(*list.v)), 0
	};

	for (size_t i = list.n; i-- > 0;) {
		char *p = arena_alloc(arena, list.v[i].len + 1);

		for (size_t k = 0; k < list.v[i].len; k++)
			p[k] = ascii_lower(list.v[i].p[k]);
		other.v[other.n++] = (struct span){ p, list.v[i].len };
	}
	if (list.n > 0) {
		other.v[other.n] = other.v[list.n - 1];
		other.n++;
	}
	return other;
}

static bool
consists_of(struct span s, const char *set)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_one_of(s.p[i], set))
			return false;
	return s.len > 0;
}

/* "U S M HEX": other texts keep their case. */
static bool
is_record(struct span rest)
{
	for (int i = 0; i < 3; i++) {
		struct span number = span_until(&rest, ' ');

		if (number.len > 3 || !consists_of(number, "0123456789"))
			return false;
	}
	return consists_of(rest, "0123456789ABCDEF");
}

static bool
all_are_records(struct span_list set)
{
	for (size_t i = 0; i < set.n; i++)
		if (!is_record(set.v[i]))
			return false;
	return true;
}

static void
check_tlsa_set(struct span_list list, bool *ret_records)
{
	struct arena arena = ARENA_INIT(SCRATCH_MAX);
	struct span_list set, again;

	assert(canonical_tlsa_set(list, &arena, &set) == E_OK);
	assert(set.n <= list.n);
	for (size_t i = 1; i < set.n; i++)
		assert(span_cmp(set.v[i - 1], set.v[i]) < 0);
	assert(canonical_tlsa_set(set, &arena, &again) == E_OK);
	assert(again.n == set.n);
	for (size_t i = 0; i < set.n; i++)
		assert(span_eq(set.v[i], again.v[i]));
	*ret_records = all_are_records(set);
	arena_free(&arena);
}

static void
check_policy(enum policy_type type, struct span_list list)
{
	struct arena arena = ARENA_INIT(SCRATCH_MAX);
	struct buf a = BUF_INIT(1 << 20), b = BUF_INIT(1 << 20);

	add_policy(&a, type, list);
	add_policy(&b, type, disguise(list, &arena));
	assert(span_eq(buf_span(&a), buf_span(&b)));
	arena_free(&arena);
	buf_free(&a);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = { (const char *)data, size }, v[LIST_MAX];
	struct span_list list = { v, 0 };
	bool records;

	if (size == 0 || size > 65536)
		return 0;
	rest = span_skip(rest, 1);
	while (rest.len > 0 && list.n < LIST_MAX)
		list.v[list.n++] = span_until(&rest, '\n');
	check_lines(list);
	check_tlsa_set(list, &records);
	if (data[0] % 2 == 0)
		check_policy(POLICY_STS, list);
	else if (records)
		check_policy(POLICY_TLSA, list);
	return 0;
}
