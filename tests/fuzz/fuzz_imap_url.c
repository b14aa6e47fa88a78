/* What is taken for a mailbox's URL has all its parts, and no password. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "codec/imap_url.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size };
	struct arena arena = ARENA_INIT((size_t)4 * IMAP_URL_MAX);
	struct why why = { { 0 } };
	struct imap_url u;

	if (imap_url_parse(in, &arena, &u, &why) == E_OK) {
		assert(u.port != 0 && u.user.len > 0 && u.host.len > 0);
		assert(imap_folder_is_valid(u.folder));
		assert(strlen(u.user.p) == u.user.len);
		assert(strlen(u.host.p) == u.host.len);
		assert(u.user.len + u.host.len + u.folder.len <= size + 5);
	} else {
		assert(why.text[0] != '\0');
	}
	arena_free(&arena);
	return 0;
}
