#include "codec/mail_date.h"

#include <stdio.h>

#include "base/ascii.h"
#include "base/num.h"
#include "codec/date_read.h"
#include "codec/mime_lex.h"

#define TEXT_SIZE 64

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* RFC 5322 s4.3, in hours. The military ones mean nothing any more. */
static const struct {
	const char *name, *offset;
} zones[] = { { "GMT", "Z" }, { "UT", "Z" }, { "UTC", "Z" }, { "Z", "Z" },
	{ "EST", "-0500" }, { "EDT", "-0400" }, { "CST", "-0600" },
	{ "CDT", "-0500" }, { "MST", "-0700" }, { "MDT", "-0600" },
	{ "PST", "-0800" }, { "PDT", "-0700" } };

static struct span
take_word(struct span *s)
{
	struct span word;
	size_t n = 0;

	mime_skip_cfws(s);
	while (n < s->len && !ascii_is_one_of(s->p[n], " \t\r\n(,"))
		n++;
	word = span_head(*s, n);
	*s = span_skip(*s, n);
	return word;
}

static int64_t
take_number(struct span *s, int64_t min, int64_t max)
{
	int64_t n;

	return num_parse(take_word(s), min, max, &n) == E_OK ? n : -1;
}

static int64_t
take_month(struct span *s)
{
	struct span word = take_word(s);

	for (size_t i = 0; i < sizeof(months) / sizeof(months[0]); i++)
		if (span_eq_nocase(word, span_str(months[i])))
			return (int64_t)i + 1;
	return -1;
}

/* One that nobody knows is UTC: RFC 5322 s4.3. */
static struct span
take_zone(struct span *s)
{
	struct span word = take_word(s);

	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (span_eq_nocase(word, span_str(zones[i].name)))
			return span_str(zones[i].offset);
	return word.len > 0 && ascii_is_one_of(word.p[0], "+-") ? word
								: SPAN_LIT("Z");
}

static void
skip_weekday(struct span *s)
{
	struct span rest = *s;

	(void)take_word(&rest);
	mime_skip_cfws(&rest);
	if (span_take(&rest, SPAN_LIT(",")))
		*s = rest;
}

enum err
mail_date_read(struct span value, int64_t *ret_s)
{
	struct span rest = value, time, zone;
	char text[TEXT_SIZE];
	int64_t day, month, year;
	unsigned marks;

	while (span_has(rest, ';'))
		(void)span_until(&rest, ';');
	skip_weekday(&rest);
	day = take_number(&rest, 1, 31);
	month = take_month(&rest);
	year = take_number(&rest, 1900, 9999);
	time = take_word(&rest);
	zone = take_zone(&rest);
	if (day < 0 || month < 0 || year < 0 || time.len == 0 ||
	    time.len + zone.len > TEXT_SIZE / 2)
		return E_SYNTAX;
	(void)snprintf(text, sizeof(text), "%04d-%02d-%02dT%.*s%.*s", (int)year,
	    (int)month, (int)day, SPAN_ARG(time), SPAN_ARG(zone));
	return date_read(span_str(text), ret_s, &marks);
}
