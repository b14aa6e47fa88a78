#include "codec/report_name.h"

#include "base/clock.h"

void
report_name(struct buf *out, struct span submitter, struct span domain,
    int64_t day, struct span id)
{
	buf_addf(out, "%.*s!%.*s!%lld!%lld!%.*s.json.gz", SPAN_ARG(submitter),
	    SPAN_ARG(domain), (long long)day_start_s(day),
	    (long long)day_end_s(day), SPAN_ARG(id));
}
