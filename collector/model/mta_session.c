#include "model/mta_session.h"

#include <assert.h>

#include "base/coded.h"

static const struct coded rows[] = {
#define TLS_SEEN(code, name, text, sentence) { code, text, sentence },
#include "model/tls_seen.def"
#undef TLS_SEEN
};

enum err
tls_seen_from_code(int64_t code, enum tls_seen *ret)
{
	const struct coded *row = coded_of(CODED_TABLE(rows), code);

	if (row == NULL)
		return E_ABSENT;
	*ret = (enum tls_seen)row->code;
	return E_OK;
}

static const struct coded *
row_of(enum tls_seen tls)
{
	const struct coded *row = coded_of(CODED_TABLE(rows), tls);

	assert(row != NULL);
	return row;
}

const char *
tls_seen_text(enum tls_seen tls)
{
	return row_of(tls)->text;
}

const char *
tls_seen_sentence(enum tls_seen tls)
{
	return row_of(tls)->sentence;
}

enum level
tls_seen_level(enum tls_seen tls, bool went_on)
{
	switch (tls) {
	case TLS_SEEN_VERIFIED:
		return LEVEL_AUTHENTICATED;
	case TLS_SEEN_UNCLAIMED:
	case TLS_SEEN_ENCRYPTED:
		return LEVEL_ENCRYPTED;
	case TLS_SEEN_NOT_VERIFIED:
		return went_on ? LEVEL_ENCRYPTED : LEVEL_NOT_SENT;
	case TLS_SEEN_NOT_TOLD:
	case TLS_SEEN_NONE:
	case TLS_SEEN_OFF:
		return LEVEL_CLEARTEXT;
	case TLS_SEEN_NOT_OFFERED:
	case TLS_SEEN_REFUSED:
	case TLS_SEEN_HANDSHAKE:
		break;
	}
	return went_on ? LEVEL_CLEARTEXT : LEVEL_NOT_SENT;
}

bool
tls_seen_is_success(enum tls_seen tls)
{
	return tls == TLS_SEEN_VERIFIED || tls == TLS_SEEN_UNCLAIMED ||
	    tls == TLS_SEEN_ENCRYPTED;
}

bool
tls_seen_is_missing(enum tls_seen tls)
{
	return tls == TLS_SEEN_NONE || tls == TLS_SEEN_NOT_OFFERED ||
	    tls == TLS_SEEN_REFUSED || tls == TLS_SEEN_HANDSHAKE;
}
