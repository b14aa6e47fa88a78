/* Whatever the records, there is one verdict; what lets our key sign, or what
 * it signed pass, has our key in it, and blanks around it change nothing. */
#include "fuzz/fuzz.h"

#include "codec/dkim_record.h"
#include "codec/dkim_verify.h"

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

/* RFC 8463 A.3. */
static const struct span message = SPAN_LIT(
    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
    " d=football.example.com; i=@football.example.com;\r\n"
    " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
    " subject : date : message-id : from : subject : date;\r\n"
    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    " b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
    " Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
    "From: Joe SixPack <joe@football.example.com>\r\n"
    "To: Suzie Q <suzie@shopping.example.net>\r\n"
    "Subject: Is dinner ready?\r\n"
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
    "\r\nHi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n");

static void
check_verify(struct span txt)
{
	struct span both[] = { txt, txt };
	struct arena arena = ARENA_INIT(1 << 18);
	struct dkim_signatures all;
	struct dkim_judgement j;

	assert(dkim_signatures_read(message, 0, &arena, &all, NULL) == E_OK);
	assert(all.n == 1 && all.v[0].fault == DKIM_FAULT_NONE);
	assert(dkim_verify(&all, &all.v[0], (struct span_list){ both, 1 },
		   &j) == E_OK);
	assert(j.fault != DKIM_FAULT_NONE || has_key(txt));
	assert((j.fault == DKIM_FAULT_NONE) <= !j.testing);
	assert(dkim_verify(&all, &all.v[0], (struct span_list){ both, 2 },
		   &j) == E_OK);
	assert(j.fault != DKIM_FAULT_NONE);
	arena_free(&arena);
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
	check_verify(txt);
	assert(dkim_record_judge((struct span_list){ both, 0 }, ours) ==
	    DKIM_PUBLISHED_ABSENT);
	assert(dkim_record_judge((struct span_list){ both, 2 }, ours) ==
	    DKIM_PUBLISHED_SEVERAL);
	return 0;
}
