#include "support/test.h"

#include "support/datagram.h"

struct arena arena = ARENA_INIT(DATAGRAM_ARENA_MAX);

int
free_arena(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

enum err
read_span(struct span datagram, struct session *s, enum counter *refused)
{
	struct why why = { { 0 } };
	enum err e;

	arena_reset(&arena);
	*refused = NCOUNTERS;
	e = datagram_read(datagram, &arena, s, refused, &why);
	assert_int_equal(e == E_OK, why.text[0] == '\0');
	assert_int_equal(e == E_OK, *refused == NCOUNTERS);
	return e;
}

const struct session *
read_ok(struct span datagram)
{
	static struct session s;
	enum counter refused;

	assert_ok(read_span(datagram, &s, &refused));
	return &s;
}

const struct session_policy *
only_policy(const char *datagram)
{
	const struct session *s = read_ok(span_str(datagram));

	assert_int_equal(1, s->npolicies);
	return &s->policies[0];
}

const struct failure_detail *
only_detail(const char *datagram)
{
	const struct session_policy *p = only_policy(datagram);

	assert_int_equal(1, p->ndetails);
	return &p->details[0];
}

void
add_times(struct buf *text, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_adds(text, s);
}
