#include "codec/csv_write.h"

#include <inttypes.h>

#include "base/ascii.h"

static void
begin_field(struct csv_out *csv)
{
	if (csv->in_row)
		buf_addc(csv->out, ',');
	csv->in_row = true;
}

/* = + - @ of the full width, U+FF1D, U+FF0B, U+FF0D, U+FF20: with East Asian
 * settings some take them for the others. */
static bool
begins_full_width(struct span s)
{
	return span_take(&s, SPAN_LIT("\xef\xbc")) && s.len > 0 &&
	    ascii_is_one_of(s.p[0], "\x9d\x8b\x8d\xa0");
}

/* Spreadsheets pass over blanks and control characters before they look for the
 * sign of a formula. */
static bool
may_be_formula(struct span s)
{
	while (s.len > 0 && ((unsigned char)s.p[0] <= 0x20 || s.p[0] == 0x7f))
		s = span_skip(s, 1);
	return begins_full_width(s) ||
	    (s.len > 0 && ascii_is_one_of(s.p[0], "=+-@|%"));
}

static bool
needs_quotes(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (ascii_is_one_of(s.p[i], "\",;\t\r\n'"))
			return true;
	return false;
}

void
csv_text(struct csv_out *csv, struct span s)
{
	bool guarded = may_be_formula(s);

	begin_field(csv);
	if (!guarded && !needs_quotes(s)) {
		buf_add(csv->out, s);
		return;
	}
	buf_adds(csv->out, guarded ? "\"'" : "\"");
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			buf_addc(csv->out, '"');
		buf_addc(csv->out, s.p[i]);
	}
	buf_addc(csv->out, '"');
}

void
csv_int(struct csv_out *csv, int64_t n)
{
	begin_field(csv);
	buf_addf(csv->out, "%" PRId64, n);
}

void
csv_count(struct csv_out *csv, uint64_t n)
{
	begin_field(csv);
	buf_addf(csv->out, "%" PRIu64, n);
}

void
csv_empty(struct csv_out *csv)
{
	begin_field(csv);
}

void
csv_end_row(struct csv_out *csv)
{
	buf_adds(csv->out, "\r\n");
	csv->in_row = false;
}
