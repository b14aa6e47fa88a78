#include "codec/journal_export.h"

#include <stddef.h>

#include "base/ascii.h"
#include "base/num.h"

#define US_PER_S 1000000
#define TIME_FIELD SPAN_LIT("__REALTIME_TIMESTAMP=")

/* The process is the one that the kernel knows. */
static const struct {
	struct span name;
	size_t offset;
} fields[] = {
	{ { "__CURSOR", 8 }, offsetof(struct journal_export, cursor) },
	{ { "_HOSTNAME", 9 }, offsetof(struct journal_export, host) },
	{ { "_MACHINE_ID", 11 }, offsetof(struct journal_export, machine) },
	{ { "SYSLOG_IDENTIFIER", 17 },
	    offsetof(struct journal_export, program) },
	{ { "_PID", 4 }, offsetof(struct journal_export, pid) },
	{ { "MESSAGE", 7 }, offsetof(struct journal_export, message) },
};

#define NFIELDS (sizeof(fields) / sizeof(fields[0]))

static struct buf *
field_at(struct journal_export *j, size_t i)
{
	return (struct buf *)((char *)j + fields[i].offset);
}

static struct buf *
field_named(struct journal_export *j, struct span name)
{
	for (size_t i = 0; i < NFIELDS; i++)
		if (span_eq(name, fields[i].name))
			return field_at(j, i);
	return NULL;
}

void
journal_export_init(struct journal_export *j)
{
	*j = (struct journal_export){ .time_us = 0 };
	for (size_t i = 0; i < NFIELDS; i++)
		*field_at(j, i) = BUF_INIT(JOURNAL_TEXT_MAX);
}

void
journal_export_free(struct journal_export *j)
{
	for (size_t i = 0; i < NFIELDS; i++)
		buf_free(field_at(j, i));
}

bool
journal_export_is(struct span line)
{
	return span_take(&line, SPAN_LIT("__CURSOR="));
}

static void
begin_entry(struct journal_export *j)
{
	for (size_t i = 0; i < NFIELDS; i++)
		buf_clear(field_at(j, i));
	j->time_us = 0;
}

static void
set(struct buf *field, struct span value)
{
	if (field == NULL)
		return;
	buf_clear(field);
	buf_add(field, span_head(value, JOURNAL_TEXT_MAX));
}

enum journal_step
journal_export_line(struct journal_export *j, struct span line)
{
	struct span name, value = line;

	if (line.len == 0)
		return JOURNAL_ENTRY;
	if (journal_export_is(line))
		begin_entry(j);
	if (span_take(&value, TIME_FIELD)) {
		if (num_parse(value, 0, INT64_MAX, &j->time_us) != E_OK)
			j->time_us = 0;
		return JOURNAL_MORE;
	}
	name = span_until(&value, '=');
	j->value = field_named(j, name);
	if (name.len == line.len)
		return JOURNAL_VALUE;
	set(j->value, value);
	return JOURNAL_MORE;
}

void
journal_export_value(struct journal_export *j, struct span value)
{
	set(j->value, value);
	j->value = NULL;
}

/* Hexadecimal. */
static bool
read_number(struct span s, int64_t *ret)
{
	int64_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		int digit = ascii_hex_value(s.p[i]);

		if (digit < 0 || n > INT64_MAX >> 4)
			return false;
		n = n << 4 | digit;
	}
	*ret = n;
	return n > 0;
}

bool
journal_cursor_read(struct span cursor, struct journal_cursor *ret)
{
	*ret = (struct journal_cursor){ .sequence = SPAN_NONE };
	while (cursor.len > 0) {
		struct span field = span_until(&cursor, ';');

		if (span_take(&field, SPAN_LIT("s=")))
			ret->sequence = field;
		else if (span_take(&field, SPAN_LIT("i=")) &&
		    !read_number(field, &ret->number))
			return false;
	}
	return ret->sequence.len > 0 && ret->number > 0;
}

bool
journal_export_head(const struct journal_export *j,
    const struct mta_log_clock *clock, struct mta_log_head *ret)
{
	*ret = (struct mta_log_head){
		.time_s = j->time_us == 0
		    ? clock->now_s
		    : mta_log_time(j->time_us / US_PER_S, clock),
		.host = buf_span(&j->host),
		.program = buf_span(&j->program),
		.pid = buf_span(&j->pid),
		.message = buf_span(&j->message),
	};
	return ret->message.len > 0;
}
