/* Whatever the bytes, a message is taken apart into views of it, under the
 * ceilings, and no decoding makes more of a part than it had. */
#include "fuzz/fuzz.h"

#include "codec/mime_read.h"
#include "model/limits.h"

static void
check_inside(struct span s, struct span whole)
{
	if (s.len == 0)
		return;
	assert(s.p >= whole.p && s.p + s.len <= whole.p + whole.len);
}

static void
check_parameter(struct span value, const char *name)
{
	struct buf out = BUF_INIT(value.len);
	enum err e = mime_parameter(value, name, &out);

	assert(e == E_OK || e == E_ABSENT);
	assert(e == E_OK || out.len == 0);
	buf_free(&out);
}

static void
check_field(const struct mime_field *f, struct span message)
{
	struct buf out = BUF_INIT(f->value.len);

	check_inside(f->raw, message);
	check_inside(f->name, f->raw);
	check_inside(f->value, f->raw);
	assert(f->name.len > 0 && f->name.p == f->raw.p);
	mime_unfold(f->value, &out);
	assert(out.err == E_OK);
	assert(!span_has(buf_span(&out), '\n'));
	buf_free(&out);
	check_parameter(f->value, "name");
	check_parameter(f->value, "boundary");
}

static void
check_part(const struct mime_part *part, struct span message)
{
	struct buf out = BUF_INIT(part->body.len);
	enum err e;

	for (size_t i = 0; i < part->header.n; i++)
		check_field(&part->header.v[i], message);
	assert(part->type.len > 0 && part->subtype.len > 0);
	check_inside(part->body, message);
	e = mime_decode(part, &out);
	assert((e == E_SYNTAX) == (part->encoding == MIME_OTHER_ENCODING));
	assert(e == E_OK || e == E_SYNTAX);
	buf_free(&out);
}

/* Each stands behind the multipart that it is a part of. */
static void
check_tree(const struct mime *m)
{
	assert(m->n >= 1 && m->n <= MIME_PARTS_MAX && m->v[0].depth == 0);
	for (size_t i = 1; i < m->n; i++) {
		size_t parent = i - 1;

		assert(m->v[i].depth >= 1 && m->v[i].depth <= MIME_DEPTH_MAX);
		while (m->v[parent].depth >= m->v[i].depth)
			parent--;
		assert(m->v[parent].depth == m->v[i].depth - 1);
		assert(m->v[parent].is_multipart);
		check_inside(m->v[i].body, m->v[parent].body);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span message = { (const char *)data, size };
	struct arena arena = ARENA_INIT(1 << 26);
	struct why why = { { 0 } };
	struct mime m;
	enum err e = mime_parse(message, &arena, &m, &why);

	assert(e == E_OK || e == E_RANGE);
	assert((e == E_OK) == (why.text[0] == '\0'));
	if (e == E_OK) {
		check_tree(&m);
		for (size_t i = 0; i < m.n; i++)
			check_part(&m.v[i], message);
	}
	arena_free(&arena);
	return 0;
}
