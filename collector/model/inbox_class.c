#include "model/inbox_class.h"

#include <assert.h>

#include "base/coded.h"
#include "model/trust.h"

static const struct coded classes[] = {
#define INBOX_CLASS(code, name, text, sentence) { code, text, sentence },
#include "model/inbox_classes.def"
#undef INBOX_CLASS
};

static const struct coded events[] = {
#define INBOX_EVENT(code, name, text, sentence) { code, text, sentence },
#include "model/inbox_events.def"
#undef INBOX_EVENT
};

static enum inbox_class
by_verdict(int64_t verdict)
{
	switch (verdict) {
	case TRUST_AUTHENTICATED:
		return INBOX_CLASS_AUTHENTICATED;
	case TRUST_UNAUTHENTICATED:
		return INBOX_CLASS_UNAUTHENTICATED;
	default:
		return INBOX_CLASS_UNTRUSTED;
	}
}

/* A signature vouches for the first of equal ones alone: anybody may send a
 * signed mail again. */
enum inbox_class
inbox_class_of(enum inbox_state state, int64_t verdict)
{
	switch (state) {
	case INBOX_COUNTED:
	case INBOX_CONTRADICTED:
	case INBOX_IMPLAUSIBLE:
		return by_verdict(verdict);
	case INBOX_UNTRUSTED:
	case INBOX_WAITING:
		return INBOX_CLASS_UNTRUSTED;
	default:
		return INBOX_CLASS_UNUSABLE;
	}
}

enum err
inbox_class_from_code(int64_t code, enum inbox_class *ret)
{
	if (coded_of(CODED_TABLE(classes), code) == NULL)
		return E_ABSENT;
	*ret = (enum inbox_class)code;
	return E_OK;
}

enum err
inbox_event_from_code(int64_t code, enum inbox_event *ret)
{
	if (coded_of(CODED_TABLE(events), code) == NULL)
		return E_ABSENT;
	*ret = (enum inbox_event)code;
	return E_OK;
}

static const struct coded *class_row(enum inbox_class class)
{
	const struct coded *row = coded_of(CODED_TABLE(classes), class);

	assert(row != NULL);
	return row;
}

static const struct coded *
event_row(enum inbox_event event)
{
	const struct coded *row = coded_of(CODED_TABLE(events), event);

	assert(row != NULL);
	return row;
}

const char *inbox_class_text(enum inbox_class class)
{
	return class_row(class)->text;
}

const char *inbox_class_sentence(enum inbox_class class)
{
	return class_row(class)->sentence;
}

const char *
inbox_event_text(enum inbox_event event)
{
	return event_row(event)->text;
}

const char *
inbox_event_sentence(enum inbox_event event)
{
	return event_row(event)->sentence;
}
