/* codec/datagram_read.h -- a libtlsrpt datagram, version 1, to a session
 * (docs/datagram.md). Pure. */
#ifndef CODEC_DATAGRAM_READ_H
#define CODEC_DATAGRAM_READ_H

#include "base/arena.h"
#include "base/err.h"
#include "model/counters.h"
#include "model/session.h"

/* Arena room that any datagram under DATAGRAM_MAX can be read with. */
#define DATAGRAM_ARENA_MAX (8 * 1024 * 1024)

/* Read one datagram: untrusted bytes, which stay where they are while the
 * session is in use, as does the arena. Broken structure is refused:
 * *ret_refused tells as what to count it. Free text never is: it is repaired or
 * cut, and the session's marks say so, because what an attacker can write (the
 * EHLO reply of a stripped session) must not hide the session.
 *
 * On E_OK the session's names and addresses are in their one spelling and its
 * texts are well-formed UTF-8 within their ceilings. E_SYNTAX, E_RANGE,
 * E_VERSION; ret is then unspecified. */
MUST_CHECK enum err datagram_read(struct span datagram, struct arena *,
    struct session *ret, enum counter *ret_refused, struct why *why);

#endif
