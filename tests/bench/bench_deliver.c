/* bench_deliver.c -- from deliveries that wait in SQLite to sinks on this
 * machine that take them, by the real roles report and deliver. An argument
 * names one part. */
#include <string.h>

#include "deliver.h"

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*measure)(void);
	} parts[] = {
		{ "mails", deliver_mails },
		{ "kept", deliver_posts_kept },
		{ "new", deliver_posts_new },
		{ "queue", deliver_queue },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (argc < 2 || strcmp(argv[1], parts[i].name) == 0)
			parts[i].measure();
	return 0;
}
