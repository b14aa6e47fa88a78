#include <stdio.h>

#include "api/resource.h"
#include "model/result_advice.h"

#define CAUSES_MAX 16

static const struct api_column columns[] = {
	{ "result-type", API_TEXT },
	{ "meaning", API_TEXT },
	{ "causes", API_TEXTS },
	{ "next", API_TEXT },
	{ "rfc", API_TEXT },
	{ NULL, API_END },
};

/* "one; another." */
static struct span_list
split_causes(const char *text, struct span v[CAUSES_MAX])
{
	struct span_list list = { v, 0 };
	struct span rest = span_str(text);

	if (rest.len > 0 && rest.p[rest.len - 1] == '.')
		rest.len--;
	while (rest.len > 0 && list.n < CAUSES_MAX)
		list.v[list.n++] = span_trim(span_until(&rest, ';'));
	return list;
}

static void
put_advice(struct api_list *list, enum result_type type)
{
	const struct result_advice *advice = result_advice(type);
	struct span causes[CAUSES_MAX];
	char section[32];

	if (!api_row(list, SPAN_NONE, SPAN_NONE))
		return;
	(void)snprintf(section, sizeof(section), "8460 s%s", advice->section);
	api_text(list, span_str(result_type_text(type)));
	api_text(list, span_str(advice->meaning));
	api_texts(list, split_causes(advice->causes, causes));
	api_text(list, span_str(advice->next));
	api_text(list, span_str(section));
}

enum err
api_get_advice(const struct api_request *r, struct api_answer *a,
    struct why *why)
{
	struct api_list *list = api_list(a, columns);
	enum result_type type;

	(void)r;
	(void)why;
	for (size_t i = 0; result_type_at(i, &type); i++)
		put_advice(list, type);
	return E_OK;
}
