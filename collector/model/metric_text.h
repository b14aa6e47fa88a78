/* model/metric_text.h -- metrics as Prometheus reads them: its text format,
 * version 0.0.4. Pure. */
#ifndef MODEL_METRIC_TEXT_H
#define MODEL_METRIC_TEXT_H

#include "base/buf.h"

#define METRIC_TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"

struct metric_label {
	const char *name, *value; /* value: any text; a NULL name ends a list */
};

/* "# HELP" and "# TYPE", once before the samples of the name.
 *   type  "counter" or "gauge" */
void metric_text_head(struct buf *, const char *name, const char *type,
    const char *help);
void metric_text_sample(struct buf *, const char *name,
    const struct metric_label *, uint64_t value);
/* The same of a number of thousandths. */
void metric_text_milli(struct buf *, const char *name,
    const struct metric_label *, uint64_t milli);

/* All that model/metrics.def has. */
void metric_text_counts(struct buf *);

#endif
