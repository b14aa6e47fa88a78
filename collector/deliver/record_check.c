#include "deliver/record_check.h"

static enum record_check
check_uri(const struct tlsrpt_record *record, struct span uri)
{
	for (size_t i = 0; i < record->nrua; i++)
		if (span_eq(record->rua[i].uri, uri))
			return RECORD_ASKS;
	return RECORD_ASKS_OTHERS;
}

enum err
record_check(enum txt_outcome outcome, struct span_list txts, struct span uri,
    struct arena *arena, enum record_check *ret, struct tlsrpt_record *record,
    struct why *why)
{
	struct span txt;
	enum err e;

	*ret = RECORD_UNKNOWN;
	if (outcome == TXT_FAILED || outcome == TXT_ABANDONED)
		return E_OK;
	*ret = RECORD_VANISHED;
	if (outcome == TXT_NONE) {
		(void)why_set(why, E_ABSENT, "there is no TLSRPT record");
		return E_OK;
	}
	e = tlsrpt_record_select(txts, &txt, why);
	if (e == E_OK)
		e = tlsrpt_record_parse(txt, arena, record, why);
	if (e == E_OK)
		*ret = check_uri(record, uri);
	return e == E_NOMEM ? e : E_OK;
}
