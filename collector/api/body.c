#include "api/body.h"

#include "api/text.h"
#include "codec/json_read.h"

#define DEPTH_MAX 2

static void
read_text(struct json_reader *j, struct span *ret)
{
	struct span text = SPAN_NONE;

	json_read_string(j, &text);
	if (!api_is_plain(text))
		json_read_fail(j, E_SYNTAX, "a control character");
	*ret = text;
}

static void
read_texts(struct json_reader *j, struct arena *arena, struct span_list *ret)
{
	size_t room = 16;

	*ret = (struct span_list){ .n = 0 };
	ret->v = arena_grow(arena, NULL, 0, room, sizeof(*ret->v));
	json_read_array(j);
	while (json_read_element(j)) {
		if (ret->n == API_BODY_TEXTS_MAX) {
			json_read_fail(j, E_RANGE, "a list is too long");
			return;
		}
		if (ret->n == room) {
			room *= 2;
			ret->v = arena_grow(arena, ret->v, ret->n, room,
			    sizeof(*ret->v));
		}
		if (ret->v == NULL) {
			json_read_fail(j, E_NOMEM, "out of memory");
			return;
		}
		read_text(j, &ret->v[ret->n++]);
	}
}

static void
read_member(struct json_reader *j, const struct api_member *m,
    struct arena *arena)
{
	if (json_read_peek(j) == JSON_KIND_NULL)
		json_read_null(j);
	else if (m->text != NULL)
		read_text(j, m->text);
	else
		read_texts(j, arena, m->texts);
}

static const struct api_member *
find(const struct api_member *m, struct span key)
{
	while (m->name != NULL && !span_eq(span_str(m->name), key))
		m++;
	return m;
}

enum err
api_body_read(struct span json, const struct api_member *members,
    struct arena *arena, struct why *why)
{
	struct json_reader j;
	struct span key;

	json_read_begin(&j, json, arena, DEPTH_MAX, false);
	json_read_object(&j);
	while (json_read_member(&j, &key)) {
		const struct api_member *m = find(members, key);

		if (m->name == NULL) {
			json_read_fail(&j, E_SYNTAX,
			    "a member that it does not have");
			break;
		}
		read_member(&j, m, arena);
		if (m->is_given != NULL)
			*m->is_given = true;
	}
	if (json_read_end(&j, NULL) != E_OK)
		return why_set(why, E_SYNTAX,
		    "the body is no JSON object with such members");
	for (const struct api_member *m = members; m->name != NULL; m++)
		if (m->is_required && m->text->p == NULL)
			return why_set(why, E_SYNTAX, "%s is missing", m->name);
	return E_OK;
}
