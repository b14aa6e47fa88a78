#include "codec/dkim_fields.h"

#include <assert.h>

#include "codec/dkim_tags.h"
#include "model/limits.h"

/* header->n: there is none left. */
static size_t
choose(const struct mime_header *header, const bool *chosen, struct span name)
{
	for (size_t i = header->n; i-- > 0;)
		if (!chosen[i] && span_eq_nocase(header->v[i].name, name))
			return i;
	return header->n;
}

void
dkim_fields_add(enum dkim_canonical way, const struct mime_header *header,
    const struct mime_field *own, struct span names, struct buf *out)
{
	bool chosen[MIME_FIELDS_MAX] = { false };

	assert(header->n <= MIME_FIELDS_MAX);
	if (own != NULL)
		chosen[own - header->v] = true;
	while (names.len > 0) {
		size_t i = choose(header, chosen, dkim_take_word(&names));

		if (i == header->n)
			continue;
		chosen[i] = true;
		dkim_canonical_field(way, header->v[i].raw, out);
		buf_adds(out, "\r\n");
	}
}

bool
dkim_fields_name(struct span names, const char *name)
{
	while (names.len > 0)
		if (span_eq_nocase(dkim_take_word(&names), span_str(name)))
			return true;
	return false;
}
