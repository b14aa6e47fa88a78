#include "model/result_type.h"

#include <assert.h>

static const struct {
	enum result_type type;
	struct span text;
	const char *sentence;
} types[] = {
#define RESULT_TYPE(code, name, text, section, sentence) \
	{ RESULT_##name, { text, sizeof(text) - 1 }, sentence },
#include "tlsrpt_result_types.def"
#undef RESULT_TYPE
};

#define NTYPES (sizeof(types) / sizeof(types[0]))

bool
result_type_at(size_t i, enum result_type *ret)
{
	if (i >= NTYPES)
		return false;
	*ret = types[i].type;
	return true;
}

enum err
result_type_from_code(long long code, enum result_type *ret)
{
	for (size_t i = 0; i < NTYPES; i++)
		if ((long long)types[i].type == code) {
			*ret = types[i].type;
			return E_OK;
		}
	return E_ABSENT;
}

enum err
result_type_from_text(struct span text, enum result_type *ret)
{
	for (size_t i = 0; i < NTYPES; i++)
		if (span_eq(types[i].text, text)) {
			*ret = types[i].type;
			return E_OK;
		}
	return E_ABSENT;
}

static size_t
row(enum result_type type)
{
	size_t i = 0;

	while (i < NTYPES && types[i].type != type)
		i++;
	assert(i < NTYPES);
	return i;
}

const char *
result_type_text(enum result_type type)
{
	return types[row(type)].text.p;
}

const char *
result_type_sentence(enum result_type type)
{
	return types[row(type)].sentence;
}
