/* A time of a mail is one that there is, and is read again as it is written. */
#include "fuzz/fuzz.h"

#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "codec/mail_date.h"

static void
check_again(int64_t s)
{
	char text[64];
	struct tm tm;
	time_t t = s;
	int64_t again;

	assert(s >= 0 && s <= day_end_s(DAY_MAX));
	assert(gmtime_r(&t, &tm) != NULL);
	assert(strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S +0000",
		   &tm) > 0);
	assert(mail_date_read(span_str(text), &again) == E_OK);
	assert(again == s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size };
	int64_t s = -1;
	enum err e = mail_date_read(in, &s);

	assert(e == E_OK || e == E_SYNTAX || e == E_RANGE);
	if (e == E_OK)
		check_again(s);
	else
		assert(s == -1);
	return 0;
}
