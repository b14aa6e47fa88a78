/* sender/error_text.c -- error codes taken apart and put into words. */
#include "tlsrpt.h"

#define BLOCK_SIZE 1000

static const struct {
	int code;
	const char *text;
} texts[] = {
#define INTERNAL(code, text) { code, "TLSRPT internal library error: " text },
#define BLOCK(code, text) { code, "TLSRPT error in call to " text },
#include "error_text.def"
#undef INTERNAL
#undef BLOCK
};

int
tlsrpt_errno_from_error_code(int errorcode)
{
	return errorcode % BLOCK_SIZE;
}

static int
block_of(int errorcode)
{
	return errorcode - tlsrpt_errno_from_error_code(errorcode);
}

int
tlsrpt_error_code_is_internal(int errorcode)
{
	return block_of(errorcode) == TLSRPT_ERR_TLSRPT;
}

const char *
tlsrpt_strerror(int errorcode)
{
	/* Internal codes are whole, the others are a block and an errno. */
	int code = tlsrpt_error_code_is_internal(errorcode)
	    ? errorcode
	    : block_of(errorcode);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].code == code)
			return texts[i].text;
	return "UNKNOWN TLSRPT ERROR CODE";
}
