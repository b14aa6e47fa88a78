#include "model/delivery_state.h"

#include <assert.h>

#include "base/coded.h"

static const struct coded states[] = {
#define DELIVERY_STATE(code, name, text, sentence) { code, text, sentence },
#include "model/delivery_states.def"
#undef DELIVERY_STATE
};

static enum err
found(const struct coded *row, enum delivery_state *ret)
{
	if (row == NULL)
		return E_ABSENT;
	*ret = (enum delivery_state)row->code;
	return E_OK;
}

enum err
delivery_state_from_code(int64_t code, enum delivery_state *ret)
{
	return found(coded_of(CODED_TABLE(states), code), ret);
}

enum err
delivery_state_from_text(struct span text, enum delivery_state *ret)
{
	return found(coded_named(CODED_TABLE(states), text), ret);
}

static const struct coded *
row_of(enum delivery_state state)
{
	const struct coded *row = coded_of(CODED_TABLE(states), state);

	assert(row != NULL);
	return row;
}

const char *
delivery_state_text(enum delivery_state state)
{
	return row_of(state)->text;
}

const char *
delivery_state_sentence(enum delivery_state state)
{
	return row_of(state)->sentence;
}
