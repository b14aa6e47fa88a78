/* Whatever the records, there is one verdict; what lets our key sign has our
 * key in it, and blanks around it change nothing. */
#include "fuzz/fuzz.h"

#include "codec/dkim_record.h"

/* RFC 8463 A.2; the last digit but the padding has bits that do not count. */
#define KEY "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUR"

static const struct span ours = SPAN_LIT("v=DKIM1; k=ed25519; p=" KEY "o=");

static enum dkim_published
judge(struct span txt)
{
	enum dkim_published published =
	    dkim_record_judge((struct span_list){ &txt, 1 }, ours);

	assert(dkim_published_sentence(published) != NULL);
	assert(published != DKIM_PUBLISHED_ABSENT &&
	    published != DKIM_PUBLISHED_SEVERAL);
	return published;
}

static bool
has_key(struct span txt)
{
	struct buf text = BUF_INIT(txt.len + 1);
	bool has;

	for (size_t i = 0; i < txt.len; i++)
		if (!ascii_is_one_of(txt.p[i], " \t\r\n"))
			buf_addc(&text, txt.p[i]);
	has = strstr(buf_str(&text), "p=" KEY) != NULL;
	buf_free(&text);
	return has;
}

static void
check_blanks_around(struct span txt, enum dkim_published want)
{
	struct buf text = BUF_INIT(txt.len + 10);

	buf_adds(&text, " \t");
	buf_add(&text, txt);
	buf_adds(&text, "\r\n ");
	assert(judge(buf_span(&text)) == want);
	buf_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span txt = { (const char *)data, size };
	struct span both[] = { txt, txt };
	enum dkim_published published = judge(txt);

	if (published == DKIM_PUBLISHED_OK)
		assert(has_key(txt));
	check_blanks_around(txt, published);
	assert(dkim_record_judge((struct span_list){ both, 0 }, ours) ==
	    DKIM_PUBLISHED_ABSENT);
	assert(dkim_record_judge((struct span_list){ both, 2 }, ours) ==
	    DKIM_PUBLISHED_SEVERAL);
	return 0;
}
