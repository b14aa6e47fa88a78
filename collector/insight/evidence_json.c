#include "insight/evidence_json.h"

#include "base/clock.h"
#include "codec/json_read.h"

/* Keys of json_out are constant. */
static const char *const keys[] = { "role", "trust", "reporter", "first-seen",
	"last-seen", "sessions", "failed", "result-type",
	"receiving-mx-hostname", "receiving-ip", "sending-mta-ip", "detail",
	"intake-id" };

#define DEPTH_MAX 4
#define SCRATCH_MAX ((size_t)4 << 20)

/* -- writing -- */

#define TEXT_MAX 500 /* bytes of one, such as a policy */

/* Cut between characters of UTF-8. */
static void
put_text(struct json_out *out, const char *key, struct span text)
{
	size_t n = TEXT_MAX;

	while (n > 0 && text.len > n && ((unsigned char)text.p[n] >> 6) == 2)
		n--;
	if (text.len > 0)
		json_out_text(out, key, span_head(text, n));
}

static void
put_day(struct json_out *out, const char *key, int64_t day)
{
	char text[DAY_TEXT_SIZE];

	day_text(day, text);
	json_out_text(out, key, span_str(text));
}

static void
put_row(struct json_out *out, const struct found_row *row)
{
	json_out_object(out, NULL);
	json_out_text(out, "role",
	    row->role == ROLE_SHOWS ? SPAN_LIT("shows") : SPAN_LIT("contrast"));
	json_out_text(out, "trust", span_str(layer_text(row->layer)));
	put_text(out, "reporter", row->reporter);
	put_day(out, "first-seen", row->first);
	put_day(out, "last-seen", row->last);
	if (row->sessions > 0 || row->role == ROLE_CONTRAST)
		json_out_count(out, "sessions", row->sessions);
	json_out_count(out, "failed", row->failed);
	if (row->result_type != 0)
		json_out_text(out, "result-type",
		    span_str(
			result_type_text((enum result_type)row->result_type)));
	put_text(out, "receiving-mx-hostname", row->mx);
	put_text(out, "receiving-ip", row->receiving_ip);
	put_text(out, "sending-mta-ip", row->sending_ip);
	put_text(out, "detail", row->detail);
	put_text(out, "intake-id", row->intake);
	json_out_end(out);
}

enum err
evidence_write(const struct found *f, struct buf *out)
{
	struct json_out *json = json_out_new();
	enum err e;

	if (json == NULL)
		return E_NOMEM;
	json_out_array(json, NULL);
	for (size_t i = 0; i < f->nrows; i++)
		put_row(json, &f->rows[i]);
	json_out_end(json);
	e = json_out_finish(json, JSON_COMPACT_STYLE, out);
	json_out_free(json);
	return e;
}

/* -- told again -- */

/* NULL: there is none. */
static const char *
known_key(struct span key)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (span_eq(key, span_str(keys[i])))
			return keys[i];
	return NULL;
}

static void
put_member(struct json_out *out, struct json_reader *in, struct span name)
{
	const char *key = known_key(name);
	struct span text = SPAN_LIT("");
	int64_t n = 0;

	if (key == NULL) {
		json_read_skip(in);
	} else if (json_read_peek(in) == JSON_KIND_NUMBER) {
		json_read_int(in, &n);
		json_out_int(out, key, n);
	} else {
		json_read_string(in, &text);
		json_out_text(out, key, text);
	}
}

void
evidence_put(struct json_out *out, const char *key, struct span evidence)
{
	struct arena arena = ARENA_INIT(SCRATCH_MAX);
	struct json_reader in;
	struct span name;

	json_out_array(out, key);
	json_read_begin(&in, evidence, &arena, DEPTH_MAX, true);
	json_read_array(&in);
	while (json_read_element(&in)) {
		json_out_object(out, NULL);
		json_read_object(&in);
		while (json_read_member(&in, &name))
			put_member(out, &in, name);
		json_out_end(out);
	}
	json_out_end(out);
	arena_free(&arena);
}
