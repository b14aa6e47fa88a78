#include "model/delivery_state.h"

#include <assert.h>

static const struct {
	enum delivery_state state;
	const char *text, *sentence;
} states[] = {
#define DELIVERY_STATE(code, name, text, sentence) \
	{ DELIVERY_##name, text, sentence },
#include "model/delivery_states.def"
#undef DELIVERY_STATE
};

#define NSTATES (sizeof(states) / sizeof(states[0]))

enum err
delivery_state_from_code(int64_t code, enum delivery_state *ret)
{
	for (size_t i = 0; i < NSTATES; i++)
		if ((int64_t)states[i].state == code) {
			*ret = states[i].state;
			return E_OK;
		}
	return E_ABSENT;
}

enum err
delivery_state_from_text(struct span text, enum delivery_state *ret)
{
	for (size_t i = 0; i < NSTATES; i++)
		if (span_eq(span_str(states[i].text), text)) {
			*ret = states[i].state;
			return E_OK;
		}
	return E_ABSENT;
}

static size_t
row(enum delivery_state state)
{
	size_t i = 0;

	while (i < NSTATES && states[i].state != state)
		i++;
	assert(i < NSTATES);
	return i;
}

const char *
delivery_state_text(enum delivery_state state)
{
	return states[row(state)].text;
}

const char *
delivery_state_sentence(enum delivery_state state)
{
	return states[row(state)].sentence;
}
