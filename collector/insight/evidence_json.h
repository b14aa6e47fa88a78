/* insight/evidence_json.h -- the evidence of a finding as it is kept: JSON. */
#ifndef INSIGHT_EVIDENCE_JSON_H
#define INSIGHT_EVIDENCE_JSON_H

#include "codec/json_write.h"
#include "insight/found.h"

/* The rows as an array. */
MUST_CHECK enum err evidence_write(const struct found *, struct buf *out);

/* What evidence_write wrote, as a member of another document. */
void evidence_put(struct json_out *, const char *key, struct span evidence);

#endif
