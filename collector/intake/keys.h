/* intake/keys.h -- the DKIM keys that the signatures of some mails name, and
 * what DNS says of each. */
#ifndef INTAKE_KEYS_H
#define INTAKE_KEYS_H

#include "net/txt_answer.h"

/* Mails whose keys are asked for at once; and what all answers may take. */
#define KEYS_MAILS_MAX 32
#define KEYS_ARENA_MAX ((size_t)8 << 20)

/* Until there is an answer, TXT_FAILED. */
struct key {
	struct span name;
	enum txt_outcome outcome;
	enum dnssec dnssec;
	struct span_list txts; /* untrusted bytes */
};

struct keys {
	struct key *v;
	size_t n, room;
	struct arena arena;
};

#define KEYS_INIT ((struct keys){ .arena = ARENA_INIT(KEYS_ARENA_MAX) })
void keys_free(struct keys *);

/* One that is there already is not added twice. E_NOMEM. */
MUST_CHECK enum err keys_add(struct keys *, struct span name);
/* NULL: it was not added. */
const struct key *keys_find(const struct keys *, struct span name);

/* What DNS says. An answer that there is no room for is none. */
void keys_answer(struct keys *, struct key *, const struct txt_answer *);

/* Asks for all of them at once and waits, but only for so long: those that
 * nothing came of stay TXT_FAILED. */
typedef void keys_ask_fn(void *arg, struct keys *);

#endif
