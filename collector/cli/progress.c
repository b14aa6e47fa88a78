#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"

#define EVERY_NS (100 * NS_PER_MS)
#define BAR_WIDTH 20
#define WIDTH 80 /* of a terminal that does not tell */
#define LINE_MAX_BYTES 1024
#define GREEN "\033[32m"
#define PLAIN "\033[0m"
#define CLEAR_LINE "\r\033[K"

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0';
}

void
progress_begin(struct progress *p)
{
	const char *term = getenv("TERM");

	*p = (struct progress){
		.is_shown = isatty(STDERR_FILENO) && is_set("TERM") &&
		    strcmp(term, "dumb") != 0,
		.is_coloured = !is_set("NO_COLOR"),
		.clock = clock_machine(0),
	};
}

bool
progress_is_due(const struct progress *p)
{
	return p->is_shown && clock_mono_ns(&p->clock) >= p->next_ns;
}

static size_t
width(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0
	    ? size.ws_col
	    : WIDTH;
}

/* Neither number is so large that a double is wrong by a cell. */
static size_t
cells(uint64_t done, uint64_t all)
{
	return done >= all ? BAR_WIDTH
			   : (size_t)((double)done / (double)all * BAR_WIDTH);
}

static void
add_bar(const struct progress *p, uint64_t done, uint64_t all, struct buf *out)
{
	size_t full = cells(done, all);

	buf_adds(out, p->is_coloured ? "[" GREEN : "[");
	for (size_t i = 0; i < full; i++)
		buf_addc(out, '#');
	buf_adds(out, p->is_coloured ? PLAIN : "");
	for (size_t i = full; i < BAR_WIDTH; i++)
		buf_addc(out, '-');
	buf_adds(out, "] ");
}

void
progress_tell(struct progress *p, uint64_t done, uint64_t all, const char *text)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES);
	size_t bar = all == 0 ? 0 : BAR_WIDTH + 3, wide = width();

	if (!progress_is_due(p))
		return;
	p->next_ns = clock_mono_ns(&p->clock) + EVERY_NS;
	p->is_drawn = true;
	buf_adds(&line, CLEAR_LINE);
	if (wide <= bar)
		bar = 0;
	if (bar > 0)
		add_bar(p, done, all, &line);
	/* A full line would go on in the next one. */
	buf_add(&line, span_head(span_str(text), wide - bar - 1));
	(void)fputs(buf_str(&line), stderr);
	buf_free(&line);
}

void
progress_clear(struct progress *p)
{
	if (p->is_drawn)
		(void)fputs(CLEAR_LINE, stderr);
	p->is_drawn = false;
	p->next_ns = 0;
}
