/* tests/support/datagram.h -- datagrams in tests: their parts, and reading
 * them.
 */
#ifndef TESTS_SUPPORT_DATAGRAM_H
#define TESTS_SUPPORT_DATAGRAM_H

#include "base/buf.h"
#include "codec/datagram_read.h"

/* Parts of datagrams: one policy, one detail of a failed one, all else. */
#define DATAGRAM(d, more, policies) \
	"{\"dpv\": \"1\",\"d\": " d more ",\"policies\":[" policies "]}"
#define POLICIES(policies) DATAGRAM("\"a.example\"", "", policies)
#define POLICY(members) POLICIES("{\"policy-type\":9" members "}")
#define DETAILS(details) POLICY(",\"failure-details\":[" details "],\"f\":1")
#define DETAIL(members) DETAILS("{\"c\":201" members "}")
#define TOP(more) DATAGRAM("\"a.example\"", more, "{\"policy-type\":9,\"f\":0}")

#define U_FFFD "\xef\xbf\xbd" /* the replacement character */

/* Of what was read last. */
extern struct arena arena;
int free_arena(void **state); /* cmocka's teardown of a group */

enum err read_span(struct span datagram, struct session *,
    enum counter *refused);
/* The session, which must be there. Valid until the next call. */
const struct session *read_ok(struct span datagram);
/* Its one policy, and the one failure detail of that. */
const struct session_policy *only_policy(const char *datagram);
const struct failure_detail *only_detail(const char *datagram);

void add_times(struct buf *, const char *, size_t n);

#endif
