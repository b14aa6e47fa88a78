/* cli/table.c -- tables for people. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/utf8.h"
#include "cli/cli.h"

#define COLUMNS_MAX 12
#define CELL_MAX 4096 /* bytes */
/* Characters that a column is made wide for. A longer cell is cut on a
 * terminal; else it pushes what follows in its row. The last column needs
 * neither. */
#define CELL_SHOWN 48

/* A cell, or a note that takes a whole line. */
struct cell {
	char *text;
	bool note;
};

struct cli_table {
	const char *const *heads;
	size_t ncolumns;
	struct cell *cells;
	size_t ncells, cap;
	size_t column; /* of the next cell that is no note */
	bool narrow;   /* for a terminal */
	bool failed;
};

struct cli_table *
cli_table_new(const char *const *heads)
{
	struct cli_table *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->heads = heads;
	t->narrow = isatty(STDOUT_FILENO);
	while (heads[t->ncolumns] != NULL && t->ncolumns < COLUMNS_MAX)
		t->ncolumns++;
	return t;
}

/* Characters, not bytes. */
static size_t
width(struct span s)
{
	size_t n = 0;

	for (; s.len > 0; n++) {
		size_t bytes = utf8_char(s);

		s = span_skip(s, bytes == 0 ? 1 : bytes);
	}
	return n;
}

static void
shorten(struct buf *cell)
{
	static const char more[] = "...";
	size_t keep = cell->len;

	if (width(buf_span(cell)) <= CELL_SHOWN)
		return;
	while (width(span_head(buf_span(cell), keep)) >
	    CELL_SHOWN - (sizeof(more) - 1))
		keep = utf8_cut(buf_span(cell), keep - 1).len;
	cell->len = keep;
	buf_adds(cell, more);
}

static void
add(struct cli_table *t, struct span text, bool note)
{
	struct buf escaped = BUF_INIT(CELL_MAX);

	if (t->ncells == t->cap) {
		size_t cap = t->cap == 0 ? 256 : t->cap * 2;
		struct cell *cells = realloc(t->cells, cap * sizeof(*cells));

		if (cells == NULL) {
			t->failed = true;
			return;
		}
		t->cells = cells;
		t->cap = cap;
	}
	escape_terminal(&escaped, text);
	if (!note && t->narrow && t->column + 1 < t->ncolumns)
		shorten(&escaped);
	if (!note)
		t->column = (t->column + 1) % t->ncolumns;
	if (escaped.p == NULL)
		escaped.p = strdup("");
	t->failed |= escaped.p == NULL;
	if (escaped.p != NULL)
		t->cells[t->ncells++] = (struct cell){ escaped.p, note };
}

void
cli_table_text(struct cli_table *t, struct span text)
{
	add(t, text, false);
}

void
cli_table_note(struct cli_table *t, struct span text)
{
	add(t, text, true);
}

void
cli_table_count(struct cli_table *t, uint64_t n)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	cli_table_text(t, span_str(text));
}

void
cli_table_time(struct cli_table *t, int64_t s)
{
	char text[TIME_TEXT_SIZE] = "-";

	if (s != 0)
		time_text(s, text);
	cli_table_text(t, span_str(text));
}

static bool
to_the_right(const struct cli_table *t, size_t column)
{
	return t->heads[column][0] == '>';
}

static const char *
head(const struct cli_table *t, size_t column)
{
	return t->heads[column] + to_the_right(t, column);
}

static void
print_cell(const struct cli_table *t, size_t column, size_t wide,
    const char *text)
{
	size_t shown = width(span_str(text));
	int padding = shown < wide ? (int)(wide - shown) : 0;

	if (to_the_right(t, column))
		(void)printf("%*s%s", padding, "", text);
	else if (column + 1 < t->ncolumns)
		(void)printf("%s%*s", text, padding, "");
	else
		(void)fputs(text, stdout);
	(void)fputs(column + 1 < t->ncolumns ? "  " : "\n", stdout);
}

static void
measure(const struct cli_table *t, size_t *wide)
{
	size_t column = 0;

	for (size_t c = 0; c < t->ncolumns; c++)
		wide[c] = width(span_str(head(t, c)));
	for (size_t i = 0; i < t->ncells; i++) {
		size_t w = width(span_str(t->cells[i].text));

		if (t->cells[i].note)
			continue;
		w = w < CELL_SHOWN ? w : CELL_SHOWN;
		wide[column] = w > wide[column] ? w : wide[column];
		column = (column + 1) % t->ncolumns;
	}
}

static void
print_rows(const struct cli_table *t)
{
	size_t wide[COLUMNS_MAX], column = 0;

	measure(t, wide);
	for (size_t c = 0; c < t->ncolumns; c++)
		print_cell(t, c, wide[c], head(t, c));
	for (size_t i = 0; i < t->ncells; i++) {
		if (t->cells[i].note) {
			(void)printf("    %s\n", t->cells[i].text);
			continue;
		}
		print_cell(t, column, wide[column], t->cells[i].text);
		column = (column + 1) % t->ncolumns;
	}
}

void
cli_table_free(struct cli_table *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->ncells; i++)
		free(t->cells[i].text);
	free(t->cells);
	free(t);
}

int
cli_table_print(const struct cli *cli, struct cli_table *t, const char *empty)
{
	struct why why = { { 0 } };
	bool failed = t == NULL || t->failed;

	if (!failed && t->ncells == 0)
		(void)puts(empty);
	else if (!failed)
		print_rows(t);
	cli_table_free(t);
	return failed ? cli_fail(cli, E_NOMEM, &why) : EX_OK;
}
