#include "model/policy.h"

#include <assert.h>

static const struct {
	enum policy_type type;
	const char *text;
} types[] = {
#define POLICY_TYPE(code, name, text) { POLICY_##name, text },
#include "tlsrpt_policy_types.def"
#undef POLICY_TYPE
};

#define NTYPES (sizeof(types) / sizeof(types[0]))

enum err
policy_type_from_code(long long code, enum policy_type *ret)
{
	for (size_t i = 0; i < NTYPES; i++)
		if ((long long)types[i].type == code) {
			*ret = types[i].type;
			return E_OK;
		}
	return E_ABSENT;
}

enum err
policy_type_from_text(struct span text, enum policy_type *ret)
{
	for (size_t i = 0; i < NTYPES; i++)
		if (span_eq(span_str(types[i].text), text)) {
			*ret = types[i].type;
			return E_OK;
		}
	return E_ABSENT;
}

const char *
policy_type_text(enum policy_type type)
{
	size_t i = 0;

	while (i < NTYPES && types[i].type != type)
		i++;
	assert(i < NTYPES);
	return types[i].text;
}
