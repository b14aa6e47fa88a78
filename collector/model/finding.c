#include "model/finding.h"

#include "base/coded.h"

static const struct coded states[] = {
#define FINDING_STATE(code, name, text, sentence) { code, text, sentence },
#include "model/finding_states.def"
#undef FINDING_STATE
};

static const struct coded conclusions[] = {
#define FINDING_CONCLUSION(code, name, text, sentence) { code, text, sentence },
#include "model/finding_conclusions.def"
#undef FINDING_CONCLUSION
};

static const struct coded severities[] = {
#define FINDING_SEVERITY(code, name, text, sentence) { code, text, sentence },
#include "model/finding_severities.def"
#undef FINDING_SEVERITY
};

static const struct coded confidences[] = {
#define FINDING_CONFIDENCE(code, name, text, sentence) { code, text, sentence },
#include "model/finding_confidences.def"
#undef FINDING_CONFIDENCE
};

static const char *
text_of(struct coded_table table, int64_t code)
{
	const struct coded *row = coded_of(table, code);

	return row == NULL ? "" : row->text;
}

const char *
finding_state_text(int64_t code)
{
	return text_of(CODED_TABLE(states), code);
}

const char *
finding_conclusion_text(int64_t code)
{
	return text_of(CODED_TABLE(conclusions), code);
}

const char *
finding_conclusion_sentence(int64_t code)
{
	const struct coded *row = coded_of(CODED_TABLE(conclusions), code);

	return row == NULL ? "" : row->sentence;
}

const char *
finding_severity_text(int64_t code)
{
	return text_of(CODED_TABLE(severities), code);
}

const char *
finding_confidence_text(int64_t code)
{
	return text_of(CODED_TABLE(confidences), code);
}

enum err
finding_state_from_text(struct span text, enum finding_state *ret)
{
	const struct coded *row = coded_named(CODED_TABLE(states), text);

	if (row == NULL)
		return E_ABSENT;
	*ret = (enum finding_state)row->code;
	return E_OK;
}

enum err
finding_severity_from_text(struct span text, enum finding_severity *ret)
{
	const struct coded *row = coded_named(CODED_TABLE(severities), text);

	if (row == NULL)
		return E_ABSENT;
	*ret = (enum finding_severity)row->code;
	return E_OK;
}

enum err
finding_conclusion_from_text(struct span text, enum finding_conclusion *ret)
{
	const struct coded *row = coded_named(CODED_TABLE(conclusions), text);

	if (row == NULL)
		return E_ABSENT;
	*ret = (enum finding_conclusion)row->code;
	return E_OK;
}
