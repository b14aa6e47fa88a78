#include "base/random.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/types.h>

enum err
random_bytes(void *ret, size_t n)
{
	char *at = ret;

	while (n > 0) {
		ssize_t got = getrandom(at, n, 0);

		if (got < 0 && errno != EINTR)
			return E_IO;
		if (got > 0) {
			at += got;
			n -= (size_t)got;
		}
	}
	return E_OK;
}
