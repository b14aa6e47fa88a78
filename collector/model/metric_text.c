#include "model/metric_text.h"

#include "model/metric.h"

static void
add_escaped(struct buf *out, const char *text, bool quoted)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			buf_adds(out, "\\n");
		else if (*text == '\\' || (quoted && *text == '"'))
			buf_addf(out, "\\%c", *text);
		else
			buf_addc(out, *text);
	}
}

void
metric_text_head(struct buf *out, const char *name, const char *type,
    const char *help)
{
	buf_addf(out, "# HELP %s ", name);
	add_escaped(out, help, false);
	buf_addf(out, "\n# TYPE %s %s\n", name, type);
}

static void
add_name(struct buf *out, const char *name, const struct metric_label *labels)
{
	const char *before = "{";

	buf_adds(out, name);
	for (; labels->name != NULL; labels++) {
		buf_addf(out, "%s%s=\"", before, labels->name);
		add_escaped(out, labels->value, true);
		buf_addc(out, '"');
		before = ",";
	}
	buf_adds(out, before[0] == '{' ? " " : "} ");
}

void
metric_text_sample(struct buf *out, const char *name,
    const struct metric_label *labels, uint64_t value)
{
	add_name(out, name, labels);
	buf_addf(out, "%llu\n", (unsigned long long)value);
}

void
metric_text_milli(struct buf *out, const char *name,
    const struct metric_label *labels, uint64_t milli)
{
	add_name(out, name, labels);
	buf_addf(out, "%llu.%03llu\n", (unsigned long long)(milli / 1000),
	    (unsigned long long)(milli % 1000));
}

static void
add_count(struct buf *out, enum metric m, unsigned word, const char *text)
{
	const struct metric_row *row = metric_row(m);
	const struct metric_label labels[] = { { "role", row->role },
		{ row->label, text }, { NULL, NULL } };

	metric_text_sample(out, row->name, labels, metric_get(m, word));
}

void
metric_text_counts(struct buf *out)
{
	for (int m = 0; m < NMETRICS; m++) {
		const struct metric_row *row = metric_row((enum metric)m);

		metric_text_head(out, row->name, "counter", row->sentence);
		if (row->word == NULL)
			add_count(out, (enum metric)m, 0, "");
		for (unsigned w = 0; row->word != NULL && w < METRIC_WORDS; w++)
			if (row->word(w) != NULL)
				add_count(out, (enum metric)m, w, row->word(w));
	}
}
