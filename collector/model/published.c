#include "model/published.h"

#include "base/coded.h"

static const struct coded kinds[] = {
#define PUBLISHED(code, name, text, sentence) { code, text, sentence },
#include "model/published.def"
#undef PUBLISHED
};

const char *
published_kind_text(int64_t code)
{
	const struct coded *row = coded_of(CODED_TABLE(kinds), code);

	return row == NULL ? "" : row->text;
}
