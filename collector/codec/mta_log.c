#include "codec/mta_log.h"

#include "base/ascii.h"
#include "base/clock.h"
#include "codec/date_read.h"
#include "codec/ip.h"

#define PRIORITY_MAX 5	      /* "<191>" */
#define AHEAD_MAX_S S_PER_DAY /* of clocks that differ */

/* -- times -- */

/* "Mar  2 12:00:00 " by RFC 3164: a local time in a year that it does
 * not tell. */
struct old_time {
	unsigned month, day, second;
};

static bool
take_digits(struct span *s, size_t n, unsigned *ret)
{
	unsigned v = 0;

	if (s->len < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!ascii_is_digit(s->p[i]))
			return false;
		v = v * 10 + (unsigned)(s->p[i] - '0');
	}
	*s = span_skip(*s, n);
	*ret = v;
	return true;
}

static bool
take_month(struct span *s, unsigned *ret)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (unsigned m = 0; m < 12; m++)
		if (span_take(s, (struct span){ months + m * 3, 3 })) {
			*ret = m + 1;
			return true;
		}
	return false;
}

static bool
take_clock(struct span *s, unsigned *ret)
{
	unsigned h, m, sec;

	if (!take_digits(s, 2, &h) || !span_take(s, SPAN_LIT(":")) ||
	    !take_digits(s, 2, &m) || !span_take(s, SPAN_LIT(":")) ||
	    !take_digits(s, 2, &sec) || h > 23 || m > 59 || sec > 60)
		return false;
	*ret = h * 3600 + m * 60 + (sec > 59 ? 59 : sec);
	return true;
}

static bool
take_old_time(struct span *s, struct old_time *ret)
{
	struct span rest = *s;

	if (!take_month(&rest, &ret->month) || !span_take(&rest, SPAN_LIT(" ")))
		return false;
	if (span_take(&rest, SPAN_LIT(" "))) {
		if (!take_digits(&rest, 1, &ret->day))
			return false;
	} else if (!take_digits(&rest, 2, &ret->day)) {
		return false;
	}
	if (!span_take(&rest, SPAN_LIT(" ")) ||
	    !take_clock(&rest, &ret->second) ||
	    !span_take(&rest, SPAN_LIT(" ")) || ret->day < 1 || ret->day > 31)
		return false;
	*s = rest;
	return true;
}

static int64_t
year_of(int64_t s)
{
	char text[TIME_TEXT_SIZE];
	struct span year = { text, 4 };
	unsigned v = 1970;

	time_text(s, text);
	(void)take_digits(&year, 4, &v);
	return v;
}

/* In that year; -1: it has no such day. */
static int64_t
old_time_in(const struct old_time *t, int64_t year)
{
	char text[DAY_TEXT_SIZE] = "YYYY-MM-DD";
	int64_t day;

	if (year < 1970 || year > 9999)
		return -1;
	for (int i = 3; i >= 0; i--, year /= 10)
		text[i] = (char)('0' + year % 10);
	text[5] = (char)('0' + t->month / 10);
	text[6] = (char)('0' + t->month % 10);
	text[8] = (char)('0' + t->day / 10);
	text[9] = (char)('0' + t->day % 10);
	if (day_parse(span_str(text), &day) != E_OK)
		return -1;
	return day_start_s(day) + t->second;
}

/* The last year in which it has been. */
static bool
resolve_old_time(const struct old_time *t, const struct mta_log_clock *clock,
    int64_t *ret)
{
	int64_t year = year_of(clock->now_s + clock->zone_s);
	int64_t best = -1;

	for (int64_t y = year - 1; y <= year + 1; y++) {
		int64_t s = old_time_in(t, y);

		if (s >= 0 && s - clock->zone_s >= 0 &&
		    s - clock->zone_s <= clock->now_s + AHEAD_MAX_S)
			best = s - clock->zone_s;
	}
	if (best >= 0)
		*ret = best;
	return best >= 0;
}

int64_t
mta_log_time(int64_t time_s, const struct mta_log_clock *clock)
{
	return time_s < 0 || time_s > clock->now_s + AHEAD_MAX_S ? clock->now_s
								 : time_s;
}

/* "+0100 ", which Exim writes behind a blank. */
static bool
take_zone(struct span *s, int64_t *ret)
{
	struct span rest = *s;
	bool is_behind = span_take(&rest, SPAN_LIT("-"));
	unsigned h, m;

	if ((!is_behind && !span_take(&rest, SPAN_LIT("+"))) ||
	    !take_digits(&rest, 2, &h) || !take_digits(&rest, 2, &m) ||
	    !span_take(&rest, SPAN_LIT(" ")))
		return false;
	*ret = (int64_t)h * 3600 + (int64_t)m * 60;
	if (is_behind)
		*ret = -*ret;
	*s = rest;
	return true;
}

/* "2026-03-02T12:00:00.5+01:00 ", or Exim's "2026-03-02 12:00:00 +0100 ". */
static bool
take_new_time(struct span *s, const struct mta_log_clock *clock, int64_t *ret)
{
	struct span rest = *s, text;
	int64_t t, zone_s = clock->zone_s;
	unsigned marks = 0;

	if (rest.len < 20 || !ascii_is_digit(rest.p[0]) || rest.p[4] != '-' ||
	    rest.p[7] != '-')
		return false;
	rest = span_skip(rest, 11);
	text = span_until(&rest, ' ');
	text = (struct span){ s->p, text.len + 11 };
	if (date_read(text, &t, &marks) != E_OK)
		return false;
	if ((marks & DATE_NO_ZONE) != 0) {
		(void)take_zone(&rest, &zone_s);
		t -= zone_s;
	}
	*ret = t;
	*s = rest;
	return true;
}

/* -- what stands in front -- */

static void
skip_priority(struct span *s)
{
	struct span rest = *s, number;

	if (!span_take(&rest, SPAN_LIT("<")))
		return;
	number = span_until(&rest, '>');
	if (number.len > 0 && number.len < PRIORITY_MAX - 1 &&
	    ascii_is_digit(number.p[0]))
		*s = rest;
}

/* "program[pid]: ", without the pid perhaps. */
static bool
take_program(struct span *s, struct mta_log_head *head)
{
	struct span rest = *s, word = span_until(&rest, ' ');

	if (word.len < 2 || word.p[word.len - 1] != ':')
		return false;
	word.len--;
	if (word.p[word.len - 1] == ']') {
		word.len--;
		head->program = span_until(&word, '[');
		head->pid = word;
	} else {
		head->program = word;
		head->pid = SPAN_NONE;
	}
	*s = rest;
	return head->program.len > 0;
}

/* Behind a time stands the host, unless it is a file that a program writes by
 * itself. */
static void
take_origin(struct span *s, struct mta_log_head *head)
{
	struct span rest = *s;
	struct span word;

	if (take_program(s, head))
		return;
	word = span_until(&rest, ' ');
	if (!take_program(&rest, head))
		return;
	head->host = word;
	*s = rest;
}

bool
mta_log_head(struct span line, const struct mta_log_clock *clock,
    struct mta_log_head *ret)
{
	struct mta_log_head head = { .time_s = clock->now_s };
	struct old_time old;

	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	skip_priority(&line);
	if (take_old_time(&line, &old)) {
		if (!resolve_old_time(&old, clock, &head.time_s))
			return false;
	} else {
		(void)take_new_time(&line, clock, &head.time_s);
	}
	head.time_s = mta_log_time(head.time_s, clock);
	take_origin(&line, &head);
	head.message = line;
	*ret = head;
	return line.len > 0;
}

/* -- what they all need -- */

enum tls_seen
mta_log_word(struct span s, const struct mta_word *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct span rest = s;

		if (span_take(&rest, words[i].text))
			return words[i].tls;
	}
	return 0;
}

bool
mta_log_peer(struct span *s, struct span *ret_host, struct span *ret_ip)
{
	struct span rest = *s, host, ip;
	char text[IP_TEXT_SIZE];

	host = span_until(&rest, '[');
	if (host.len == 0 || span_has(host, ' '))
		return false;
	ip = span_until(&rest, ']');
	if (ip_canonical(ip, text) == 0)
		return false;
	*ret_host = host;
	*ret_ip = ip;
	*s = rest;
	return true;
}

struct span
mta_log_domain(struct span address)
{
	for (size_t i = address.len; i > 0; i--)
		if (address.p[i - 1] == '@')
			return span_skip(address, i);
	return SPAN_NONE;
}

void
mta_log_line(const struct mta_log_head *head, struct mta_line *ret)
{
	static void (*const readers[])(const struct mta_log_head *,
	    struct mta_line *) = { mta_log_postfix, mta_log_opensmtpd,
		mta_log_exim };

	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		*ret = (struct mta_line){ .kind = MTA_LINE_OTHER,
			.time_s = head->time_s,
			.host = head->host };
		readers[i](head, ret);
		if (ret->kind != MTA_LINE_OTHER)
			return;
	}
}
