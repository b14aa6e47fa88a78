/* report/sign_stage.h -- the mails of reports are made and signed (s3, s5.3)
 * here, where the keys are: role deliver has the network and no key. */
#ifndef REPORT_SIGN_STAGE_H
#define REPORT_SIGN_STAGE_H

#include "base/clock.h"
#include "report/signing_key.h"
#include "store/store.h"

struct sign_stage {
	struct store *store;
	const struct clock *clock;
	const struct config *config;
	const struct signing_keys *keys;
};

/* Make all mails that deliveries wait for. One that cannot be made is given up
 * and says why. */
MUST_CHECK enum err sign_stage_run(struct sign_stage *, struct why *why);

#endif
