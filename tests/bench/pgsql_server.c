#include "pgsql_server.h"

#include <stdio.h>
#include <string.h>

#include "measure.h"

/* What it writes: one line, if any. */
static void
command(const char *what, const char *folder, const char *behind, char *ret,
    size_t size)
{
	char line[512];
	FILE *from;

	(void)snprintf(line, sizeof(line),
	    TESTS_DIR "/contract/pgsql %s %s/cluster%s", what, folder, behind);
	from = popen(line, "r");
	if (from == NULL ||
	    (ret != NULL && fgets(ret, (int)size, from) == NULL))
		bench_fail("%s", line);
	if (pclose(from) != 0)
		bench_fail("%s", line);
	if (ret != NULL)
		ret[strcspn(ret, "\n")] = '\0';
}

void
pgsql_server_start(const char *folder)
{
	command("start", folder, "", NULL, 0);
}

void
pgsql_server_stop(const char *folder)
{
	command("stop", folder, "", NULL, 0);
}

void
pgsql_server_url(const char *folder, char *ret, size_t size)
{
	command("with", folder, " echo", ret, size);
}
