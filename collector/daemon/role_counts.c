#include "daemon/role_counts.h"

#include "base/shared_counts.h"
#include "model/metric.h"

enum place { PLACE_PID, PLACE_STARTED, PLACE_STARTS, NPLACES };

static size_t
at(size_t i, enum place place)
{
	return METRIC_COUNTS + i * NPLACES + (size_t)place;
}

static size_t
index_of(const struct role *role)
{
	size_t i = 0;

	while (role_at(i) != role)
		i++;
	return i;
}

void
role_counts_start(const struct role *role, pid_t pid, int64_t now_s)
{
	size_t i = index_of(role);

	shared_counts_set(at(i, PLACE_PID), (uint64_t)pid);
	shared_counts_set(at(i, PLACE_STARTED), (uint64_t)now_s);
	shared_counts_add(at(i, PLACE_STARTS), 1);
}

void
role_counts_end(const struct role *role)
{
	shared_counts_set(at(index_of(role), PLACE_PID), 0);
}

struct role_counts
role_counts_get(size_t i)
{
	return (struct role_counts){
		.pid = (pid_t)shared_counts_get(at(i, PLACE_PID)),
		.started_s = (int64_t)shared_counts_get(at(i, PLACE_STARTED)),
		.starts = shared_counts_get(at(i, PLACE_STARTS)),
	};
}
