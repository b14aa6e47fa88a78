#include "model/alert.h"

#include "base/coded.h"

static const struct coded events[] = {
#define ALERT_EVENT(code, name, text, sentence) { code, text, sentence },
#include "model/alert_events.def"
#undef ALERT_EVENT
};

static const struct coded states[] = {
#define ALERT_STATE(code, name, text, sentence) { code, text, sentence },
#include "model/alert_states.def"
#undef ALERT_STATE
};

const char *
alert_event_text(int64_t code)
{
	const struct coded *row = coded_of(CODED_TABLE(events), code);

	return row == NULL ? "" : row->text;
}

const char *
alert_event_sentence(int64_t code)
{
	const struct coded *row = coded_of(CODED_TABLE(events), code);

	return row == NULL ? "" : row->sentence;
}

const char *
alert_state_text(int64_t code)
{
	const struct coded *row = coded_of(CODED_TABLE(states), code);

	return row == NULL ? "" : row->text;
}

enum err
alert_state_from_text(struct span text, enum alert_state *ret)
{
	const struct coded *row = coded_named(CODED_TABLE(states), text);

	if (row == NULL)
		return E_ABSENT;
	*ret = (enum alert_state)row->code;
	return E_OK;
}
