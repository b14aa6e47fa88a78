/* codec/tlsrpt_record.h -- the TLSRPT policy record: who wants reports, s3.
 * Pure. */
#ifndef CODEC_TLSRPT_RECORD_H
#define CODEC_TLSRPT_RECORD_H

#include "base/arena.h"
#include "base/err.h"
#include "model/limits.h"

enum rua_scheme {
	RUA_MAILTO,
	RUA_HTTPS,
};

struct rua {
	enum rua_scheme scheme;
	/* One spelling for each destination, for keys and delivery:
	 * "mailto:" and the percent-decoded addr-spec, the domain in lower
	 * case, without "?subject=…"; or the https URL with scheme and host in
	 * lower case. */
	struct span uri;
};

/* What a strict reader may trip over; the record is used all the same. */
enum record_note {
#define RECORD_NOTE(name, sentence) NOTE_##name,
#include "codec/tlsrpt_record_notes.def"
#undef RECORD_NOTE
	NRECORD_NOTES
};

struct tlsrpt_record {
	struct rua rua[RUA_MAX]; /* sorted, each once */
	size_t nrua;
	/* Of mailto URIs what is no address, so that somebody is told of it:
	 * "mailto:" and the decoded bytes, those that could be taken for
	 * something else percent-encoded, cut to URI_TEXT_MAX. No reader takes
	 * one for a destination. Sorted, each once; with rua RUA_MAX at most.
	 */
	struct span refused[RUA_MAX];
	size_t nrefused;
	unsigned notes; /* bit n: enum record_note n */
};

/* Pick the one record of the TXT records at _smtp._tls.<domain>, the strings of
 * each joined without separator. Those that are no TLSRPTv1 record are passed
 * over. E_ABSENT: none, E_CONFLICT: more than one, so that senders MUST assume
 * that the domain does not implement TLSRPT (s3). */
MUST_CHECK enum err tlsrpt_record_select(struct span_list txts,
    struct span *ret, struct why *why);

/* Parse one record: untrusted bytes. URIs are copied to the arena. ret is left
 * alone on failure but for its notes and what is refused. E_SYNTAX: not
 * v=TLSRPTv1 and fields, E_ABSENT: no usable rua, so nobody to report to;
 * E_NOMEM. */
MUST_CHECK enum err tlsrpt_record_parse(struct span txt, struct arena *,
    struct tlsrpt_record *ret, struct why *why);

/* One URI of a rua field, in the arena. E_SYNTAX: it names no destination, or
 * more than one; E_NOMEM. */
MUST_CHECK enum err tlsrpt_record_uri(struct span uri, struct arena *,
    struct span *ret, struct why *why);

const char *record_note_sentence(enum record_note);

#endif
