#include "model/inbox_state.h"

#include <assert.h>

#include "base/coded.h"

static const struct coded states[] = {
#define INBOX_STATE(code, name, text, sentence) { code, text, sentence },
#include "model/inbox_states.def"
#undef INBOX_STATE
};

static enum err
found(const struct coded *row, enum inbox_state *ret)
{
	if (row == NULL)
		return E_ABSENT;
	*ret = (enum inbox_state)row->code;
	return E_OK;
}

enum err
inbox_state_from_code(int64_t code, enum inbox_state *ret)
{
	return found(coded_of(CODED_TABLE(states), code), ret);
}

enum err
inbox_state_from_text(struct span text, enum inbox_state *ret)
{
	return found(coded_named(CODED_TABLE(states), text), ret);
}

static const struct coded *
row_of(enum inbox_state state)
{
	const struct coded *row = coded_of(CODED_TABLE(states), state);

	assert(row != NULL);
	return row;
}

const char *
inbox_state_text(enum inbox_state state)
{
	return row_of(state)->text;
}

const char *
inbox_state_sentence(enum inbox_state state)
{
	return row_of(state)->sentence;
}
