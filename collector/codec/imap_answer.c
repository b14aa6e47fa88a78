#include "codec/imap_answer.h"

#include <stdio.h>

#include "base/ascii.h"
#include "base/num.h"
#include "codec/date_read.h"

#define DATE_SIZE 64

/* -- words of a line -- */

/* Without its end. */
static struct span
take_line(struct span *lines)
{
	struct span line = span_until(lines, '\n');

	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	return line;
}

static bool
take_word(struct span *s, const char *word)
{
	struct span want = span_str(word);

	if (!span_eq_nocase(span_head(*s, want.len), want))
		return false;
	*s = span_skip(*s, want.len);
	return true;
}

static bool
number(struct span s, int64_t max, int64_t *ret)
{
	return s.len > 0 && ascii_is_digit(s.p[0]) &&
	    num_parse(s, 0, max, ret) == E_OK;
}

/* "* 12 EXISTS": 12, and s is behind it. */
static bool
take_count(struct span *s, const char *word, int64_t *ret)
{
	struct span rest = *s;

	if (!take_word(&rest, "* ") ||
	    !number(span_until(&rest, ' '), UINT32_MAX, ret) ||
	    !take_word(&rest, word) ||
	    (rest.len > 0 && !ascii_is_one_of(rest.p[0], " (")))
		return false;
	*s = rest;
	return true;
}

/* -- a mailbox -- */

static bool
has_flag(struct span flags, const char *flag)
{
	while (flags.len > 0)
		if (span_eq_nocase(span_until(&flags, ' '), span_str(flag)))
			return true;
	return false;
}

/* "(\Seen \*)": the last says that keywords can be made. */
static void
read_flags(struct imap_state *s, struct span text)
{
	struct span flags;

	if (!take_word(&text, "("))
		return;
	flags = span_until(&text, ')');
	s->keeps_keywords = has_flag(flags, "\\Seen") &&
	    (has_flag(flags, "\\*") ||
		(has_flag(flags, IMAP_KEYWORD_TAKEN) &&
		    has_flag(flags, IMAP_KEYWORD_REFUSED)));
	s->keeps_flags = has_flag(flags, "\\Seen") &&
	    has_flag(flags, "\\Answered") && has_flag(flags, "\\Flagged") &&
	    has_flag(flags, "\\Deleted");
}

static void
read_code(struct imap_state *s, struct span text)
{
	int64_t n;

	if (take_word(&text, "[UIDVALIDITY ")) {
		if (number(span_until(&text, ']'), UINT32_MAX, &n))
			s->uid_validity = (uint32_t)n;
	} else if (take_word(&text, "[PERMANENTFLAGS ")) {
		read_flags(s, text);
	} else if (take_word(&text, "[READ-ONLY]")) {
		s->is_read_only = true;
	} else if (take_word(&text, "[READ-WRITE]")) {
		s->is_read_only = false;
	}
}

/* Behind "* " or a tag: "OK " and its text. */
static bool
take_ok(struct span *line)
{
	if (!take_word(line, "* "))
		(void)span_until(line, ' ');
	return take_word(line, "OK ");
}

void
imap_state_read(struct imap_state *s, struct span lines)
{
	int64_t n;

	while (lines.len > 0) {
		struct span line = take_line(&lines);

		if (take_count(&line, "EXISTS", &n))
			s->messages = (uint32_t)n;
		else if (take_count(&line, "EXPUNGE", &n))
			s->messages -= s->messages > 0;
		else if (take_ok(&line))
			read_code(s, line);
	}
}

/* -- SEARCH -- */

static enum err
read_uids(struct span line, uint32_t *uids, size_t max, size_t *n,
    struct why *why)
{
	int64_t uid;

	line = span_trim(line);
	while (line.len > 0) {
		if (!number(span_until(&line, ' '), UINT32_MAX, &uid) ||
		    uid == 0)
			return why_set(why, E_SYNTAX,
			    "the answer to SEARCH is no list of numbers");
		if (*n == max)
			return why_set(why, E_RANGE,
			    "the answer to SEARCH has too many numbers");
		uids[(*n)++] = (uint32_t)uid;
	}
	return E_OK;
}

enum err
imap_search_read(struct span lines, uint32_t *uids, size_t max, size_t *n,
    struct why *why)
{
	enum err e = E_OK;

	while (e == E_OK && lines.len > 0) {
		struct span line = take_line(&lines);

		if (take_word(&line, "* SEARCH"))
			e = read_uids(line, uids, max, n, why);
	}
	return e;
}

/* -- FETCH -- */

/* "17-Jul-1996 02:44:25 -0700", RFC 3501 s9: date-time. */
static int64_t
read_date(struct span s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char text[DATE_SIZE], month[4] = "";
	unsigned m = 1, marks;
	int64_t at_s;

	if (s.len != sizeof("17-Jul-1996 02:44:25 -0700") - 1)
		return -1;
	(void)memcpy(month, s.p + 3, 3);
	while (m <= 12 && strncmp(months + (m - 1) * 3, month, 3) != 0)
		m++;
	if (m > 12)
		return -1;
	(void)snprintf(text, sizeof(text), "%.4s-%02u-%c%cT%.8s%.3s:%.2s",
	    s.p + 7, m, s.p[0] == ' ' ? '0' : s.p[0], s.p[1], s.p + 12,
	    s.p + 21, s.p + 24);
	return date_read(span_str(text), &at_s, &marks) == E_OK ? at_s : -1;
}

/* A quoted string without its quotes; what is not ended has the rest. */
static struct span
take_quoted(struct span *s)
{
	struct span value = span_skip(*s, 1);
	size_t n = 0;

	while (n < value.len && value.p[n] != '"')
		n += value.p[n] == '\\' && n + 1 < value.len ? 2 : 1;
	*s = span_skip(value, n < value.len ? n + 1 : n);
	return span_head(value, n);
}

/* A list in parentheses, as it is. */
static struct span
take_list(struct span *s)
{
	struct span list = *s;
	unsigned depth = 0;

	while (s->len > 0) {
		char c = s->p[0];

		if (c == '"') {
			(void)take_quoted(s);
			continue;
		}
		depth += c == '(';
		depth -= c == ')';
		*s = span_skip(*s, 1);
		if (depth == 0)
			break;
	}
	list.len -= s->len;
	return list;
}

static struct span
take_value(struct span *s)
{
	struct span atom = *s;
	size_t n = 0;

	if (s->len > 0 && s->p[0] == '"')
		return take_quoted(s);
	if (s->len > 0 && s->p[0] == '(')
		return take_list(s);
	while (n < s->len && s->p[n] != ' ' && s->p[n] != ')')
		n++;
	*s = span_skip(*s, n);
	return span_head(atom, n);
}

static void
read_item(struct imap_message *m, struct span name, struct span value)
{
	int64_t n;

	if (span_eq_nocase(name, SPAN_LIT("UID"))) {
		if (number(value, UINT32_MAX, &n))
			m->uid = (uint32_t)n;
	} else if (span_eq_nocase(name, SPAN_LIT("RFC822.SIZE"))) {
		m->has_size = number(value, INT64_MAX, &n);
		m->bytes = m->has_size ? (uint64_t)n : 0;
	} else if (span_eq_nocase(name, SPAN_LIT("INTERNALDATE"))) {
		m->received_s = read_date(value);
	}
}

static struct imap_message
read_message(struct span line)
{
	struct imap_message m = { .received_s = -1 };

	while (line.len > 0 && line.p[0] != ')') {
		struct span name = span_until(&line, ' ');

		read_item(&m, name, take_value(&line));
		(void)take_word(&line, " ");
	}
	return m;
}

bool
imap_message_take(struct span *lines, struct imap_message *ret)
{
	int64_t n;

	while (lines->len > 0) {
		struct span line = take_line(lines);

		if (!take_count(&line, "FETCH", &n) || !take_word(&line, " ("))
			continue;
		*ret = read_message(line);
		return true;
	}
	return false;
}

/* -- the end -- */

static bool
is_tag(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_alnum(s.p[i]))
			return false;
	return s.len > 0;
}

struct imap_end
imap_end_read(struct span lines)
{
	static const struct {
		const char *word;
		enum imap_said said;
	} words[] = { { "OK", IMAP_SAID_OK }, { "NO", IMAP_SAID_NO },
		{ "BAD", IMAP_SAID_BAD } };
	struct imap_end end = { IMAP_SAID_NOTHING, SPAN_LIT("") };

	while (lines.len > 0) {
		struct span line = take_line(&lines), word;

		if (!is_tag(span_until(&line, ' ')))
			continue;
		word = span_until(&line, ' ');
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (span_eq_nocase(word, span_str(words[i].word)))
				end = (struct imap_end){ words[i].said, line };
	}
	return end;
}

bool
imap_end_has(const struct imap_end *end, const char *code)
{
	struct span text = end->text;

	return take_word(&text, "[") && take_word(&text, code);
}
