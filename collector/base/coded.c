#include "base/coded.h"

const struct coded *
coded_of(struct coded_table table, int64_t code)
{
	for (size_t i = 0; i < table.n; i++)
		if (table.v[i].code == code)
			return &table.v[i];
	return NULL;
}

const struct coded *
coded_named(struct coded_table table, struct span text)
{
	for (size_t i = 0; i < table.n; i++)
		if (span_eq(span_str(table.v[i].text), text))
			return &table.v[i];
	return NULL;
}
