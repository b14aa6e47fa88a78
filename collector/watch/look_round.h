/* watch/look_round.h -- what domains of ours publish is looked at, some domains
 * at a time, and their history follows. */
#ifndef WATCH_LOOK_ROUND_H
#define WATCH_LOOK_ROUND_H

#include "base/clock.h"
#include "config/config.h"
#include "store/store.h"
#include "watch/published.h"

/* A round of so many domains each two seconds is 36,000 an hour. A round
 * begins no other domain once it has taken so long. */
#define LOOK_DOMAINS_MAX 20
#define LOOK_ROUND_MS 10000
#define LOOK_CONNECTION_MS 10000 /* of one to a policy host or MX host */

struct look_round {
	struct store *store;
	const struct config *config;
	const struct clock *clock;
	bool (*is_over)(void); /* nobody waits any more */
};

/* What is due, if anything is to be looked at. What changed is logged. Nothing
 * of the store is held while DNS or a server is waited for. E_USAGE: name
 * servers, or watch.ca_file; as for the store. */
MUST_CHECK enum err look_round_run(const struct look_round *, struct why *why);

/* As the configuration has them: the name servers; and all options but those of
 * connecting to MX hosts and the resolver. E_USAGE, E_IO, E_NOMEM. */
MUST_CHECK enum err look_resolver(const struct look_round *,
    struct resolver **ret, struct why *why);
void look_options(const struct look_round *, struct published_options *ret);

#endif
