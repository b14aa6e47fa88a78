#include "model/result_advice.h"

#include <assert.h>

#define RESULT_TYPE(code, name, text, section, sentence) \
	static const char section_##name[] = section;
#include "tlsrpt_result_types.def"
#undef RESULT_TYPE

static const struct {
	enum result_type type;
	struct result_advice advice;
} rows[] = {
#define RESULT_ADVICE(name, meaning, causes, next) \
	{ RESULT_##name, { meaning, causes, next, section_##name } },
#include "model/result_advice.def"
#undef RESULT_ADVICE
};

#define NROWS (sizeof(rows) / sizeof(rows[0]))

const struct result_advice *
result_advice(enum result_type type)
{
	size_t i = 0;

	while (i < NROWS && rows[i].type != type)
		i++;
	assert(i < NROWS);
	return &rows[i].advice;
}
