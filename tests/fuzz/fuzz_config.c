/* Whatever the file, faults are named or the configuration in force can be
 * written and read again. */
#include "fuzz/fuzz.h"

#include "config/config.h"

#define TEXT_MAX (1 << 20)

static enum err
dump(struct span text, struct buf *out)
{
	struct buf errors = BUF_INIT(TEXT_MAX);
	struct config *c = NULL;
	enum err e = config_parse(text, "t.conf", "/etc/t", &c, &errors);

	assert(e == E_OK || e == E_USAGE);
	assert((e == E_OK) == (errors.len == 0));
	assert((e == E_OK) == (c != NULL));
	if (e == E_OK)
		config_dump(c, out);
	assert(out->err == E_OK);
	config_free(c);
	buf_free(&errors);
	return e;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf first = BUF_INIT(TEXT_MAX), second = BUF_INIT(TEXT_MAX);

	if (dump((struct span){ (const char *)data, size }, &first) == E_OK) {
		assert(dump(buf_span(&first), &second) == E_OK);
		assert(span_eq(buf_span(&first), buf_span(&second)));
	}
	buf_free(&first);
	buf_free(&second);
	return 0;
}
